"""The archive: the articles of a day, which days and months have any, and what lies before and after them.

Nothing is counted and nothing walked through. A day is a stretch of the index of all articles by time, and whether a
stretch has an article is one look into that index, at its beginning; so the oldest day costs what the newest does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, bindparam, column, select, values

from davidson.articles.days import DAY, month_of, months_on, start_of
from davidson.articles.lists import (
    CARDS,
    IS_LISTED,
    NEXT_AT,
    PUBLIC,
    CardPage,
    article,
    card_page,
    due_at,
    first,
    list_of,
)
from davidson.database import UTCDateTime
from davidson.pagecache.dependencies import shows
from davidson.pagecache.tags import ARCHIVE
from davidson.statements import Statement
from davidson.web.paging import MICROSECOND, Cursor

# So many months are asked about at once; a paper of forty years needs no second question.
MONTHS_AT_ONCE = 480

PAPER_LIST = list_of(CARDS, article.published_at, article.id, IS_LISTED)
LAST_BEFORE = Statement(
    first(
        select(article.published_at)
        .where(IS_LISTED, article.published_at < bindparam("moment"))
        .order_by(article.published_at.desc()),
        1,
    )
)
OLDEST = Statement(first(select(article.published_at).where(PUBLIC).order_by(article.published_at), 1))


@dataclass(frozen=True)
class Span:
    """A stretch of time, in UTC: `start` belongs to it, `end` does not."""

    start: datetime
    end: datetime

    @classmethod
    def of_day(cls, day: date, zone: ZoneInfo) -> "Span":
        """A day there. Raises OverflowError as `start_of`."""
        return cls(start_of(day, zone), start_of(day + DAY, zone))

    @classmethod
    def of_month(cls, month: date, zone: ZoneInfo) -> "Span":
        """A month there. Raises OverflowError as `start_of`."""
        return cls(start_of(month, zone), start_of(months_on(month, 1), zone))


def page_of_span(span: Span, at: datetime, *, before: Cursor | None) -> CardPage:
    """A page of what is public of that time, newest first."""
    shows(ARCHIVE)
    # What is older is read and left out here: a planner with a bound at either end may begin at the wrong one.
    rows = PAPER_LIST.read(before, at=min(at, span.end - MICROSECOND))
    return card_page([row for row in rows if row.published_at >= span.start])


def moments_around(span: Span, at: datetime) -> tuple[datetime | None, datetime | None]:
    """When the last article before that time appeared, and the first one after it, as far as they are public."""
    shows(ARCHIVE)
    earlier = LAST_BEFORE.first(moment=span.start)
    (later,) = _first_from([span.end], at)
    if later is None:
        due_at(NEXT_AT, at=at)
    return earlier.published_at if earlier else None, later


def days_with_articles(month: date, at: datetime, zone: ZoneInfo) -> list[date]:
    """The days of that month on which something appeared that is public."""
    shows(ARCHIVE)
    end = months_on(month, 1)
    days = [month + number * DAY for number in range((end - month).days)]
    return _filled([*days, end], at, zone)


def months_with_articles(at: datetime, zone: ZoneInfo) -> list[date]:
    """The months in which something appeared that is public, oldest first; years without anything are leapt over."""
    shows(ARCHIVE)
    due_at(NEXT_AT, at=at)
    oldest = OLDEST.first(at=at)
    found: list[date] = []
    next_at = oldest.published_at if oldest else None
    while next_at:
        begin = month_of(next_at, zone)
        months = [months_on(begin, number) for number in range(MONTHS_AT_ONCE + 1)]
        found += _filled(months, at, zone)
        (next_at,) = _first_from([start_of(months[-1], zone)], at)
    return found


def _filled(days: Sequence[date], at: datetime, zone: ZoneInfo) -> list[date]:
    """Those of these days with which a stretch begins, to the next of them, that has an article; the last ends it."""
    starts = [start_of(day, zone) for day in days]
    firsts = _first_from(starts[:-1], at)
    stretches = zip(days, firsts, pairwise(starts), strict=False)
    return [day for day, moment, (_, end) in stretches if moment and moment < end]


def _first_from(starts: Sequence[datetime], at: datetime) -> list[datetime | None]:
    """When, from each of these moments on, the first article appeared that is public."""
    places = {f"start_{number}": start for number, start in enumerate(starts)}
    return [row.first_at for row in _firsts(len(starts)).all(at=at, **places)]


@cache
def _firsts(number: int) -> Statement:
    """The statement for so many moments."""
    start = (
        values(column("number", Integer), column("at", UTCDateTime()), name="start")
        .data([(place, bindparam(f"start_{place}", type_=UTCDateTime())) for place in range(number)])
        .cte("start")
    )
    # A scalar with a limit: as a join, PostgreSQL would read the whole index once for all of them.
    first_at = (
        first(
            select(article.published_at)
            .where(IS_LISTED, article.published_at >= start.c.at, article.published_at <= bindparam("at"))
            .order_by(article.published_at),
            1,
        )
        .correlate(start)
        .scalar_subquery()
    )
    return Statement(select(start.c.number, first_at.label("first_at")).order_by(start.c.number))
