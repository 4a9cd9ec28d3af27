"""The act that asks for work after the answer."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from davidson.database import db
from davidson.outbox.models import Message


def queue(kind: str, payload: Mapping[str, Any], *, now: datetime, delay: timedelta = timedelta(0)) -> None:
    """Ask for work of that kind. It is done at least once if the caller's transaction commits, and else never.

    `payload` is what JSON can hold; nothing is done before `delay` is over. The caller commits.
    """
    db.session.add(Message(kind=kind, payload=dict(payload), due_at=now + delay, created_at=now))
