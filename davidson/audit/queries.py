"""What the audit log says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from davidson.accounts.models import Staff
from davidson.audit.models import AuditEntry
from davidson.database import db, reading
from davidson.web.paging import Cursor

BATCH = 500


@dataclass(frozen=True)
class Wanted:
    """Which entries are looked for: of an actor, an action, a subject, and from `since` until before `until`."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


def newest_entries(wanted: Wanted, *, before: Cursor | None, most: int) -> list[AuditEntry]:
    """At most `most` of the entries that are wanted, newest first: those before the cursor."""
    return list(db.session.scalars(_newest(wanted, before).limit(most)))


def entries_newest_first(wanted: Wanted) -> Iterator[AuditEntry]:
    """All that are wanted, read in batches: neither memory nor a transaction grows with them."""
    before: Cursor | None = None
    while True:
        with reading():
            batch = newest_entries(wanted, before=before, most=BATCH)
            db.session.expunge_all()
            db.session.rollback()
        yield from batch
        if len(batch) < BATCH:
            return
        before = place_of(batch[-1])


def all_entries() -> Iterator[AuditEntry]:
    """The whole log, oldest first, read in batches: neither memory nor a transaction grows with it."""
    last = 0
    while True:
        with reading():
            statement = select(AuditEntry).where(AuditEntry.id > last).order_by(AuditEntry.id).limit(BATCH)
            batch = list(db.session.scalars(statement))
            db.session.expunge_all()
            db.session.rollback()
        yield from batch
        if len(batch) < BATCH:
            return
        last = batch[-1].id


def place_of(entry: AuditEntry) -> Cursor:
    """Where an entry stands in the order of the page."""
    return Cursor(entry.at, entry.id)


def known_actors() -> list[str]:
    """Everybody who ever did something, in the order of their names."""
    return _distinct(AuditEntry.actor)


def known_actions() -> list[str]:
    """Every kind of act that was ever written down."""
    return _distinct(AuditEntry.action)


def names_of_staff(ids: set[int]) -> dict[int, str]:
    """The names of members of staff, by id."""
    if not ids:
        return {}
    found = db.session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return {row.id: row.name for row in found}


def entries_about(subject: str) -> list[AuditEntry]:
    """All that was done to one row that counts its versions, in their order."""
    statement = select(AuditEntry).where(AuditEntry.subject == subject, AuditEntry.version.is_not(None))
    return list(db.session.scalars(statement.order_by(AuditEntry.version)))


def _newest(wanted: Wanted, before: Cursor | None) -> Select[AuditEntry]:
    """The entries in their order, which is that of an index whatever is looked for, so a page reads no others.

    What is looked for bounds a range of that index's keys. A test for equality would say the same, but leave a planner
    free to walk all entries by their moments, in the hope that one that fits is never far: somebody who left the paper
    a year ago is.
    """
    if wanted.subject:
        return _newest_of_subject(wanted, before)
    looked_for = {AuditEntry.actor: wanted.actor, AuditEntry.action: wanted.action}
    names = [column for column, value in looked_for.items() if value]
    values = [looked_for[column] for column in names]
    bounds: list[ColumnElement[bool]] = []
    if wanted.since:
        bounds.append(tuple_(*names, AuditEntry.at) >= tuple_(*values, wanted.since))
    elif names:
        bounds.append(tuple_(*names) >= tuple_(*values))
    if before:
        bounds.append(tuple_(*names, AuditEntry.at, AuditEntry.id) < tuple_(*values, before.at, before.id))
    if wanted.until:
        bounds.append(tuple_(*names, AuditEntry.at) < tuple_(*values, wanted.until))
    elif names and not before:
        bounds.append(tuple_(*names) <= tuple_(*values))
    order = [column.desc() for column in (*names, AuditEntry.at, AuditEntry.id)]
    return select(AuditEntry).where(*bounds).order_by(*order)


def _newest_of_subject(wanted: Wanted, before: Cursor | None) -> Select[AuditEntry]:
    """Of one subject there are few entries; no other index must look like the better way to them."""
    conditions: list[ColumnElement[bool]] = [AuditEntry.subject == wanted.subject]
    if wanted.since:
        conditions.append(AuditEntry.at >= wanted.since)
    if wanted.until:
        conditions.append(AuditEntry.at < wanted.until)
    if before:
        conditions.append(tuple_(AuditEntry.at, AuditEntry.id) < tuple_(before.at, before.id))
    for column, value in ((AuditEntry.actor, wanted.actor), (AuditEntry.action, wanted.action)):
        if value:
            conditions.append(func.coalesce(column, "") == value)
    return select(AuditEntry).where(*conditions).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())


def _distinct(column: InstrumentedAttribute[str]) -> list[str]:
    """The different values of a column, from one to the next by its index: the log may hold each a million times."""
    first = select(func.min(column).label("value")).cte("known", recursive=True)
    following = select(func.min(column)).where(column > first.c.value).scalar_subquery()
    known = first.union_all(select(following).where(first.c.value.is_not(None)))
    return list(db.session.scalars(select(known.c.value).where(known.c.value.is_not(None))))
