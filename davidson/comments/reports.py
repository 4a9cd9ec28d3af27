"""Readers' reports of comments: one a network, told to moderators as a finding, and holding where several agree.

Who reported is in no page, no finding and no log: only the number of networks and their reasons are.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from davidson.audit.log import REPORTS
from davidson.comments.heat import REPORT_WEIGHT, warm
from davidson.comments.models import Comment, Report
from davidson.comments.reasons import LABELS, Reason
from davidson.comments.screening.finding import Finding
from davidson.comments.states import change_state, lock_article_of
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.web.signing import settings

RULE = "reports"
# What a reader may say is wrong with a comment.
REPORTABLE = (
    Reason.ABUSE,
    Reason.PERSONAL_DATA,
    Reason.FALSE,
    Reason.ADVERTISING,
    Reason.OFF_TOPIC,
    Reason.OTHER,
)

_REPORT = cast("Table", Report.__table__)
_ONCE = {
    dialect.__name__.rpartition(".")[2]: dialect.insert(_REPORT).on_conflict_do_nothing().returning(_REPORT.c.network)
    for dialect in (postgresql, sqlite)
}
_REASONS = (
    select(Report.reason, func.count().label("number"))
    .where(Report.comment_id == bindparam("comment"))
    .group_by(Report.reason)
)
_SINCE = select(func.count()).where(Report.comment_id == bindparam("comment"), Report.created_at > bindparam("since"))
_FINDINGS = update(cast("Table", Comment.__table__)).where(Comment.__table__.c.id == bindparam("comment_id"))


class NotReportable(Exception):
    """Readers do not see the comment, so there is nothing to report."""


def report(comment_id: int, reason: Reason, *, network: str, now: datetime) -> bool:
    """Store what a network says of a comment; False where it said something before, which stays. The caller commits.

    An approved comment that enough networks reported since it came to that state goes back to wait: a moderator who
    approved it knew what was said before. What the staff wrote stays. Raises NotReportable.
    """
    comment = _seen(comment_id)
    row = {"comment_id": comment_id, "network": network, "reason": reason.value, "created_at": now}
    connection = db.session.connection()
    if connection.execute(_ONCE[connection.dialect.name], row).first() is None:
        return False
    findings = [*_others(comment), _finding(comment_id).as_json()]
    if comment.staff_id is None and _is_enough(comment):
        comment.findings = findings
        details = {"findings": findings}
        change_state(comment, CommentStatus.PENDING, action="comment.hold", actor=REPORTS, now=now, details=details)
    else:
        # Past the object, for readers are shown the same as before, and the version that moderators saw is good.
        connection.execute(_FINDINGS.values(findings=findings), {"comment_id": comment_id})
        db.session.expire(comment)
    _heat(comment, now)
    return True


def _seen(comment_id: int) -> Comment:
    """The comment, locked with its discussion, if readers see it."""
    article_id = db.session.scalar(select(Comment.article_id).where(Comment.id == comment_id))
    article = lock_article_of(article_id) if article_id is not None else None
    comment = db.session.get(Comment, comment_id, populate_existing=True)
    if comment is None or article is None or comment.status is not CommentStatus.APPROVED:
        raise NotReportable(str(comment_id))
    return comment


def _is_enough(comment: Comment) -> bool:
    wanted = settings().reports_to_hold
    number = db.session.scalar(_SINCE, {"comment": comment.id, "since": comment.decided_at}) or 0
    return 0 < wanted <= number


def _others(comment: Comment) -> list[dict[str, Any]]:
    return [finding for finding in comment.findings if finding["rule"] != RULE]


def _finding(comment_id: int) -> Finding:
    """What the reports of a comment say together, for moderators."""
    counts = {row.reason: row.number for row in db.session.execute(_REASONS, {"comment": comment_id})}
    return finding_of(counts)


def finding_of(counts: Mapping[str, int]) -> Finding:
    """The finding for so many reports a reason: how many networks, and the reasons, the most frequent first."""
    total = sum(counts.values())
    told = ", ".join(f"{LABELS[Reason(reason)].lower()} ({number})" for reason, number in Counter(counts).most_common())
    networks = "1 network" if total == 1 else f"{total} networks"
    return Finding(RULE, CommentStatus.PENDING, f"Readers from {networks} reported it: {told}.", evidence=str(total))


def _heat(comment: Comment, now: datetime) -> None:
    head = comment if comment.thread_id is None else db.session.get_one(Comment, comment.thread_id)
    warm(
        db.session.connection(),
        head.id,
        article_id=comment.article_id,
        heated_until=head.heated_until,
        now=now,
        weight=REPORT_WEIGHT,
    )
