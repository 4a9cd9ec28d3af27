"""What the audit log says."""

from collections.abc import Iterator

from sqlalchemy import select

from davidson.audit.models import AuditEntry
from davidson.database import db, reading

BATCH = 500


def newest_entries(*, before: int | None, subject: str, most: int) -> list[AuditEntry]:
    """At most `most` entries, newest first: those with an id below `before`, about `subject` unless it is empty."""
    statement = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(most)
    if before is not None:
        statement = statement.where(AuditEntry.id < before)
    if subject:
        statement = statement.where(AuditEntry.subject == subject)
    return list(db.session.scalars(statement))


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
