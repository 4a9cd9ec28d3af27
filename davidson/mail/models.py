"""Who asked for mails about a comment, and which mails were handed to a server."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from davidson.database import STRICT, Base


class Subscription(Base):
    """Mails about one comment, asked for by its author.

    The address itself stands in the comment alone, so that blanking it there ends everything. `salt` makes the token
    of the links in these mails. `asked_at` is when the mail was asked for that lets the address be confirmed, none
    where too many were; `confirmed_at` is when that was done. `told` is the state that the author knows of.
    """

    __tablename__ = "subscription"
    __table_args__ = STRICT

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), primary_key=True, autoincrement=False)
    salt: Mapped[str]
    asked_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    told: Mapped[str] = mapped_column(default="")


class Handover(Base):
    """A mail that was handed to a server, or was about to be in the very moment when its worker was killed.

    `key` says what it was about by numbers, never to whom. The row outlives the message in the outbox, so that what
    comes about twice is mailed once.
    """

    __tablename__ = "mail_handover"
    __table_args__ = STRICT

    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
