"""What is kept of the moderators' work: the figures of whole days, and decisions on many comments at once."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from davidson.database import STRICT, Base, JSONDocument
from davidson.pagecache.tags import MODERATION


class ModerationDay(Base):
    """The figures of one whole day in UTC, `day` as in "2026-11-24" (RFC 3339, `full-date`).

    They are counted from the audit log once, when the day is over, and never change: what comes later is another
    day's. `figures` is what `davidson.moderation.figures.DayFigures` reads back.
    """

    __tablename__ = "moderation_day"
    __table_args__ = (STRICT,)

    day: Mapped[str] = mapped_column(primary_key=True)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONDocument)

    def cache_tags(self) -> Iterator[str]:
        """The public page of figures."""
        yield MODERATION


class Bulk(Base):
    """One decision on many comments. `what` says in words which they are, `undone_at` when its undoing began."""

    __tablename__ = "bulk"
    __table_args__ = (Index(None, "made_at"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int]
    made_at: Mapped[datetime]
    decision: Mapped[str]
    reason: Mapped[str]
    what: Mapped[str]
    undone_at: Mapped[datetime | None]


class BulkMember(Base):
    """A comment of a bulk: the version that was seen, and what became of it, a value of `bulk.Outcome`.

    `decided` is the comment's version by the decision, which undoing asks for; 0 without one.
    """

    __tablename__ = "bulk_member"
    __table_args__ = (Index(None, "bulk_id", "outcome", "article_id", "comment_id"), STRICT)

    bulk_id: Mapped[int] = mapped_column(ForeignKey("bulk.id", ondelete="CASCADE"), primary_key=True)
    comment_id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int]
    version: Mapped[int]
    outcome: Mapped[str]
    decided: Mapped[int]
