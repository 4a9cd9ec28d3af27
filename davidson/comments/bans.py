"""Bans: a network or an author token whose comments all wait for a moderator, until a moment.

Nothing is dropped by one, and no page of readers tells of it: what comes from there is held, as other comments are too.
A ban is over by itself, for to hold is to lie before its end. Who bans, and why, is `davidson.moderation.bans`'.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, ScalarSelect, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from davidson.database import STRICT, Base, UTCDateTime


class SenderKind(StrEnum):
    """By what a sender is known: the keyed hash of a network, or that of an author token."""

    TOKEN = "token"  # noqa: S105 - the name of a kind, no token.
    NETWORK = "network"


class Ban(Base):
    """A ban on the sender with that `key`, of whom there is one at most: a new one takes the place of one that is over.

    `comment_id` is the comment beside which it was placed, `staff_id` who did so, without a foreign key so that it
    outlives the account. `ends_at` does not belong to it any more; ended early, it is the moment of that.
    """

    __tablename__ = "ban"
    __table_args__ = (Index(None, "ends_at", "id"), STRICT | {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))
    reason: Mapped[str]
    staff_id: Mapped[int | None]
    placed_at: Mapped[datetime]
    ends_at: Mapped[datetime]


# One for all: a parameter is converted once for each object that names it.
_NOW = bindparam("now", type_=UTCDateTime())


def end_of_ban(key: str) -> ScalarSelect[datetime]:
    """A column that says until when the sender is banned whose key is the parameter named so; none for no ban.

    It takes the parameter `now` too, and is one look into an index. No two kinds of key are ever alike.
    """
    ban = Ban.__table__.c
    return select(ban.ends_at).where(ban.key == bindparam(key), ban.ends_at > _NOW).scalar_subquery()
