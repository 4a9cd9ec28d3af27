"""What a comment's author is mailed about: asked for in the transaction that makes it so, told by what it is about.

A message of the outbox holds numbers and states, no address and no text: what is to be said is looked up when it is
said. Each waits a little, so that what is undone at once was never told.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from davidson.comments.models import Comment
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.mail.models import Subscription
from davidson.outbox.queueing import queue

KIND = "comment-mail"
DELAY = timedelta(seconds=60)
DECIDED = (CommentStatus.APPROVED, CommentStatus.REJECTED, CommentStatus.SPAM)
CONFIRM, DECISION, REPLY = "confirm", "decision", "reply"


@dataclass(frozen=True)
class Notice:
    """One mail to be. `about` is one of the above, and `detail` the mark of what it is about.

    That is for CONFIRM the moment at which it was asked for, for DECISION the comment's version, for REPLY the id of
    the reply. `status` is for DECISION the state that the author is told of.
    """

    about: str
    comment_id: int
    detail: str
    status: str = ""

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Self:
        """The notice of a message."""
        return cls(**payload)

    @property
    def key(self) -> str:
        """What it is about, once and for all."""
        return f"comment:{self.comment_id}:{self.about}:{self.detail}"


def ask_to_confirm(subscription: Subscription, *, now: datetime) -> None:
    """Mail the link by which the address is confirmed. The caller commits, as for the others."""
    _queue(Notice(CONFIRM, subscription.comment_id, now.isoformat()), now=now)


def tell_decision(comment: Comment, *, now: datetime, delay: timedelta = DELAY) -> None:
    """Mail the author what was decided on a comment."""
    notice = Notice(DECISION, comment.id, str(comment.version), comment.status.value)
    _queue(notice, now=now, delay=delay)


def tell_reply(parent_id: int, reply_id: int, *, now: datetime) -> None:
    """Mail the author of a comment that it was answered."""
    _queue(Notice(REPLY, parent_id, str(reply_id)), now=now, delay=DELAY)


def tell(comment: Comment, was: CommentStatus, *, now: datetime) -> None:
    """Mail whom a change of state concerns: its author, and the author of the comment that it answers."""
    if comment.status is was or comment.status not in DECIDED:
        return
    if comment.email and is_followed(comment.id):
        tell_decision(comment, now=now)
    tell_answered(comment, now=now)


def tell_answered(comment: Comment, *, now: datetime) -> None:
    """Mail the author of the comment that this one answers, where readers see it and its author wants to know."""
    if comment.status is CommentStatus.APPROVED and comment.parent_id is not None and is_followed(comment.parent_id):
        tell_reply(comment.parent_id, comment.id, now=now)


def is_followed(comment_id: int) -> bool:
    """Whether mails about that comment were asked for, at an address that was confirmed."""
    subscription = db.session.get(Subscription, comment_id)
    return subscription is not None and subscription.confirmed_at is not None


def _queue(notice: Notice, *, now: datetime, delay: timedelta = timedelta(0)) -> None:
    queue(KIND, asdict(notice), now=now, delay=delay)
