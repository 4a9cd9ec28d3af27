"""How much spam came: sums by minutes and by days, of which the breaker asks whether they are a wave."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, Table, and_, bindparam, delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from davidson.comments.models import Comment
from davidson.comments.screening.breaker import SPAN, USUAL_DAYS, SpamCounts
from davidson.database import STRICT, Base

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class SpamCount(Base):
    """How many comments became spam in the minute or day that begins at `begins_at`, and are spam still.

    `seconds` is 60 or 86400. Only what became spam soon after it was sent is counted.
    """

    __tablename__ = "spam_count"
    __table_args__ = STRICT

    seconds: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    begins_at: Mapped[datetime] = mapped_column(primary_key=True)
    number: Mapped[int]


_COUNT = cast("Table", SpamCount.__table__)
_ADD = {
    dialect.__name__.rpartition(".")[2]: dialect.insert(_COUNT).on_conflict_do_update(
        index_elements=[_COUNT.c.seconds, _COUNT.c.begins_at],
        set_={"number": _COUNT.c.number + dialect.insert(_COUNT).excluded.number},
    )
    for dialect in (postgresql, sqlite)
}
_begins_at = _COUNT.c.begins_at


def _seconds(unit: timedelta) -> int:
    return unit // timedelta(seconds=1)


def _sum(unit: timedelta, *when: Any) -> Any:
    of_unit = _COUNT.c.seconds == _seconds(unit)
    return select(func.coalesce(func.sum(_COUNT.c.number), 0)).where(of_unit, *when).scalar_subquery()


def _moment(name: str) -> Any:
    return bindparam(name, type_=_begins_at.type)


_COUNTED = select(
    _sum(MINUTE, _begins_at > _moment("span")),
    _sum(DAY, _begins_at >= _moment("first"), _begins_at < _moment("today")),
    select(func.min(Comment.__table__.c.created_at)).scalar_subquery(),
)
_MINUTES = select(_begins_at, _COUNT.c.number).where(_COUNT.c.seconds == _seconds(MINUTE))
_SWEEP = delete(_COUNT).where(
    or_(
        and_(_COUNT.c.seconds == _seconds(MINUTE), _begins_at < _moment("kept")),
        and_(_COUNT.c.seconds == _seconds(DAY), _begins_at < _moment("first")),
    )
)


def add_counts(connection: Connection, minutes: Counter[datetime]) -> bool:
    """Add to the sums of minutes and days, always in one order; says whether there was anything to add."""
    rows = [*_rows(minutes, MINUTE), *_rows(minutes, DAY)]
    if rows:
        connection.execute(_ADD[connection.dialect.name], rows)
    return bool(rows)


def counted(connection: Connection, now: datetime, *, kept: timedelta) -> SpamCounts:
    """The counts, after the minutes longer ago than `kept`, and days that are too old, were let go."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = today - USUAL_DAYS * DAY
    connection.execute(_SWEEP, {"kept": now - kept, "first": first})
    recent, before, began = connection.execute(_COUNTED, {"span": now - SPAN, "first": first, "today": today}).one()
    days = (today - began) // DAY + 1 if began is not None and began < today else 0
    return SpamCounts(int(recent), int(before), min(days, USUAL_DAYS))


def counts_by_minute(connection: Connection) -> dict[datetime, int]:
    """The sums of the minutes that are kept, by when they begin."""
    return {begins_at: int(number) for begins_at, number in connection.execute(_MINUTES)}


def _rows(minutes: Counter[datetime], unit: timedelta) -> list[dict[str, Any]]:
    sums: Counter[datetime] = Counter()
    for minute, number in minutes.items():
        sums[minute if unit == MINUTE else minute.replace(hour=0, minute=0)] += number
    return [{"seconds": _seconds(unit), "begins_at": at, "number": sums[at]} for at in sorted(sums) if sums[at]]
