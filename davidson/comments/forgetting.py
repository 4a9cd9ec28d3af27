"""Forgetting what is kept no longer: the networks that comments came from, and the words of old spam.

Some rows at a time, so that nobody waits long for the store's writer. What another transaction holds just now is left
for another time. Nothing that readers see changes: of spam they see nothing, but for the place where one with replies
stood, and that stays.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import delete, tuple_, update

from davidson.audit.erasing import erase_words
from davidson.audit.log import RETENTION, record
from davidson.comments.lessons import forget_text_of_lessons
from davidson.comments.models import Appeal, AppealOutcome, Comment, Proposal, Report
from davidson.comments.queries import old_networks, old_reports, old_spam
from davidson.comments.reasons import OLD_SPAM
from davidson.comments.states import subject_of
from davidson.comments.status import CommentStatus
from davidson.database import db, found_once

FORGET = "comment.forget"
BLANK: dict[str, Any] = {
    "name": "",
    "email": "",
    "source": "",
    "html": Markup(""),
    "findings": [],
    "sender": None,
    "author_key": None,
    "fingerprint": None,
}
"""What is left of a comment whose words go: its place in the thread, its receipt, and its states in the log."""


def forget_networks(until: datetime, *, most: int) -> int:
    """Forget the network of at most so many comments that were sent until then; gives of how many. The caller commits.

    The fingerprint goes too, for it is made from the address among other things.
    """
    forget = (
        update(Comment)
        .where(Comment.id.in_(found_once(old_networks(until, most=most))))
        .values(sender=None, fingerprint=None)
    )
    return len(_changed(forget.returning(Comment.id)))


def forget_reports(until: datetime, *, most: int) -> int:
    """Delete at most so many reports by readers that were made until then: each holds a network. The caller commits."""
    key = tuple_(Report.comment_id, Report.network)
    forget = delete(Report).where(key.in_(found_once(old_reports(until, most=most)))).returning(Report.comment_id)
    return len(_changed(forget))


def forget_spam(until: datetime, *, now: datetime, most: int) -> int:
    """Erase at most so many comments that were taken for spam until then; gives how many. The caller commits."""
    forget = (
        update(Comment)
        .where(Comment.id.in_(found_once(old_spam(until, most=most))))
        .values(status=CommentStatus.DELETED, reason=OLD_SPAM, decided_at=now, version=Comment.version + 1, **BLANK)
        .returning(Comment.id, Comment.version)
    )
    forgotten = _changed(forget)
    forget_requests([row.id for row in forgotten], now=now)
    erase_words(*(subject_of(row.id) for row in forgotten), by=FORGET)
    for row in forgotten:
        forget_text_of_lessons(row.id)
        record(
            FORGET,
            actor=RETENTION,
            subject=subject_of(row.id),
            at=now,
            version=row.version,
            from_state=CommentStatus.SPAM,
            to_state=CommentStatus.DELETED,
            reason=OLD_SPAM,
        )
    return len(forgotten)


def end_requests(comment_ids: Collection[int], *, now: datetime) -> None:
    """Let the new texts for these comments wait no longer, and their appeals neither. The caller commits."""
    _change(delete(Proposal).where(Proposal.comment_id.in_(comment_ids)))
    waits = update(Appeal).where(Appeal.comment_id.in_(comment_ids), Appeal.answered_at.is_(None))
    _change(waits.values(outcome=AppealOutcome.VOID.value, answered_at=now))


def forget_requests(comment_ids: Collection[int], *, now: datetime) -> None:
    """End them, and blank what was said in appeals and in the answers to them. The caller commits."""
    end_requests(comment_ids, now=now)
    _change(update(Appeal).where(Appeal.comment_id.in_(comment_ids)).values(text="", answer=""))


def _changed(statement: Any) -> list[Any]:
    return list(_change(statement))


def _change(statement: Any) -> Any:
    return db.session.execute(statement, execution_options={"synchronize_session": False})
