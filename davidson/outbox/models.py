"""The tables of the outbox: what is to be done once a change is committed, and what once a day."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from davidson.database import STRICT, Base, JSONDocument


class Message(Base):
    """One piece of work that is not done yet.

    `due_at` is when it may be tried. Whoever tries it moves that on by the length of a lease first, so that another one
    takes it over where the first was killed; `attempts` tells whose lease it is.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "due_at"), STRICT | {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")


class Daily(Base):
    """Work that is done once a day, and when it may be done again."""

    __tablename__ = "daily"
    __table_args__ = STRICT

    name: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
