"""The order of the desk's tabs: what waits, oldest first; else what was decided last, first.

A tab is read from an index that begins with the state, from the place of a cursor on, so that its hundredth page costs
what its first does. The state is named as a range from itself to itself: told to be equal, PostgreSQL knows that it
needs no place in the order and walks the index of all moments instead, past every comment that was ever decided, to
the few at its end that wait.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, ScalarSelect, Select, Tuple, bindparam, case, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from davidson.comments.models import Comment
from davidson.comments.status import CommentStatus
from davidson.database import UTCDateTime, db
from davidson.web.paging import Cursor

STATE = bindparam("state", type_=Comment.status.type)
_PLACE = tuple_(STATE, bindparam("at", type_=UTCDateTime()), bindparam("id", type_=BigInteger()))


def first_in(statement: Select[*tuple[Any, ...]], *, waiting: bool) -> Select[*tuple[Any, ...]]:
    """Let a statement begin at the first of the comments that have the state `STATE`."""
    return _ordered(statement, Comment, waiting=waiting).where(Comment.status >= STATE, Comment.status <= STATE)


def later_in(statement: Select[*tuple[Any, ...]], *, waiting: bool) -> Select[*tuple[Any, ...]]:
    """The same after the place that the values `at` and `id` name."""
    return _after(_ordered(statement, Comment, waiting=waiting), Comment, _PLACE, STATE, waiting=waiting)


def values_of(state: CommentStatus, after: Cursor | None = None) -> dict[str, Any]:
    """What those statements are executed with."""
    return {"state": state} | ({"at": after.at, "id": after.id} if after else {})


def next_in_tab() -> ColumnElement[int | None]:
    """A column beside a comment: the id of the one that comes after it where it stands now."""
    return case((Comment.status == CommentStatus.PENDING, _next(waiting=True)), else_=_next(waiting=False))


def waiting_since() -> datetime | None:
    """When the comment that has waited longest was sent; None where none waits."""
    statement = first_in(select(Comment.created_at), waiting=True).limit(1)
    return db.session.execute(statement, values_of(CommentStatus.PENDING)).scalar_one_or_none()


def cursor_at(row: Any) -> Cursor:
    """The place of a comment, given as a row with its state, its moments and its id."""
    moment: datetime = row.created_at if row.status is CommentStatus.PENDING else row.decided_at
    return Cursor(moment, row.id)


def _next(*, waiting: bool) -> ScalarSelect[int]:
    other: Any = aliased(Comment)
    ordered = _ordered(select(other.id), other, waiting=waiting)
    here = tuple_(*_key(Comment, waiting=waiting))
    return _after(ordered, other, here, Comment.status, waiting=waiting).limit(1).correlate(Comment).scalar_subquery()


def _ordered(statement: Select[*tuple[Any, ...]], of: Any, *, waiting: bool) -> Select[*tuple[Any, ...]]:
    key = _key(of, waiting=waiting)
    return statement.order_by(*(key if waiting else [column.desc() for column in key]))


def _after(
    statement: Select[*tuple[Any, ...]], of: Any, place: Tuple, state: Any, *, waiting: bool
) -> Select[*tuple[Any, ...]]:
    key = tuple_(*_key(of, waiting=waiting))
    if waiting:
        return statement.where(key > place, of.status <= state)
    return statement.where(key < place, of.status >= state)


def _key(of: Any, *, waiting: bool) -> list[InstrumentedAttribute[Any]]:
    return [of.status, of.created_at if waiting else of.decided_at, of.id]
