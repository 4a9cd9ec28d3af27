"""Work that is done once a day, by whichever worker comes first: the store keeps when it is due again.

Who does it moves that moment on by LEASE before, so that no other one does the same, and so that it is tried anew
where the process was killed or the work failed. So work must bear to be done twice.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from davidson.database import db, reading
from davidson.outbox.models import Daily
from davidson.outbox.queries import due_daily

logger = logging.getLogger(__name__)

DAY = timedelta(days=1)
LEASE = timedelta(hours=1)
WORKS = "davidson-daily"

Work = Callable[[], object]


def do_daily(app: Flask, name: str, work: Work) -> None:
    """Let workers do that once a day. The work commits for itself."""
    app.extensions.setdefault(WORKS, {})[name] = work


def do_what_is_due(app: Flask, now: datetime) -> datetime | None:
    """Do all daily work that is due, and give the moment at which the next is; None where there is none at all."""
    works: dict[str, Work] = app.extensions.get(WORKS, {})
    for name, work in works.items():
        if _take(name, now):
            _do(name, work, now)
    return min((_due_at(name) or now for name in works), default=None)


def _do(name: str, work: Work, now: datetime) -> None:
    try:
        work()
    except Exception as error:
        db.session.rollback()
        # The log names the kind of an error alone: what it says may name a person.
        logger.warning("daily work failed", extra={"fields": {"work": name, "fault": type(error).__name__}})
    else:
        db.session.execute(update(Daily).where(Daily.name == name).values(due_at=now + DAY))
        db.session.commit()


def _take(name: str, now: datetime) -> bool:
    """Whether the work is due and ours to do."""
    due_at = _due_at(name)
    if due_at is not None and due_at > now:
        return False
    if due_at is None:
        with suppress(IntegrityError), db.session.begin_nested():  # Another worker may begin with it as well.
            db.session.add(Daily(name=name, due_at=now))
    ours = update(Daily).where(Daily.name == name, Daily.due_at <= now).values(due_at=now + LEASE)
    taken = db.session.execute(ours.returning(Daily.name)).scalar_one_or_none()
    db.session.commit()
    return taken is not None


def _due_at(name: str) -> datetime | None:
    with reading():
        due_at = due_daily(name)
        db.session.rollback()
    return due_at
