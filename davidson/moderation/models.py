"""What was counted of the moderators' work."""

from collections.abc import Iterator
from typing import Any

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
