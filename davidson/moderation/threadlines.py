"""A thread as the desk shows it: comments of every state in the order of time, each a line that says what it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, Subquery, bindparam, func, literal, select, union_all
from sqlalchemy.orm import aliased

from davidson.comments.models import Comment
from davidson.comments.status import CommentStatus
from davidson.database import UTCDateTime, db
from davidson.moderation.history import state_told
from davidson.moderation.timelines import in_time_order
from davidson.text.excerpt import excerpt
from davidson.web.paging import Cursor

PAGE_SIZE = 50
# What stands around one comment: that many that it answers, one by another, that came next to it, that answer it.
MOST_ABOVE = 12
MOST_NEXT = 6
MOST_BELOW = 12
LENGTH = 280
# Of the source, for there may be marks that are not shown among its first characters.
CUT = 2 * LENGTH
HERE, HEAD, ABOVE, BEFORE, AFTER, BELOW = "here", "head", "above", "before", "after", "below"

Answered = aliased(Comment)


class Spot(NamedTuple):
    """Where a comment stands: in the thread that `head_id` began, at its own moment."""

    id: int
    head_id: int
    at: datetime


@dataclass(frozen=True)
class ThreadLine:
    """One comment of a thread in short; name and excerpt are empty where it was withdrawn or erased.

    `parts` says what it is to the comment that is looked at: HERE for that one itself, ABOVE for what it answers, one
    by another, BELOW for what answers it. `thread_id` is the one that began the thread, of which that
    itself has none, and no `parent_id`.
    """

    id: int
    name: str
    excerpt: str
    status: CommentStatus
    state: str
    created_at: datetime
    by_staff: bool
    parent_id: int | None
    thread_id: int | None
    parent_name: str | None
    parts: frozenset[str] = frozenset()

    @property
    def place(self) -> Cursor:
        """Where it stands in its thread."""
        return Cursor(self.created_at, self.id)


@dataclass(frozen=True)
class ThreadAround:
    """What stands around a comment, in the order of time.

    `near` is the comment with what came next to it. `above` came long before, and is here because the comment answers
    it; `below` came long after, and answers the comment. `earlier` and `later` are places of the thread where lines
    are left out, between `above` and `near` and after that; None where none are.
    """

    above: tuple[ThreadLine, ...]
    near: tuple[ThreadLine, ...]
    below: tuple[ThreadLine, ...]
    earlier: Cursor | None
    later: Cursor | None


@dataclass(frozen=True)
class ThreadPage:
    """A page of a thread; `earlier` and `later` are where the pages before and after it begin."""

    lines: tuple[ThreadLine, ...]
    earlier: Cursor | None
    later: Cursor | None


def thread_around(spot: Spot) -> ThreadAround:
    """What stands around a comment in its thread; one query, of bounded cost however long the thread is."""
    parts: dict[int, set[str]] = {}
    rows: dict[int, Any] = {}
    for row in db.session.execute(_AROUND, {"comment": spot.id, "head": spot.head_id, "at": spot.at}):
        parts.setdefault(row.id, set()).add(row.part)
        rows[row.id] = row
    if spot.head_id != spot.id:
        parts[spot.head_id].add(ABOVE)  # It answers that one too, however many lie between.
    lines = [_line(row, frozenset(parts[row.id])) for row in rows.values()]
    before = _of(lines, BEFORE)[-MOST_NEXT:]
    after = _of(lines, AFTER)[:MOST_NEXT]
    is_cut = len(_of(lines, BEFORE)) > MOST_NEXT
    near = _ordered({*before, *_of(lines, HERE), *after, *(_of(lines, HEAD) if not is_cut else ())})
    rest = _ordered(line for line in lines if line not in near and line.parts - {BEFORE, AFTER})
    return ThreadAround(
        above=tuple(line for line in rest if _key(line) < _key(near[0])),
        near=tuple(near),
        below=tuple(line for line in rest if _key(line) > _key(near[-1])),
        earlier=before[0].place if is_cut else None,
        later=after[-1].place if len(_of(lines, AFTER)) > MOST_NEXT else None,
    )


def thread_page(head_id: int, *, after: Cursor | None, before: Cursor | None) -> ThreadPage:
    """A page of a thread: its beginning, or what comes after or before a place. Two queries at most."""
    beyond = after or before
    statement = in_time_order(
        _line_columns(Comment),
        Comment,
        "thread_id",
        head_id,
        beyond=(beyond.at, beyond.id) if beyond else None,
        newest_first=before is not None and after is None,
    )
    found = [_line(row) for row in db.session.execute(statement.limit(PAGE_SIZE + 1))]
    has_more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    is_back = before is not None and after is None
    is_begin = beyond is None or (is_back and not has_more)
    head = db.session.execute(_line_columns(Comment).where(Comment.id == head_id)).all() if is_begin else []
    lines = _ordered([*map(_line, head), *found])
    return ThreadPage(
        lines=tuple(lines),
        earlier=None if is_begin or not found else lines[0].place,
        later=lines[-1].place if found and (is_back or has_more) else None,
    )


def _of(lines: Iterable[ThreadLine], part: str) -> list[ThreadLine]:
    return _ordered(line for line in lines if part in line.parts)


def _ordered(lines: Iterable[ThreadLine]) -> list[ThreadLine]:
    return sorted(lines, key=_key)


def _key(line: ThreadLine) -> tuple[datetime, int]:
    return line.created_at, line.id


def _line(row: Any, parts: frozenset[str] = frozenset()) -> ThreadLine:
    return ThreadLine(
        id=row.id,
        name=row.name,
        excerpt=excerpt(row.begin, LENGTH),
        status=row.status,
        state=state_told(row.status, is_erased=row.status is CommentStatus.DELETED and not row.name),
        created_at=row.created_at,
        by_staff=row.staff_id is not None,
        parent_id=row.parent_id,
        thread_id=row.thread_id,
        parent_name=row.parent_name,
        parts=parts,
    )


def _line_columns(of: Any, *more: Any) -> Select[Any]:
    """What a line is made of."""
    columns = (of.id, of.name, of.status, of.reason, of.created_at, of.staff_id, of.parent_id, of.thread_id)
    begin = func.substr(of.source, 1, CUT).label("begin")
    return (
        select(*more, *columns, begin, Answered.name.label("parent_name"))
        .select_from(of)
        .outerjoin(Answered, Answered.id == of.parent_id)
    )


def _chain() -> Subquery:
    """The ids of the comment and of those that it answers, one by another, up to a number."""
    above: Any = aliased(Comment)
    chain = (
        select(Comment.id, Comment.parent_id, literal(0).label("steps"))
        .where(Comment.id == bindparam("comment"))
        .cte("chain", recursive=True)
    )
    further = select(above.id, above.parent_id, chain.c.steps + 1)
    chain = chain.union_all(further.where(above.id == chain.c.parent_id, chain.c.steps < MOST_ABOVE))
    return select(chain.c.id).where(chain.c.steps > 0).subquery()


def _next(*, newest_first: bool) -> Subquery:
    """The ids of those that came next to the comment in its thread, and one more where there is one."""
    other: Any = aliased(Comment)
    place: tuple[Any, Any] = (bindparam("at", type_=UTCDateTime()), bindparam("comment"))
    found = in_time_order(
        select(other.id), other, "thread_id", bindparam("head"), beyond=place, newest_first=newest_first
    )
    return found.limit(MOST_NEXT + 1).subquery()


def _answers() -> Subquery:
    other: Any = aliased(Comment)
    return in_time_order(select(other.id), other, "parent_id", bindparam("comment")).limit(MOST_BELOW).subquery()


def _around() -> Select[Any]:
    """The lines around a comment, each once for each thing that it is to that."""
    ids = {ABOVE: _chain(), BEFORE: _next(newest_first=True), AFTER: _next(newest_first=False), BELOW: _answers()}
    found = union_all(
        select(literal(HERE).label("part"), bindparam("comment", type_=Comment.id.type).label("id")),
        select(literal(HEAD), bindparam("head", type_=Comment.id.type)),
        *(select(literal(part), chosen.c.id) for part, chosen in ids.items()),
    ).subquery()
    return _line_columns(Comment, found.c.part).join(found, found.c.id == Comment.id)


_AROUND = _around()
