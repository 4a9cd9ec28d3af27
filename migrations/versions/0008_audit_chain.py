"""The audit log is chained by hashes and found by who and what; what is kept too long is found and forgotten daily

Revision ID: 0008
Revises: 0007
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from secrets import token_hex
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BATCH = 1_000
LASTING = ("actor_id", "actor", "action", "subject", "version", "from_state", "to_state", "reason")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NETWORK_KEPT = "(sender IS NOT NULL OR fingerprint IS NOT NULL)"
COLUMNS = ("chain", "place", "hash", "salt", "erased")
INDEXES = (("at", "id"), ("actor", "at", "id"), ("action", "at", "id"), ("actor", "action", "at", "id"))

ENTRY = sa.table(
    "audit_entry",
    sa.column("id", sa.BigInteger()),
    sa.column("at", sa.DateTime(timezone=True)),
    *(sa.column(name) for name in LASTING),
    sa.column("note"),
    sa.column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
    *(sa.column(name, sa.BigInteger()) for name in ("chain", "place")),
    *(sa.column(name, sa.Text()) for name in ("hash", "salt")),
)
CHAIN = sa.table(
    "audit_chain",
    sa.column("length", sa.BigInteger()),
    sa.column("hash", sa.Text()),
)


def upgrade() -> None:
    _take_as_long_as_it_takes()
    op.create_table(
        "audit_chain",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_chain"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    for name in COLUMNS:
        kind = sa.BigInteger() if name in ("chain", "place") else sa.Text()
        op.add_column("audit_entry", sa.Column(name, kind, nullable=True))
    _chain_what_is_there()
    op.create_index("ix_audit_entry_chain_place", "audit_entry", ["chain", "place"], unique=True)
    op.drop_index("ix_audit_entry_at", table_name="audit_entry")
    for columns in INDEXES:
        op.create_index(f"ix_audit_entry_{'_'.join(columns)}", "audit_entry", list(columns))
    op.create_table(
        "daily",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_daily"),
        sqlite_strict=True,
    )
    # The networks that staff signed in from were remembered for 90 days, and are now as long as others.
    op.execute("DELETE FROM throttle WHERE key LIKE '%/1/90/day'")
    kept = sa.text(NETWORK_KEPT)
    op.create_index(
        "ix_comment_network_kept", "comment", ["created_at", "id"], postgresql_where=kept, sqlite_where=kept
    )


def downgrade() -> None:
    _take_as_long_as_it_takes()
    op.drop_index("ix_comment_network_kept", table_name="comment")
    op.drop_table("daily")
    for columns in INDEXES:
        op.drop_index(f"ix_audit_entry_{'_'.join(columns)}", table_name="audit_entry")
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])
    op.drop_index("ix_audit_entry_chain_place", table_name="audit_entry")
    for name in reversed(COLUMNS):
        # Not by a copy of the table, which the driver's SQLite does without.
        op.execute(f"ALTER TABLE audit_entry DROP COLUMN {name}")
    op.drop_table("audit_chain")


def _take_as_long_as_it_takes() -> None:
    """An index on a long log may take longer than the site lets any statement run."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET LOCAL statement_timeout = 0")


def _chain_what_is_there() -> None:
    """Chain the entries in the order of their ids, some at a time: a log may be longer than memory."""
    connection = op.get_bind()
    place, previous = 0, "0" * 64
    one = sa.bindparam("one")
    change = (
        sa.update(ENTRY).where(ENTRY.c.id == one).values({name: sa.bindparam(f"new_{name}") for name in COLUMNS[:4]})
    )
    for entries in _batches(connection):
        changes = []
        for entry in entries:
            place += 1
            salt = token_hex(16)
            previous = _link(previous, place, entry, salt)
            changes.append(
                {"one": entry.id, "new_chain": 1, "new_place": place, "new_hash": previous, "new_salt": salt}
            )
        connection.execute(change, changes)
    if place:
        connection.execute(sa.insert(CHAIN), {"length": place, "hash": previous})


def _batches(connection: sa.Connection) -> Iterator[list[Any]]:
    last = 0
    while True:
        columns = [column for column in ENTRY.c if column.name not in COLUMNS]
        batch = sa.select(*columns).where(ENTRY.c.id > last).order_by(ENTRY.c.id).limit(BATCH)
        entries = list(connection.execute(batch))
        if not entries:
            return
        yield entries
        last = entries[-1].id


def _link(previous: str, place: int, entry: Any, salt: str) -> str:
    """As `davidson.audit.chain` does at this revision."""
    words = sha256(b"\x00" + bytes.fromhex(salt) + _canonical([entry.note, entry.details])).hexdigest()
    at = entry.at if entry.at.tzinfo else entry.at.replace(tzinfo=UTC)
    lasting = [(at - EPOCH) // timedelta(microseconds=1), *(getattr(entry, name) for name in LASTING), words]
    content = sha256(b"\x01" + _canonical(lasting)).digest()
    where = b"".join(number.to_bytes(8, "big", signed=True) for number in (1, place, entry.id))
    return sha256(b"\x02" + bytes.fromhex(previous) + where + content).hexdigest()


def _canonical(value: Any) -> bytes:
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(Decimal(repr(value)))
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value
