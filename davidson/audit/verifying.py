"""Checking the log's chains: each break is found and named, and the rows before and after it are still checked."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from davidson.audit.chain import BEGINNING, content_digest, link_digest, words_digest
from davidson.audit.erasing import ERASING
from davidson.audit.models import AuditChain, AuditEntry
from davidson.database import db, reading

BATCH = 500
_ENTRY = AuditEntry.__table__.c


@dataclass(frozen=True)
class Head:
    """How far a chain went at some moment: its number, its length, and the hash of its last entry in hex."""

    chain: int
    length: int
    hash: str

    def __str__(self) -> str:
        return f"{self.chain}:{self.length}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Read what `str()` gave. Raises ValueError."""
        chain, length, digest = text.strip().split(":")
        if len(bytes.fromhex(digest).hex()) != len(BEGINNING):
            raise ValueError(text)
        return cls(int(chain), int(length), digest.lower())


def heads() -> list[Head]:
    """The head of each chain as it is now. Noted elsewhere, they vouch for the log even against its owner."""
    with reading():
        found = [Head(row.id, row.length, row.hash) for row in db.session.scalars(_HEADS)]
        db.session.rollback()
    return found


def breaks_in_log(noted: Sequence[Head] = (), *, progress: Callable[[int], object]) -> Iterator[str]:
    """Every break, one line each; none where the log is whole and each of the `noted` heads stands in it.

    It reads some rows at a time, tells `progress` how many, and stands in nobody's way; what is appended meanwhile is
    checked too.
    """
    for chain in _chains():
        yield from _Walk(chain, progress).breaks()
        yield from _strays(AuditEntry.chain == chain, AuditEntry.place.is_(None) | (AuditEntry.place < 1))
    yield from _strays(AuditEntry.chain.is_(None))
    for head in noted:
        yield from _breaks_since(head)


class _Walk:
    """A walk along one chain. After a break it goes on from what the store holds, so that each is told once."""

    def __init__(self, chain: int, progress: Callable[[int], object]) -> None:
        self.chain = chain
        self.progress = progress
        self.place = 0
        self.previous: str | None = BEGINNING

    def breaks(self) -> Iterator[str]:
        """What is wrong with the chain's rows, and with its head at the end."""
        while True:
            with reading():  # The head, the rows and what vouches for them are read as of one moment.
                head = db.session.execute(_HEAD, {"chain": self.chain}).one_or_none()
                rows = _readable(_BATCH, chain=self.chain, place=self.place)
                erasures = _last_erasures({row.subject for row in rows if row.erased is not None})
                db.session.rollback()
            self.progress(len(rows))
            for row in rows:
                yield from self._breaks_at(row, erased_by=erasures.get(row.subject, 0))
            if len(rows) < BATCH:
                yield from self._breaks_at_end(head)
                return

    def _breaks_at(self, row: Any, *, erased_by: int) -> Iterator[str]:
        where = f"entry {row.id} (place {row.place} of chain {self.chain})"
        missing = row.place - self.place - 1
        if missing:
            yield f"chain {self.chain}: {_entries(missing)} missing before {where}"
            self.previous = None  # What the row follows is gone, so its hash says nothing.
        self.place = row.place
        previous, self.previous = self.previous, row.hash
        if previous is not None and row.hash != self._digest(row, previous):
            yield f"{where} was changed, or does not follow the entry before it"
        elif row.erased is not None and (row.note or row.details):
            yield f"{where} has words though they were erased"
        elif row.erased is not None and erased_by <= row.id:
            yield f"{where} was erased, and no act that erases it is written down"

    def _digest(self, row: Any, previous: str) -> str | None:
        if (row.salt is None) is (row.erased is None):
            return None
        try:
            words = row.erased or words_digest(row.salt, row.note, row.details)
            content = content_digest(row.at, row._mapping, words)
            return link_digest(previous, chain=self.chain, place=row.place, entry_id=row.id, content=content)
        except ValueError:  # What should be hex is none.
            return None

    def _breaks_at_end(self, head: Any) -> Iterator[str]:
        if head is None:
            yield f"chain {self.chain}: its head is missing"
        elif head.length > self.place:
            yield f"chain {self.chain}: {_entries(head.length - self.place)} missing at its end"
        elif head.length < self.place:
            yield f"chain {self.chain}: {self.place - head.length} more than its head knows were put in at its end"
        elif self.previous is not None and head.hash != self.previous:
            yield f"chain {self.chain}: its head does not belong to its last entry"


_HEADS = select(AuditChain).order_by(AuditChain.id)
_HEAD = select(AuditChain.length, AuditChain.hash).where(AuditChain.id == bindparam("chain"))
_BATCH = (
    select(*_ENTRY)
    .where(_ENTRY.chain == bindparam("chain"), _ENTRY.place > bindparam("place"))
    .order_by(_ENTRY.place)
    .limit(BATCH)
)


def _readable(statement: Select[Any], **values: int) -> list[Any]:
    """The rows; where one holds what is no moment or no JSON, only those that can be read: the others are missed."""
    try:
        return list(db.session.execute(statement, values))
    except ValueError:
        found: list[Any] = []
        places = db.session.scalars(statement.with_only_columns(_ENTRY.place), values).all()
        for place in places:
            with suppress(ValueError):
                found += db.session.execute(statement.limit(1), values | {"place": place - 1}).all()
        return found


def _entries(number: int) -> str:
    return "1 entry is" if number == 1 else f"{number} entries are"


def _chains() -> list[int]:
    """The number of each chain that has a head or a row; from one to the next by the index, however long they are."""
    found = {head.chain for head in heads()}
    with reading():
        chain = db.session.scalar(select(func.min(AuditEntry.chain)))
        while chain is not None:
            found.add(chain)
            chain = db.session.scalar(select(func.min(AuditEntry.chain)).where(AuditEntry.chain > chain))
        db.session.rollback()
    return sorted(found)


def _last_erasures(subjects: set[str]) -> dict[str, int]:
    """The last entry, by subject, of an act that erased."""
    if not subjects:
        return {}
    acts = select(AuditEntry.subject, func.max(AuditEntry.id)).where(
        AuditEntry.subject.in_(subjects), AuditEntry.action.in_(ERASING)
    )
    found = db.session.execute(acts.group_by(AuditEntry.subject))
    return {row[0]: row[1] for row in found}


def _strays(*where: ColumnElement[bool]) -> Iterator[str]:
    """Rows that stand at no place of a chain."""
    last = 0
    while True:
        with reading():
            batch = select(AuditEntry.id).where(*where, AuditEntry.id > last).order_by(AuditEntry.id).limit(BATCH)
            found = db.session.scalars(batch).all()
            db.session.rollback()
        for entry_id in found:
            yield f"entry {entry_id} stands in no chain: it was put in past the log"
        if len(found) < BATCH:
            return
        last = found[-1]


def _breaks_since(noted: Head) -> Iterator[str]:
    with reading():
        place = (AuditEntry.chain == noted.chain, AuditEntry.place == noted.length)
        found = db.session.scalar(select(AuditEntry.hash).where(*place))
        db.session.rollback()
    if noted.length and found != noted.hash:
        yield f"chain {noted.chain}: what was noted of its place {noted.length} is no longer so"
