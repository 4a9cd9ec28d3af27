"""Writing the audit log: every act that changes a row records who did it and why, in the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, insert

from davidson.audit.models import AuditEntry
from davidson.database import db
from davidson.statements import Statement


@dataclass(frozen=True)
class Actor:
    """Who acts: a member of staff by id and e-mail address, or one of the actors below, which have no id."""

    id: int | None
    name: str


# Inline: nobody asks for the new row's id.
_TABLE = cast("Table", AuditEntry.__table__)
_ENTRY = Statement(insert(_TABLE).inline(), [column.name for column in _TABLE.c if column.name != "id"])

SHELL = Actor(None, "shell")
READER = Actor(None, "reader")
SCREENING = Actor(None, "screening")


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
) -> AuditEntry:
    """Add one entry to the log. The caller commits, together with the change itself.

    `action` is a kind and a verb ("comment.approve"), `subject` is `kind:id`, `at` is aware UTC. `version` is the
    row's version after the act; the store refuses a second entry for the same subject and version. `details` must be
    JSON.
    """
    entry = AuditEntry(
        at=at,
        actor_id=actor.id,
        actor=actor.name,
        action=action,
        subject=subject,
        version=version,
        from_state=from_state,
        to_state=to_state,
        reason=reason,
        note=note,
        details=dict(details or {}),
    )
    db.session.add(entry)
    return entry


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
    """Add the entry with which a row's record begins, as version 1, at once and without an object.

    For what is done with every comment; in all else like `record`.
    """
    entry = {"at": at, "actor_id": actor.id, "actor": actor.name, "action": action, "subject": subject, "version": 1}
    words = {"from_state": "", "to_state": to_state, "reason": "", "note": "", "details": details}
    _ENTRY.rows(connection, entry | words)
