"""Moments as editors type them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

YEARS = range(1970, 3000)


class BadMoment(ValueError):
    """The text is no date and time; the message says what is."""


def moment_in(text: str, zone: ZoneInfo) -> datetime:
    """The moment that an ISO 8601 date and time names, in UTC; in that zone where it names none. Raises BadMoment."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadMoment("Give a date and a time such as 2026-12-03 18:00.") from None
    if moment.year not in YEARS:
        raise BadMoment(f"Give a year from {YEARS[0]} to {YEARS[-1]}.")
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
