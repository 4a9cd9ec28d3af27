"""The audit log: who did what to which row and why.

Rows are added and never changed, but that the words of a comment go when its author withdraws it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from davidson.database import STRICT, Base, JSONDocument


class AuditEntry(Base):
    """One act. `subject` is `kind:id`; `version` is the row's version after the act, where the row counts versions.

    `actor_id` is the member of staff, without a foreign key so that the log outlives the account; `actor` is their
    e-mail address, or `shell`, `reader`, `screening`.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        # One row a version: two acts on one version of a comment cannot both be recorded.
        Index(None, "subject", "version", unique=True),
        Index(None, "at"),
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

    @property
    def verb(self) -> str:
        """The action without the kind of its subject: "approve" of "comment.approve"."""
        return self.action.rpartition(".")[2].replace("-", " ")

    @property
    def particulars(self) -> tuple[str, ...]:
        """The details that are plain values, as text, such as "email: ada@example.org"."""
        return tuple(f"{name}: {value}" for name, value in self.details.items() if isinstance(value, (str, int)))
