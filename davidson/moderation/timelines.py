"""Comments that share something, in the order of time: of a thread, of a sender, of those that answer one.

Each is read from the index that begins with what they share, from a place on, so that the last page costs what the
first does. What they share is named as a range from itself to itself, as `davidson.moderation.ordering` says why.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, tuple_


def in_time_order(
    statement: Select[*tuple[Any, ...]],
    of: Any,
    shared: str,
    value: Any,
    *,
    beyond: Sequence[Any] | None = None,
    newest_first: bool = False,
) -> Select[*tuple[Any, ...]]:
    """Let a statement give the comments `of` (the model or an alias) whose column `shared` has that value.

    The oldest come first, or else the newest; with a moment and an id in `beyond`, those that come after it that way.
    """
    column = getattr(of, shared)
    order = [column, of.created_at, of.id]
    low, high = column >= value, column <= value
    if beyond is not None:
        here, there = tuple_(*order), tuple_(value, *beyond)
        low, high = (low, here < there) if newest_first else (here > there, high)
    return statement.where(low, high).order_by(*([one.desc() for one in order] if newest_first else order))
