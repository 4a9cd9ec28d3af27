"""The comments of a tab that fit a filter: how many, and which are on a page.

They come from the comments' index. Up to MOST_COUNTED are counted and put in order here: that is exact whatever the
filter is. Where there are more, the tab is walked in its own order, some hundreds at a time, and these are looked up in
the index; some that fit are then never far, and how far is looked at once is bounded too.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from davidson.comments.models import Comment
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation.filters import Filter
from davidson.moderation.ordering import cursor_at, first_in, later_in, values_of
from davidson.search.index import COMMENTS, Sought, matching, matching_of
from davidson.web.paging import Cursor

MOST_COUNTED = 1_000
"""What is counted of a filter's comments in one tab; one more is told as "1,000+"."""

STRIDES = (200, 3_000)
"""How many comments of a tab are looked at for a page, at first and then if those were too few."""

# What tells where a comment stands.
PLACED = (Comment.id, Comment.status, Comment.created_at, Comment.decided_at)


@dataclass(frozen=True)
class Found:
    """The comments on a page, in order, and where the next one begins; `is_short` where it may only be looked for."""

    ids: tuple[int, ...]
    following: Cursor | None
    is_short: bool = False


def counts_of(chosen: Filter) -> dict[CommentStatus, int]:
    """How many comments fit in each state; MOST_COUNTED + 1 where there are more than that."""
    store = db.engine.dialect.name
    numbers = []
    for status in CommentStatus:
        some = matching(COMMENTS, chosen.in_state(status), store=store).limit(MOST_COUNTED + 1).subquery()
        numbers.append(select(func.count()).select_from(some).scalar_subquery())
    (row,) = _by_index(select(*numbers))
    return dict(zip(CommentStatus, row, strict=True))


def page_of(chosen: Filter, status: CommentStatus, *, after: Cursor | None, size: int) -> Found:
    """A page of a tab under a filter, from the place after that cursor on."""
    sought = chosen.in_state(status)
    ids = fitting_ids(sought, most=MOST_COUNTED + 1)
    if len(ids) > MOST_COUNTED:
        return _walked(sought, status, after=after, size=size)
    places = sorted(map(cursor_at, rows_of(ids, PLACED)), key=_key)
    if status is not CommentStatus.PENDING:
        places.reverse()
    begin = _begin(places, status, after)
    shown = places[begin : begin + size]
    more = begin + size < len(places)
    return Found(tuple(place.id for place in shown), shown[-1] if more else None)


def waiting_from(comment_id: int, chosen: Filter) -> int | None:
    """A comment while it waits, else the one that waits after the place which it had there, of those that fit."""
    row = db.session.execute(select(*PLACED).where(Comment.id == comment_id)).one_or_none()
    if row is None or row.status is CommentStatus.PENDING:
        return row and comment_id
    here = Cursor(row.created_at, comment_id)
    return next(iter(page_of(chosen, CommentStatus.PENDING, after=here, size=1).ids), None)


def fitting_ids(sought: Sought, *, most: int) -> Sequence[int]:
    """The ids of at most so many comments that match, in no order."""
    statement = matching(COMMENTS, sought, store=db.engine.dialect.name).limit(most)
    return [row[0] for row in _by_index(statement)]


def rows_of(ids: Sequence[int], columns: Iterable[Any]) -> Sequence[Any]:
    """Some columns of these comments, in no order."""
    if not ids:
        return []
    with without("seqscan"):
        return db.session.execute(select(*columns).where(Comment.id.in_(ids))).all()


def _by_index(statement: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    with without("seqscan", "indexscan"):
        return db.session.execute(statement).all()


@contextmanager
def without(*ways: str) -> Iterator[None]:
    """Keep PostgreSQL from reading a table in such a way.

    It would rather read one from its beginning where it supposes that enough of the first rows match, and cannot know
    that labels exclude each other.
    """
    if db.engine.dialect.name == "sqlite":
        yield
        return
    db.session.execute(_switch(ways, "off"))
    yield
    db.session.execute(_switch(ways, "on"))


def _switch(ways: Iterable[str], to: str) -> Select[*tuple[Any, ...]]:
    """Switch for the rest of the transaction."""
    return select(*(func.set_config(f"enable_{way}", to, True) for way in ways))


def _walked(sought: Sought, status: CommentStatus, *, after: Cursor | None, size: int) -> Found:
    found: list[Cursor] = []
    is_end = False
    for stride in STRIDES:
        ordered = (later_in if after else first_in)(select(*PLACED), waiting=status is CommentStatus.PENDING)
        rows = db.session.execute(ordered.limit(stride), values_of(status, after)).all()
        fitting = _fitting_of(sought, [row.id for row in rows])
        found += [cursor_at(row) for row in rows if row.id in fitting]
        is_end = len(rows) < stride
        if is_end or len(found) > size:
            break
        after = cursor_at(rows[-1])
    ids = tuple(place.id for place in found[:size])
    if len(found) > size:
        return Found(ids, found[size - 1])
    return Found(ids, None if is_end else after, is_short=not is_end)


def _fitting_of(sought: Sought, ids: Sequence[int]) -> set[int]:
    """Which of these match; others may be among them."""
    if not ids:
        return set()
    with without("seqscan", "bitmapscan"):
        return set(db.session.scalars(matching_of(COMMENTS, sought, ids, store=db.engine.dialect.name)))


def _begin(places: Sequence[Cursor], status: CommentStatus, after: Cursor | None) -> int:
    """How many of the places, in their order, lie before a page."""
    if after is None:
        return 0
    if status is CommentStatus.PENDING:
        return sum(_key(place) <= _key(after) for place in places)
    return sum(_key(place) >= _key(after) for place in places)


def _key(place: Cursor) -> tuple[datetime, int]:
    return place.at, place.id
