"""The archive: a page a day, the days of a month, and the months of all years, in the site's time zone."""

import re
from calendar import Calendar
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from davidson.articles.archive import (
    Span,
    days_with_articles,
    moments_around,
    months_with_articles,
    page_of_span,
)
from davidson.articles.cards import Link
from davidson.articles.days import day_of, month_of
from davidson.clock import utcnow
from davidson.pagecache.decorator import cached_page
from davidson.syndication.paper import this_paper
from davidson.syndication.structured import list_graph, page_graph
from davidson.web.filters import MONTHS, long_day, short_day
from davidson.web.paging import asked_cursor
from davidson.web.signing import settings

bp = Blueprint("archive", __name__, url_prefix="/archive")

ARCHIVE = Link("Archive", "/archive")
DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Year:
    """A year and the months of it that have articles."""

    number: int
    months: tuple[Link, ...]


@dataclass(frozen=True)
class Place:
    """A day in a month's calendar; `url` is empty for one without articles."""

    date: date
    url: str


@bp.get("")
@cached_page()
def index() -> ResponseReturnValue:
    """The months that have articles, the newest year first."""
    months = months_with_articles(utcnow(), settings().time_zone)
    years = [
        Year(number, tuple(Link(MONTHS[month.month - 1], _month_link(month).url) for month in of_year))
        for number, of_year in groupby(months, key=lambda month: month.year)
    ]
    return render_template("articles/archive.html", years=years[::-1], structured=page_graph(ARCHIVE, this_paper()))


@bp.get("/<string(length=7):month>")
@cached_page()
def month(month: str) -> ResponseReturnValue:
    """A month as a calendar, with links to the days that have articles."""
    now, zone = utcnow(), settings().time_zone
    first = _asked_day(f"{month}-01", now)
    span = _span_of(Span.of_month, first)
    days = days_with_articles(first, now, zone) or abort(404)
    earlier, later = (month_of(moment, zone) if moment else None for moment in moments_around(span, now))
    place = _month_link(first)
    return render_template(
        "articles/month.html",
        place=place,
        archive=ARCHIVE,
        weeks=_weeks(first, days),
        earlier=_month_link(earlier) if earlier else None,
        later=_month_link(later) if later else None,
        structured=page_graph(place, this_paper()),
    )


@bp.get("/<string(length=10):day>")
@cached_page(query=("before",))
def day(day: str) -> ResponseReturnValue:
    """The articles of a day, newest first."""
    now, zone = utcnow(), settings().time_zone
    asked = _asked_day(day, now)
    span = _span_of(Span.of_day, asked)
    page = page_of_span(span, now, before=asked_cursor())
    if not page.cards:
        abort(404)
    earlier, later = (day_of(moment, zone) if moment else None for moment in moments_around(span, now))
    place = Link(long_day(asked), _day_link(asked).url)
    return render_template(
        "articles/day.html",
        place=place,
        month=_month_link(asked.replace(day=1)),
        cards=page.cards,
        older_url=f"{place.url}?before={page.older}" if page.older else None,
        first_url=place.url if "before" in request.args else None,
        earlier=_day_link(earlier) if earlier else None,
        later=_day_link(later) if later else None,
        structured=list_graph(place, "", page.cards, this_paper()),
    )


def _asked_day(text: str, now: datetime) -> date:
    """The day that an address names; 404 for none, and for one that is yet to come."""
    if not DAY.fullmatch(text):
        abort(404)
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        abort(404)
    return asked if asked <= day_of(now, settings().time_zone) else abort(404)


def _span_of(made: Callable[[date, ZoneInfo], Span], asked: date) -> Span:
    try:
        return made(asked, settings().time_zone)
    except OverflowError:
        abort(404)  # The first day there is, which began before it in UTC.


def _weeks(month: date, days: Sequence[date]) -> list[list[Place | None]]:
    """The weeks of a month, Monday first; None for the days of its neighbours."""
    filled = set(days)
    weeks = Calendar().monthdatescalendar(month.year, month.month)
    return [[_place(day, filled) if day.month == month.month else None for day in week] for week in weeks]


def _place(day: date, filled: set[date]) -> Place:
    return Place(day, _day_link(day).url if day in filled else "")


def _day_link(day: date) -> Link:
    return Link(short_day(day), f"{ARCHIVE.url}/{day.isoformat()}")


def _month_link(month: date) -> Link:
    return Link(f"{MONTHS[month.month - 1]} {month.year}", f"{ARCHIVE.url}/{month.isoformat()[:7]}")
