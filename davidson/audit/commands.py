"""`davidson audit …`: the audit log from the shell."""

import json
import sys

import click
from flask.cli import AppGroup

from davidson.audit.models import AuditEntry
from davidson.audit.queries import all_entries
from davidson.audit.verifying import Head, breaks_in_log, heads
from davidson.text.dates import iso
from davidson.web.filters import count

audit = AppGroup("audit", help="Read and check the audit log.")


@audit.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_all(as_json: bool) -> None:
    """List what was done, by whom and why, oldest first."""
    for entry in all_entries():
        click.echo(_as_json(entry) if as_json else _as_line(entry))


class _NotedHead(click.ParamType):  # type: ignore[type-arg]
    """A line that `davidson audit verify` printed about a chain."""

    name = "head"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        try:
            return Head.parse(value)
        except ValueError:
            self.fail(f"{value!r} is no head that `davidson audit verify` printed", param, ctx)


@audit.command()
@click.option("--noted", type=_NotedHead(), multiple=True, help="A head noted earlier, which must stand in the log.")
def verify(noted: tuple[Head, ...]) -> None:
    """Check that no entry was changed, removed, put in or moved since it was written.

    Prints the head of each chain, one a line. Noted where whoever keeps the store cannot write, and given back with
    --noted, they also show that the log was not made anew as a whole. Exits 1 with a line for each break.
    """
    found, length = 0, sum(head.length for head in heads())
    with click.progressbar(length=length, label="Checking", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        for line in breaks_in_log(noted, progress=bar.update):
            click.echo(line, err=True)
            found += 1
    if found:
        raise click.exceptions.Exit(1)
    ends = heads()
    click.echo(f"The log is whole: {sum(head.length for head in ends):,} entries in {count(len(ends), 'chain')}.")
    for head in ends:
        click.echo(str(head))


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
