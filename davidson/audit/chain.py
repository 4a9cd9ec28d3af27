"""What the log's rows are chained by: each holds a hash over what it says and over the hash of the row before it.

So whoever changes, removes, inserts or moves a row must make all that follow anew, and the head of the chain too; the
idea is that of Schneier and Kelsey, "Secure Audit Logs to Support Computer Forensics" (ACM TISSEC 2(2), 1999). What
goes into a hash begins with a byte that says what it is, so that no message of one kind is one of another (RFC 6962,
section 2.1). The words of an entry, which a reader may have erased, enter by a salted hash of their own: that stays
when they and the salt go, and without the salt nobody can try out what the words may have been.

Hashes and salts are in hex. Pure: no session, no clock. docs/audit.md says the same for those who check the log with a
program of their own.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from struct import Struct
from typing import Any

from davidson.web.paging import EPOCH, MICROSECOND

SALT_LENGTH = 16  # bytes
BEGINNING = "0" * 64
"""What the first row of a chain follows."""
WORDS, CONTENT, LINK = b"\x00", b"\x01", b"\x02"
LASTING = ("actor_id", "actor", "action", "subject", "version", "from_state", "to_state", "reason")


_WHERE = Struct(">qqq")  # As PostgreSQL's `int8send` writes each.
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


def words_digest(salt: str, note: str, details: Mapping[str, Any]) -> str:
    """The hash of what an erasure takes away."""
    return sha256(WORDS + bytes.fromhex(salt) + _canonical([note, details])).hexdigest()


def content_digest(at: datetime, lasting: Mapping[str, Any], words: str) -> str:
    """The hash of all that an entry says: when, its LASTING columns, and the hash of its words."""
    values = [(at - EPOCH) // MICROSECOND, *(lasting[name] for name in LASTING), words]
    return sha256(CONTENT + _canonical(values)).hexdigest()


def link_digest(previous: str, *, chain: int, place: int, entry_id: int, content: str) -> str:
    """The hash that a row keeps: over that of the row before it, where it stands, its id and its content."""
    where = _WHERE.pack(chain, place, entry_id)
    return sha256(LINK + bytes.fromhex(previous) + where + bytes.fromhex(content)).hexdigest()


def _canonical(value: Any) -> bytes:
    """JSON in ASCII, without spaces, names in order: the same bytes whichever store the value comes back from."""
    return _ENCODER.encode(_plain(value)).encode()


def _plain(value: Any) -> Any:
    """The value with each number in the one form that PostgreSQL's JSONB gives back: 1.0 is 1 there, and 1e16 too."""
    if isinstance(value, float) and value.is_integer():
        return int(Decimal(repr(value)))
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value
