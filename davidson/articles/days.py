"""Days and months as readers in the site's time zone know them, and where they lie in UTC. A month is its day 1."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MONTHS = 12


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day, in UTC, whatever the clocks do that night.

    Raises OverflowError for a day that begins there before the first year.
    """
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The day on which a moment lies."""
    return moment.astimezone(zone).date()


def month_of(moment: datetime, zone: ZoneInfo) -> date:
    """The month in which it lies."""
    return day_of(moment, zone).replace(day=1)


def months_on(month: date, number: int) -> date:
    """The month so many months after another. Raises ValueError beyond the last year."""
    years, place = divmod(month.month - 1 + number, MONTHS)
    return date(month.year + years, place + 1, 1)
