"""What stands beside comments on the desk: what happened to them, and what else their senders sent."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Label, exists, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from davidson.accounts.models import Staff
from davidson.audit.models import AuditEntry
from davidson.comments.models import Comment
from davidson.comments.states import subject_of
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation.cards import MOST_TOLD, RECORDED, Counts, Record, record_of
from davidson.moderation.history import Event, event_of
from davidson.moderation.notes import SenderNote

# Of the log of one comment alone; the audit page has the rest.
MOST_EVENTS = 100

Other = aliased(Comment)
_SENDERS = {"author": Comment.author_key, "network": Comment.sender}


def recent_events(versions: Mapping[int, int], *, each: int) -> dict[int, tuple[Event, ...]]:
    """The last `each` events of comments given as {id: version}, newest first, by the comment's id; in one query."""
    keys = [
        (subject_of(comment_id), version)
        for comment_id, newest in versions.items()
        for version in range(max(1, newest - each + 1), newest + 1)
    ]
    statement = (
        select(AuditEntry, Staff.name)
        .outerjoin(Staff, Staff.id == AuditEntry.actor_id)
        .where(tuple_(AuditEntry.subject, AuditEntry.version).in_(keys))
        .order_by(AuditEntry.version.desc())
    )
    by_subject: dict[str, list[Event]] = defaultdict(list)
    for entry, staff_name in db.session.execute(statement) if keys else ():
        by_subject[entry.subject].append(event_of(entry, staff_name))
    return {comment_id: tuple(by_subject[subject_of(comment_id)]) for comment_id in versions}


def record_columns() -> list[Label[int]]:
    """Columns beside a comment's own: how many share its author's token or its network, in each state.

    None is counted further than is told of it: a network of many readers may have sent a hundred thousand.
    """
    return [_counted(column, state) for column in _SENDERS.values() for state in RECORDED]


def record_in(row: Any) -> Record:
    """The record of a comment's sender, from its row with those columns."""
    return record_of(
        _others(row, Comment.author_key) if row.author_key is not None else None,
        _others(row, Comment.sender) if row.sender is not None else None,
    )


def noted_columns() -> list[Label[bool]]:
    """Columns beside a comment's own: whether moderators keep notes on its author's token, and on its network."""
    return [exists().where(SenderNote.key == column).label(f"noted_{name}") for name, column in _SENDERS.items()]


def noted_in(row: Any) -> tuple[str, ...]:
    """What there are notes on, from a row with those columns: "author", "network"."""
    return tuple(name for name in _SENDERS if row._mapping[f"noted_{name}"])


def _counted(column: InstrumentedAttribute[str | None], state: CommentStatus) -> Label[int]:
    other: Any = getattr(Other, column.key)
    # The comment itself may be among them. A span of one state and its order, not the state alone: else PostgreSQL
    # may take the index in the order of time, and read all that a network sent for the few in that state.
    some = select(literal(1)).where(other == column, Other.status.between(state, state)).order_by(Other.status)
    some = some.limit(MOST_TOLD + 2)
    number = select(func.count()).select_from(some.correlate(Comment).subquery())
    return number.scalar_subquery().label(_name(column, state))


def _others(row: Any, column: InstrumentedAttribute[str | None]) -> Counts:
    """The counts without the comment that is looked at."""
    return {state: row._mapping[_name(column, state)] - (row.status is state) for state in RECORDED}


def _name(column: InstrumentedAttribute[str | None], state: CommentStatus) -> str:
    return f"{column.key}_{state}"
