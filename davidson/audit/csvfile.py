"""The log as a file for spreadsheets: CSV (RFC 4180), a piece at a time. Pure: no session, no clock."""

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO

from davidson.audit.models import AuditEntry
from davidson.text.dates import iso

COLUMNS = (
    "id",
    "at",
    "actor_id",
    "actor",
    "action",
    "subject",
    "version",
    "from_state",
    "to_state",
    "reason",
    "note",
    "details",
    "erased",
)
# What a spreadsheet takes for the beginning of a formula; the wide ones too, which some turn into the others
# (OWASP, "CSV Injection").
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
ROWS_A_PIECE = 200


def csv_of(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """The file's head and a line an entry, in pieces of some rows."""
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for number, entry in enumerate(entries, start=1):
        writer.writerow(map(_cell, _values(entry)))
        if number % ROWS_A_PIECE == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _values(entry: AuditEntry) -> Iterator[str | int | None]:
    for name in COLUMNS:
        match name:
            case "at":
                yield iso(entry.at)
            case "details":
                yield json.dumps(entry.details, ensure_ascii=False) if entry.details else ""
            case "erased":
                yield "yes" if entry.erased else ""
            case _:
                yield getattr(entry, name)


def _cell(value: str | int | None) -> str | int:
    """A value that no spreadsheet calculates: what looks like a formula gets an apostrophe in front."""
    if value is None:
        return ""
    # Some drop what nobody sees in front of a formula.
    return f"'{value}" if isinstance(value, str) and value.lstrip(" \0\ufeff").startswith(FORMULA) else value
