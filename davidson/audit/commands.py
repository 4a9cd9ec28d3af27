"""`davidson audit …`: the audit log from the shell."""

import json

import click
from flask.cli import AppGroup

from davidson.audit.models import AuditEntry
from davidson.audit.queries import all_entries
from davidson.web.filters import iso

audit = AppGroup("audit", help="Read the audit log.")


@audit.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_all(as_json: bool) -> None:
    """List what was done, by whom and why, oldest first."""
    for entry in all_entries():
        click.echo(_as_json(entry) if as_json else _as_line(entry))


def _as_json(entry: AuditEntry) -> str:
    fields = {
        "id": entry.id,
        "at": iso(entry.at),
        "actor_id": entry.actor_id,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "version": entry.version,
        "from_state": entry.from_state,
        "to_state": entry.to_state,
        "reason": entry.reason,
        "note": entry.note,
        "details": entry.details,
    }
    return json.dumps(fields, ensure_ascii=False)


def _as_line(entry: AuditEntry) -> str:
    change = f"{entry.from_state or 'new'} -> {entry.to_state}" if entry.to_state else ""
    who_and_what = (entry.actor, entry.action, entry.subject, *entry.particulars)
    parts = (iso(entry.at), *who_and_what, change, entry.reason, entry.note)
    line = "  ".join(part for part in parts if part)
    # A terminal obeys control characters, and a note may hold what a stranger typed.
    return "".join(character if character.isprintable() else " " for character in line)
