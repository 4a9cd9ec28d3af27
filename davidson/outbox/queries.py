"""What waits in the outbox, and when daily work is due."""

from datetime import datetime

from sqlalchemy import func, select

from davidson.database import db
from davidson.outbox.models import Daily, Message


def next_due() -> datetime | None:
    """When the first of what waits is due; None where nothing waits."""
    return db.session.scalar(select(func.min(Message.due_at)))


def due_daily(name: str) -> datetime | None:
    """When that daily work is due; None where it was never done."""
    return db.session.scalar(select(Daily.due_at).where(Daily.name == name))


def due_messages(now: datetime, *, kind: str | None = None, most: int) -> list[Message]:
    """What is due, longest due first, locked for this transaction; what another one holds is left out."""
    due = select(Message).where(Message.due_at <= now).order_by(Message.due_at, Message.id).limit(most)
    if kind is not None:
        due = due.where(Message.kind == kind)
    return list(db.session.scalars(due.with_for_update(skip_locked=True)))
