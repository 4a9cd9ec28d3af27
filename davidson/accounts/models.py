"""Staff, what each may do, and their sessions."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Enum, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from davidson.database import STRICT, Base
from davidson.pagecache.tags import SCREENING


class Role(StrEnum):
    """What a member of staff does here."""

    MODERATOR = "moderator"
    AUTHOR = "author"
    EDITOR = "editor"
    ADMIN = "admin"


# Authors write; where and whether it stands is for these to say.
EDITORS = frozenset({Role.EDITOR, Role.ADMIN})


class Desk(StrEnum):
    """A part of the staff area; its value is its place under /staff/."""

    MODERATION = "moderation"
    NEWSROOM = "newsroom"
    ADMIN = "admin"


DESKS: dict[Role, tuple[Desk, ...]] = {
    Role.MODERATOR: (Desk.MODERATION,),
    Role.AUTHOR: (Desk.NEWSROOM,),
    Role.EDITOR: (Desk.NEWSROOM, Desk.MODERATION),
    Role.ADMIN: (Desk.MODERATION, Desk.NEWSROOM, Desk.ADMIN),
}


class Staff(Base):
    """A member of staff. `email` is kept in lower case; `password_hash` is argon2id's encoded string."""

    __tablename__ = "staff"
    __table_args__ = STRICT

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(Enum(Role, native_enum=False, length=16, values_callable=list))
    password_hash: Mapped[str]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]

    def cache_tags(self) -> Iterator[str]:
        """Nobody else may comment under their name."""
        yield SCREENING

    @property
    def desks(self) -> tuple[Desk, ...]:
        """The desks that this person may enter, their own first."""
        return DESKS[self.role]


class StaffSession(Base):
    """A signed-in browser. The cookie holds a secret of 256 bits, the row only its SHA-256 in hex."""

    __tablename__ = "staff_session"
    __table_args__ = (Index(None, "staff_id"), Index(None, "expires_at"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    agent: Mapped[str]
    network: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    staff: Mapped[Staff] = relationship(lazy="raise")
