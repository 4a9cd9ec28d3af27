"""How templates write moments and counts. Times are shown in the site's zone, named, never as "2 hours ago":

a page is kept and shared, and what is relative would be wrong a minute later.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Flask


def init_filters(app: Flask, zone: ZoneInfo) -> None:
    """Give templates the filters `moment`, `day`, `weekday`, `clock`, `iso` and `count`."""

    def local(moment: datetime) -> datetime:
        return moment.astimezone(zone)

    app.jinja_env.filters.update(
        moment=lambda moment: f"{_day(local(moment))}, {local(moment):%H:%M %Z}",
        day=lambda moment: _day(local(moment)),
        weekday=lambda moment: f"{local(moment):%A} {_day(local(moment))}",
        clock=lambda moment: f"{local(moment):%H:%M}",
        iso=iso,
        count=count,
    )


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second: `2026-11-23T20:48:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def count(number: int, thing: str) -> str:
    """A number with its noun: "no comments", "1 comment", "1,204 comments"."""
    if number == 1:
        return f"1 {thing}"
    return f"{number:,} {thing}s" if number else f"no {thing}s"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
