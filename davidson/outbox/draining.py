"""Doing what the outbox holds: at least once, in no promised order, outside of any transaction.

A message is leased, worked at and removed. What fails is tried again later and later; what was being worked at when its
process was killed is tried again when the lease runs out. So work must bear to be done twice.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import delete, update

from davidson.database import db
from davidson.outbox.models import Message
from davidson.outbox.queries import due_messages

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
FIRST_DELAY = timedelta(seconds=1)
LONGEST_DELAY = timedelta(minutes=10)
PATIENCE = timedelta(days=3)
"""From a message's creation to the moment when it is given up."""
LONGEST_ERROR = 500  # characters

Payload = dict[str, Any]
Work = Callable[[list[Payload]], None]


@dataclass(frozen=True)
class Kind:
    """How messages of one kind are worked at: up to `most` of them in one call, which raises whatever failed."""

    work: Work
    most: int = 1


@dataclass(frozen=True)
class Leased:
    """A message that is ours to work at until its lease runs out."""

    id: int
    kind: str
    payload: Payload
    attempts: int
    created_at: datetime


def init_outbox(app: Flask) -> None:
    """Give the application its kinds of work, by name; packages add theirs with `do`."""
    app.extensions["davidson-outbox"] = {}


def do(app: Flask, kind: str, work: Work, *, most: int = 1) -> None:
    """Let messages of that kind be worked at so."""
    app.extensions["davidson-outbox"][kind] = Kind(work, most)


def drain_once(app: Flask, now: datetime) -> bool:
    """Work at the next message that is due, with others of its kind. False where none is. Commits for itself."""
    kinds: dict[str, Kind] = app.extensions["davidson-outbox"]
    leased = _lease(kinds, now)
    if not leased:
        return False
    try:
        kinds[leased[0].kind].work([message.payload for message in leased])
    except Exception as error:
        db.session.rollback()
        _put_off(leased, error, now)
    else:
        db.session.execute(delete(Message).where(Message.id.in_([message.id for message in leased])))
    db.session.commit()
    return True


def _lease(kinds: dict[str, Kind], now: datetime) -> list[Leased]:
    """Take what is due next, and as many more of its kind as are worked at together."""
    first = due_messages(now, most=1)
    kind = kinds.get(first[0].kind) if first else None
    messages = due_messages(now, kind=first[0].kind, most=kind.most) if kind and kind.most > 1 else first
    for message in messages:
        message.due_at = now + LEASE
        message.attempts += 1
    leased = [Leased(one.id, one.kind, one.payload, one.attempts, one.created_at) for one in messages]
    db.session.commit()
    return leased


def _put_off(leased: list[Leased], error: Exception, now: datetime) -> None:
    """Keep what failed for another time, with its error; give up what is too old."""
    # The log names the kind of an error alone: what it says may name a person.
    fields = {"kind": leased[0].kind, "messages": len(leased), "fault": type(error).__name__}
    logger.warning("work failed", extra={"fields": fields | {"attempts": leased[0].attempts}})
    text = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
    for message in leased:
        # Unless the lease ran out meanwhile and is another one's now.
        ours = (Message.id == message.id) & (Message.attempts == message.attempts)
        if now - message.created_at >= PATIENCE:
            db.session.execute(delete(Message).where(ours))
            logger.error("work given up", extra={"fields": fields})
        else:
            due_at = now + _delay(message.attempts)
            db.session.execute(update(Message).where(ours).values(due_at=due_at, last_error=text))


def _delay(attempts: int) -> timedelta:
    """Twice as long after each failure, up to a bound, and never the same for all that failed together."""
    longest: timedelta = min(FIRST_DELAY * 2.0 ** min(attempts - 1, 20), LONGEST_DELAY)
    return longest * random.uniform(0.5, 1)  # noqa: S311 - no secret is made of it.
