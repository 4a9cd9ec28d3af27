"""An appeal against a refusal, by the comment's author; `davidson.moderation.appeals` answers it."""

from datetime import datetime

from davidson.audit.log import READER
from davidson.comments.models import Appeal, AppealOutcome, Comment
from davidson.comments.queries import appeal_about
from davidson.comments.states import change_state, lock_article_of
from davidson.comments.status import CommentStatus
from davidson.database import db

MAX_APPEAL_LENGTH = 1000
REFUSED = (CommentStatus.REJECTED, CommentStatus.SPAM)
"""The states against which an appeal can be made."""


class NotAppealable(Exception):
    """The comment is not refused, or an appeal was made about it before."""


def may_appeal(comment: Comment, appeal: Appeal | None) -> bool:
    """Whether its author may appeal: once, and against a refusal."""
    return comment.status in REFUSED and appeal is None


def make_appeal(comment: Comment, text: str, *, now: datetime) -> None:
    """Ask for a second look at a refused comment. The same appeal sent twice is one. The caller commits.

    `text` has at most MAX_APPEAL_LENGTH characters. Raises NotAppealable.
    """
    lock_article_of(comment.article_id)
    db.session.refresh(comment)
    known = appeal_about(comment.id)
    if known is not None and known.text == text:
        return
    if not may_appeal(comment, known):
        raise NotAppealable(str(comment.id))
    db.session.add(Appeal(comment_id=comment.id, text=text, sent_at=now, outcome=AppealOutcome.OPEN))
    change_state(comment, comment.status, action="comment.appeal", actor=READER, now=now, reason=comment.reason)
