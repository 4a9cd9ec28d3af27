"""Adding a row to the log: it takes its place at the end of a chain in the transaction that writes it.

One chain would make all writers wait for each other from their first entry to the end of their commit, and on
PostgreSQL, where others write at the same time, for each other's disk too; two that hold other locks besides could
wait in a circle. So there are about as many chains as there were ever writers at once. Who writes takes a chain whose
head no other transaction holds, or begins one: nobody waits. A chain alone stays in order, for its head is locked until
the commit, and what a savepoint or a transaction rolls back leaves the head where it was. SQLite has one writer at a
time and so one chain. Chaining afterwards, by a worker, was weighed: until it had run, nothing would vouch for the
newest rows, which are those that somebody would want to be rid of.
"""

from collections.abc import Mapping
from secrets import token_hex
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Table, Text, bindparam, func, insert, literal_column, select, update

from davidson.audit.chain import BEGINNING, LINK, SALT_LENGTH, content_digest, link_digest, words_digest
from davidson.audit.models import AuditChain, AuditEntry
from davidson.statements import Statement

Values = Mapping[str, Any]

_ENTRY = cast("Table", AuditEntry.__table__)
_CHAIN = cast("Table", AuditChain.__table__)
# What the caller gives; the rest is an entry's place.
_GIVEN = [column for column in _ENTRY.c if column.name not in ("id", "chain", "place", "hash", "erased")]
_FREE = select(_CHAIN.c.id, _CHAIN.c.length, _CHAIN.c.hash).order_by(_CHAIN.c.id).limit(1)
_HEX: ColumnElement[str] = literal_column("'hex'")
_BEGIN = Statement(insert(_CHAIN).values(length=0, hash=BEGINNING).inline())


def append(connection: Connection, entry: Values) -> None:
    """Add an entry, given by the columns that are not its place, as the last one of a chain. The caller commits."""
    salt = token_hex(SALT_LENGTH)
    content = content_digest(entry["at"], entry, words_digest(salt, entry["note"], entry["details"]))
    values = {**entry, "salt": salt, "content": content}
    add = _append_embedded if connection.dialect.name == "sqlite" else _append_beside_others
    if not add(connection, values):
        _BEGIN.rows(connection, {})
        add(connection, values)


def _beside_others() -> Statement:
    """One statement, for one way there and back: lock a free head, number and hash the entry, move the head, add it.

    The id is drawn once the head is locked, so that ids rise along a chain.
    """
    head = _FREE.with_for_update(skip_locked=True).cte("head")
    place = (head.c.length + 1).label("place")
    drawn = literal_column("nextval('audit_entry_id_seq')", _ENTRY.c.id.type).label("entry_id")
    numbered = select(head.c.id.label("chain"), place, drawn, head.c.hash.label("previous")).cte("numbered")
    tag: ColumnElement[Any] = literal_column(f"'\\x{LINK.hex()}'::bytea")
    message = tag.op("||")(func.decode(numbered.c.previous, _HEX))
    for number in (numbered.c.chain, numbered.c.place, numbered.c.entry_id):
        message = message.op("||")(func.int8send(number))
    message = message.op("||")(func.decode(bindparam("content", type_=Text()), _HEX))
    link = select(numbered, func.encode(func.sha256(message), _HEX, type_=Text()).label("hash")).cte("link")
    moved = update(_CHAIN).values(length=link.c.place, hash=link.c.hash).where(_CHAIN.c.id == link.c.chain).cte("moved")
    given = [bindparam(column.name, type_=column.type) for column in _GIVEN]
    row = select(link.c.entry_id, link.c.chain, link.c.place, link.c.hash, *given)
    names = ["id", "chain", "place", "hash", *(column.name for column in _GIVEN)]
    return Statement(insert(_ENTRY).from_select(names, row).add_cte(moved).returning(_ENTRY.c.id))


_APPEND = _beside_others()


def _append_beside_others(connection: Connection, values: Values) -> bool:
    """On PostgreSQL; False where every head is held by another one."""
    return _APPEND.row(connection, values) is not None


# Numbers that AUTOINCREMENT gave are never given again, and what it gave last is kept in a table of SQLite's own.
_NEXT_ID: ColumnElement[int] = literal_column(
    "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'audit_entry'), 0) + 1"
)
_HEAD = Statement(_FREE.add_columns(_NEXT_ID))
_MOVE = Statement(
    update(_CHAIN)
    .where(_CHAIN.c.id == bindparam("chain"))
    .values(length=bindparam("place", type_=_CHAIN.c.length.type), hash=bindparam("digest"))
)
_INSERT = Statement(insert(_ENTRY).inline(), ["id", "chain", "place", "hash", *(column.name for column in _GIVEN)])


def _append_embedded(connection: Connection, values: Values) -> bool:
    """On SQLite; False where no chain was begun."""
    head = _HEAD.row(connection, {})
    if head is None:
        return False
    chain, length, previous, entry_id = head
    place = length + 1
    digest = link_digest(previous, chain=chain, place=place, entry_id=entry_id, content=values["content"])
    _MOVE.rows(connection, {"chain": chain, "place": place, "digest": digest})
    _INSERT.rows(connection, {**values, "id": entry_id, "chain": chain, "place": place, "hash": digest})
    return True
