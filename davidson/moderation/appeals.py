"""Appeals against refusals: who may answer one, the answer, and those that wait."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select, true

from davidson.accounts.models import DESKS, Desk, Staff
from davidson.articles.models import Article
from davidson.audit.log import Actor
from davidson.audit.models import AuditEntry
from davidson.comments.appealing import REFUSED
from davidson.comments.models import Appeal, AppealOutcome, Comment
from davidson.comments.queries import appeal_about
from davidson.comments.reasons import reason_label
from davidson.comments.screening.finding import Finding
from davidson.comments.states import subject_of
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation.cards import findings_of
from davidson.moderation.decisions import DISMISS, UPHOLD, NotDecidable, change_seen, locked_comment
from davidson.moderation.marking import Segment, segments_of
from davidson.moderation.requests import ASKED, Asked, asked_in, page_of_requests
from davidson.moderation.teaching import teach
from davidson.web.paging import MOST, Cursor

MODERATING = [role for role, desks in DESKS.items() if Desk.MODERATION in desks]


class Verdict(StrEnum):
    """What a moderator makes of an appeal; the values are those of the form."""

    UPHOLD = "uphold"
    DISMISS = "dismiss"


class NotYours(Exception):
    """Who refused the comment does not answer the appeal, while somebody else is there who can."""


@dataclass(frozen=True)
class AppealCard(Asked):
    """An appeal on the desk; `is_yours` says whether its reader may answer."""

    status: CommentStatus
    reason: str
    refused_at: datetime
    segments: tuple[Segment, ...]
    findings: tuple[Finding, ...]
    text: tuple[Segment, ...]
    sent_at: datetime
    is_yours: bool


def answer_appeal(comment_id: int, verdict: Verdict, *, answer: str, version: int, actor: Actor, now: datetime) -> None:
    """Uphold an appeal, which restores the comment, or dismiss it, and tell its author why. The caller commits.

    `version` is the comment's that was seen, `answer` what its author reads. Raises NoSuchComment, Stale, NotYours,
    and NotDecidable where no appeal waits.
    """
    comment = locked_comment(comment_id, version)
    appeal = appeal_about(comment_id)
    if appeal is None or appeal.answered_at is not None or comment.status not in REFUSED:
        raise NotDecidable(comment.status)
    if not _may_answer(actor.id, _refusers([comment_id])[comment_id], _moderators()):
        raise NotYours(str(comment_id))
    appeal.answer, appeal.answered_at = answer, now
    if verdict is Verdict.UPHOLD:
        appeal.outcome = AppealOutcome.UPHELD
        change_seen(comment, CommentStatus.APPROVED, action=UPHOLD, actor=actor, now=now)
        teach(comment, is_spam=False, now=now)
    else:
        appeal.outcome = AppealOutcome.DISMISSED
        change_seen(comment, comment.status, action=DISMISS, actor=actor, now=now, reason=comment.reason)


def open_appeals(*, for_staff: int, after: Cursor | None) -> tuple[list[AppealCard], Cursor | None]:
    """A page of the appeals that wait, the oldest first, as that member of staff sees it; and where the next begins."""
    rows, following = page_of_requests(_open(), Appeal.sent_at, Appeal.comment_id, after=after)
    return _cards(rows, for_staff), following


def open_appeal(comment_id: int, *, for_staff: int) -> AppealCard | None:
    """The appeal that waits about that comment."""
    if not 0 < comment_id <= MOST:
        return None
    rows = db.session.execute(_open().where(Appeal.comment_id == comment_id)).all()
    return next(iter(_cards(rows, for_staff)), None)


def _open() -> Select[*tuple[Any, ...]]:
    """Those about comments that are still refused: what was restored meanwhile needs no answer.

    `IS TRUE` keeps SQLite from beginning with all refused comments.
    """
    return (
        select(
            *ASKED,
            Comment.findings,
            Comment.status,
            Comment.reason,
            Comment.decided_at,
            Appeal.text,
            Appeal.sent_at,
        )
        .join(Comment, Comment.id == Appeal.comment_id)
        .join(Article, Article.id == Comment.article_id)
        .where(Appeal.answered_at.is_(None), Comment.status.in_(REFUSED).is_(true()))
    )


def _refusers(comment_ids: Iterable[int]) -> dict[int, set[int]]:
    """The members of staff who ever brought each of these comments into a refused state."""
    ids = {subject_of(comment_id): comment_id for comment_id in comment_ids}
    statement = select(AuditEntry.subject, AuditEntry.actor_id).where(
        AuditEntry.subject.in_(list(ids)),
        AuditEntry.to_state.in_(REFUSED),
        AuditEntry.from_state != AuditEntry.to_state,
    )
    refusers: dict[int, set[int]] = defaultdict(set)
    for subject, actor_id in db.session.execute(statement) if ids else ():
        if actor_id is not None:
            refusers[ids[subject]].add(actor_id)
    return refusers


def _moderators() -> set[int]:
    """The members of staff who can decide on comments now."""
    moderators = select(Staff.id).where(Staff.role.in_(MODERATING), Staff.disabled_at.is_(None))
    return set(db.session.scalars(moderators))


def _may_answer(staff_id: int | None, refusers: set[int], moderators: set[int]) -> bool:
    """Whether they had no part in the refusal, or nobody is there who had none."""
    return staff_id not in refusers or moderators <= refusers


def _cards(rows: Iterable[Any], for_staff: int) -> list[AppealCard]:
    shown = list(rows)
    refusers, moderators = _refusers(row.id for row in shown), _moderators()
    return [_card(row, is_yours=_may_answer(for_staff, refusers[row.id], moderators)) for row in shown]


def _card(row: Any, *, is_yours: bool) -> AppealCard:
    findings = findings_of(row.findings)
    return AppealCard(
        **asked_in(row),
        status=row.status,
        reason=reason_label(row.reason),
        refused_at=row.decided_at,
        segments=segments_of(row.source, (place for finding in findings for place in finding.places)),
        findings=findings,
        text=segments_of(row.text, ()),
        sent_at=row.sent_at,
        is_yours=is_yours,
    )
