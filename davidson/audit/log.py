"""Writing the audit log: every act that changes a row records who did it and why, in the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from davidson.audit.appending import append
from davidson.database import db


@dataclass(frozen=True)
class Actor:
    """Who acts: a member of staff by id and e-mail address, or one of the actors below, which have no id."""

    id: int | None
    name: str


@dataclass(frozen=True)
class Act:
    """Who acts on something that several may order at once, and when; `seen` is its state when they looked, None where
    nobody did.
    """

    actor: Actor
    now: datetime
    seen: str | None = None


SHELL = Actor(None, "shell")
READER = Actor(None, "reader")
SCREENING = Actor(None, "screening")
RETENTION = Actor(None, "retention")
REPORTS = Actor(None, "reports")
BREAKER = Actor(None, "breaker")


def record(
    action: str,
    *,
    actor: Actor,
    subject: str,
    at: datetime,
    version: int | None = None,
    from_state: str = "",
    to_state: str = "",
    reason: str = "",
    note: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add one entry to the log, at once. The caller commits, together with the change itself.

    `action` is a kind and a verb ("comment.approve"), `subject` is `kind:id`, `at` is aware UTC. `version` is the
    row's version after the act; the store refuses a second entry for the same subject and version (IntegrityError).
    `details` must be JSON. `note` and `details` may be erased later, so what must last stands in the others.
    """
    entry = {
        "at": at,
        "actor_id": actor.id,
        "actor": actor.name,
        "action": action,
        "subject": subject,
        "version": version,
        # As plain text, for an enumeration's member is stored by its value and hashed by it too.
        "from_state": str(from_state),
        "to_state": str(to_state),
        "reason": str(reason),
        "note": note,
        "details": dict(details or {}),
    }
    append(db.session.connection(), entry)


def record_first(
    connection: Connection,
    action: str,
    *,
    actor: Actor,
    subject: str,
    at: datetime,
    to_state: str,
    details: Mapping[str, Any],
) -> None:
    """Add the entry with which a row's record begins, as version 1, on a connection; in all else like `record`."""
    entry = {"at": at, "actor_id": actor.id, "actor": actor.name, "action": action, "subject": subject, "version": 1}
    words = {"from_state": "", "to_state": str(to_state), "reason": "", "note": "", "details": details}
    append(connection, entry | words)
