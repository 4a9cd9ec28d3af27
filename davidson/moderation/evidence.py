"""What stands beside comments on the desk: what happened to them, and what else their senders sent."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from davidson.accounts.models import Staff
from davidson.audit.models import AuditEntry
from davidson.comments.models import Comment
from davidson.comments.states import subject_of
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation.cards import Counts
from davidson.moderation.history import Event, event_of

# Of the log of one comment alone; the audit page has the rest.
MOST_EVENTS = 100

SenderColumn = InstrumentedAttribute[str | None]


def recent_events(comments: Sequence[Comment], *, each: int) -> dict[int, tuple[Event, ...]]:
    """The last `each` events of each comment, newest first, by the comment's id; in two queries."""
    keys = [
        (subject_of(comment.id), version)
        for comment in comments
        for version in range(max(1, comment.version - each + 1), comment.version + 1)
    ]
    statement = select(AuditEntry).where(tuple_(AuditEntry.subject, AuditEntry.version).in_(keys))
    entries = db.session.scalars(statement.order_by(AuditEntry.version.desc())).all() if keys else ()
    names = _names_of({entry.actor_id for entry in entries if entry.actor_id is not None})
    by_subject: dict[str, list[Event]] = defaultdict(list)
    for entry in entries:
        by_subject[entry.subject].append(event_of(entry, names))
    return {comment.id: tuple(by_subject[subject_of(comment.id)]) for comment in comments}


def counts_by(column: SenderColumn, comments: Sequence[Comment]) -> dict[str, Counts]:
    """How many comments there are in each state that share that column with one of these, by its value."""
    values = {value for comment in comments if (value := getattr(comment, column.key)) is not None}
    counts: dict[str, dict[CommentStatus, int]] = defaultdict(dict)
    if values:
        statement: Any = select(column, Comment.status, func.count()).where(column.in_(values))
        for value, status, number in db.session.execute(statement.group_by(column, Comment.status)):
            counts[value][status] = number
    return dict(counts)


def others(counts: dict[str, Counts], value: str | None, own: CommentStatus) -> Counts | None:
    """A sender's counts without the comment that is looked at; None for a sender who is not known."""
    if value is None:
        return None
    found = counts.get(value, {})
    return {**found, own: found.get(own, 1) - 1}


def _names_of(staff_ids: set[int]) -> dict[int, str]:
    if not staff_ids:
        return {}
    found = db.session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(staff_ids)))
    return {row.id: row.name for row in found}
