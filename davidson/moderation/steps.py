"""Days put together to steps of time, and how moments and times are named beside them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from davidson.moderation.figures import DayFigures, total_of

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MINUTE, HOUR, DAY = 60, 3600, 86400
FEW = 14
UNITS = ((DAY, "day", "days"), (HOUR, "h", "h"), (MINUTE, "min", "min"))


@dataclass(frozen=True)
class Span:
    """So many steps of time, each so many days long, that the figures are shown for; `name` is that of all of it."""

    name: str
    steps: int
    length: int = 1

    @property
    def days(self) -> int:
        return self.steps * self.length

    @property
    def unit(self) -> str:
        """What a step is called."""
        return "day" if self.length == 1 else "week"


SPANS = {7: Span("7 days", 7), 30: Span("30 days", 30), 90: Span("90 days", 90), 365: Span("A year", 52, 7)}


@dataclass(frozen=True)
class Step:
    """The days from `first` to `last` as one; None where no day of them was counted."""

    first: date
    last: date
    total: DayFigures | None


def steps_of(days: Mapping[str, DayFigures], span: Span, *, last: date) -> tuple[Step, ...]:
    """The steps of a span that ends with the day `last`, oldest first; `days` are by their names in ISO 8601."""
    began = last - timedelta(days=span.days - 1)
    return tuple(_step(days, began + timedelta(days=number * span.length), span.length) for number in range(span.steps))


def brief(seconds: float) -> str:
    """A span of time in its largest unit, of which there are two or just one: "90 min", "1 h", "36 h", "2 days".

    No time at all has no unit.
    """
    for length, one, many in UNITS:
        if seconds >= 2 * length or seconds == length:
            number = round(seconds / length)
            return f"{number} {one if number == 1 else many}"
    return f"{round(seconds)} s" if seconds else "0"


def name_of(step: Step) -> str:
    """A step as a table names it: "24 Nov 2026", "18 to 24 Nov 2026" or "28 Dec 2026 to 3 Jan 2027"."""
    first, last = step.first, step.last
    if first == last:
        return day_name(last)
    begin = str(first.day) if first.month == last.month else day_name(first)
    return f"{begin} to {day_name(last)}"


def span_told(steps: Sequence[Step]) -> str:
    """From when to when the steps go."""
    return f"{day_name(steps[0].first)} to {day_name(steps[-1].last)}"


def dates_of(steps: Sequence[Step]) -> tuple[str, ...]:
    """What stands below the ends of a drawing, and below the middle of a longer one: of weeks the months alone."""
    first, last = steps[0].first, steps[-1].last
    days = [first, first + (last - first) / 2, last] if len(steps) >= FEW else [first, last]
    if steps[0].first != steps[0].last:
        return tuple(f"{MONTHS[day.month - 1]} {day.year}" for day in days)
    return tuple(map(_short_day, days))


def day_name(day: date) -> str:
    """A day as in "24 Nov 2026"."""
    return f"{_short_day(day)} {day.year}"


def _short_day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"


def _step(days: Mapping[str, DayFigures], first: date, length: int) -> Step:
    dates = [first + timedelta(days=number) for number in range(length)]
    counted = [days[day.isoformat()] for day in dates if day.isoformat() in days]
    return Step(first, dates[-1], total_of(counted) if counted else None)
