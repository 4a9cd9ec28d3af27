"""Forgetting what is kept no longer, in many small transactions: it may be stopped anywhere and begun anew.

A kind of thing to forget is a function that forgets some of them and says how many, and a line in `_tasks`.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from flask import Flask

from davidson.accounts.sessions import forget_session_networks, sweep_sessions
from davidson.audit.log import RETENTION, record
from davidson.clock import utcnow
from davidson.comments.forgetting import forget_networks, forget_reports, forget_spam
from davidson.config import Settings
from davidson.database import db
from davidson.moderation.bans import forget_bans
from davidson.moderation.bulk import KEPT, forget_bulks
from davidson.moderation.notes import forget_notes
from davidson.moderation.presence import forget_looks
from davidson.outbox.daily import do_daily
from davidson.web.limits import sweep_windows

BATCH = 100
"""Rows a transaction. On SQLite a comment that is sent meanwhile waits for one of them at most."""


@dataclass(frozen=True)
class Task:
    """One kind of thing to forget. `forget` forgets at most so many and says how many."""

    thing: str
    forget: Callable[[int], int]


@dataclass(frozen=True)
class Forgotten:
    """How many of a thing were forgotten."""

    thing: str
    number: int


def init_retention(app: Flask, settings: Settings) -> None:
    """Let workers forget once a day."""
    do_daily(app, "retention", lambda: deque(forget_what_is_old(settings, now=utcnow()), maxlen=0))


def forget_what_is_old(settings: Settings, *, now: datetime, batch: int = BATCH) -> Iterator[Forgotten]:
    """Forget all that is kept no longer, one kind after the other, and write down how much. Commits for itself.

    Exactly what is as old as the settings say, or older, is forgotten.
    """
    done = []
    for task in _tasks(settings, now):
        number = 0
        while forgotten := task.forget(batch):
            db.session.commit()
            number += forgotten
            if forgotten < batch:
                break
        db.session.rollback()  # What found nothing began a transaction too.
        done.append(Forgotten(task.thing, number))
        yield done[-1]
    counts = {one.thing: one.number for one in done if one.number}
    if counts:
        record("retention.run", actor=RETENTION, subject="site:retention", at=now, details=counts)
        db.session.commit()


def _tasks(settings: Settings, now: datetime) -> Iterator[Task]:
    if settings.retention_network_days:
        until = now - timedelta(days=settings.retention_network_days)
        yield Task("networks of comments", lambda most: forget_networks(until, most=most))
        yield Task("reports", lambda most: forget_reports(until, most=most))
        yield Task("networks of sessions", lambda most: forget_session_networks(until, most=most))
    if settings.retention_spam_days:
        since = now - timedelta(days=settings.retention_spam_days)
        yield Task("spam comments", lambda most: forget_spam(since, now=now, most=most))
    # Notes are known by hashes that went just now, with comments or with bans.
    yield Task("ended bans", lambda most: forget_bans(now, most=most))
    yield Task("notes on senders", lambda most: forget_notes(now, most=most))
    yield Task("hints of who looks", lambda most: forget_looks(now, most=most))
    yield Task("rows of decisions on many", lambda most: forget_bulks(now - KEPT, most=most))
    # What is over by itself: these go as others come, and here where none come.
    yield Task("ended sessions", partial(sweep_sessions, now))
    yield Task("counts of attempts", partial(sweep_windows, now))
