"""How templates write moments and counts. Times are shown in the site's zone, named, never as "2 hours ago":

a page is kept and shared, and what is relative would be wrong a minute later.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import Flask

from davidson.text.dates import iso
from davidson.text.scriptdata import script_data

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def init_filters(app: Flask, zone: ZoneInfo) -> None:
    """Give templates their filters: `moment`, `day`, `weekday`, `clock`, `iso`, `utc_day`, `count`, `duration`

    and `script_data`.
    """

    def local(moment: datetime) -> datetime:
        return moment.astimezone(zone)

    app.jinja_env.filters.update(
        moment=lambda moment: _moment(local(moment)),
        day=lambda moment: short_day(local(moment)),
        weekday=lambda moment: long_day(local(moment)),
        clock=lambda moment: _clock(local(moment)),
        iso=iso,
        utc_day=lambda moment: short_day(moment.astimezone(UTC)),
        count=count,
        duration=duration,
        script_data=script_data,
    )


def count(number: int, thing: str) -> str:
    """A number with its noun: "no comments", "1 comment", "1,204 comments"."""
    if number == 1:
        return f"1 {thing}"
    return f"{number:,} {thing}s" if number else f"no {thing}s"


def duration(seconds: int) -> str:
    """A span of time in its largest unit, of which there are at least two: "90 seconds", "5 minutes", "36 hours"."""
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * length:
            return count(round(seconds / length), unit)
    return count(seconds, "second") if seconds else "a second"


# Not `strftime`: it asks the system's locale, and costs more than all else in the line of a comment.
def short_day(day: date) -> str:
    """A day as it is written here: "26 November 2026"; of a moment in its own zone."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def long_day(day: date) -> str:
    """The same with its weekday."""
    return f"{WEEKDAYS[day.weekday()]} {short_day(day)}"


def _clock(moment: datetime) -> str:
    return f"{moment.hour:02}:{moment.minute:02}"


def _moment(moment: datetime) -> str:
    return f"{short_day(moment)}, {_clock(moment)} {moment.tzname()}"
