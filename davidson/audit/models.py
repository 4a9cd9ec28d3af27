"""The audit log: who did what to which row and why.

Rows are added and never changed, but that the words of a comment go when its author erases it or when they are kept no
longer (`davidson.audit.erasing`). They are chained by hashes (`davidson.audit.chain`).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, event, inspect
from sqlalchemy.orm import Mapped, mapped_column

from davidson.database import STRICT, Base, JSONDocument


class AuditEntry(Base):
    """One act. `subject` is `kind:id`; `version` is the row's version after the act, where the row counts versions.

    `actor_id` is the member of staff, without a foreign key so that the log outlives the account; `actor` is their
    e-mail address, or `shell`, `reader`, `screening`, `retention`, `reports`, `breaker`.

    `place` is the row's in its `chain`, from 1, and `hash` what that chain holds of it. `salt` belongs to the hash of
    `note` and `details`; where these are erased it is too, and `erased` is the hash. A row without them was put in past
    the log.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        # One row a version: two acts on one version of a comment cannot both be recorded.
        Index(None, "subject", "version", unique=True),
        # One row a place: two transactions that append cannot both come after the same row.
        Index(None, "chain", "place", unique=True),
        # The page of the log is paged by moment, all of it or what one person did, of one kind or of any.
        Index(None, "at", "id"),
        Index(None, "actor", "at", "id"),
        Index(None, "action", "at", "id"),
        Index(None, "actor", "action", "at", "id"),
        STRICT | {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    version: Mapped[int | None]
    from_state: Mapped[str] = mapped_column(default="")
    to_state: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSONDocument, default=dict)
    chain: Mapped[int | None]
    place: Mapped[int | None]
    hash: Mapped[str | None]
    salt: Mapped[str | None]
    erased: Mapped[str | None]

    @property
    def verb(self) -> str:
        """The action without the kind of its subject: "approve" of "comment.approve"."""
        return self.action.rpartition(".")[2].replace("-", " ")

    @property
    def particulars(self) -> tuple[str, ...]:
        """The details that are plain values, as text, such as "email: ada@example.org"."""
        return tuple(f"{name}: {value}" for name, value in self.details.items() if isinstance(value, (str, int)))


class AuditChain(Base):
    """The head of a chain of entries: how many there are, and the hash of the last one."""

    __tablename__ = "audit_chain"
    __table_args__ = STRICT | {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    length: Mapped[int]
    hash: Mapped[str]


class AppendOnly(Exception):
    """An entry of the log would be changed other than by an erasure, or deleted."""


def _refuse_change(_mapper: object, _connection: object, entry: AuditEntry) -> None:
    changed = {attribute.key for attribute in inspect(entry).attrs if attribute.history.has_changes()}
    if not changed <= {"note", "details", "salt", "erased"} or (changed and not entry.erased):
        raise AppendOnly(f"entry {entry.id}: {', '.join(sorted(changed))}")


def _refuse_deletion(_mapper: object, _connection: object, entry: AuditEntry) -> None:
    raise AppendOnly(f"entry {entry.id}")


event.listen(AuditEntry, "before_update", _refuse_change)
event.listen(AuditEntry, "before_delete", _refuse_deletion)
