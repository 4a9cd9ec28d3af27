"""Notes that moderators keep on a network or an author token, for each other.

A note says what somebody typed and nothing else: no word of a comment is copied into it, nor its words into the log.
It is about a hash, and goes when no comment holds that any more.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from davidson.accounts.models import Staff
from davidson.audit.log import Actor, record
from davidson.comments.bans import Ban, SenderKind
from davidson.database import STRICT, Base, db
from davidson.moderation.senders import KEYS, key_of
from davidson.web.paging import MOST

MAX_NOTE = 1000
MOST_NOTES = 50
"""On one sender; all of them are shown."""


class SenderNote(Base):
    """One note. `key` is the hash of the sender that it is about, `staff_id` who wrote it, without a foreign key."""

    __tablename__ = "sender_note"
    __table_args__ = (Index(None, "key", "id"), STRICT | {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    kind: Mapped[str]
    text: Mapped[str]
    staff_id: Mapped[int | None]
    written_at: Mapped[datetime]


class TooManyNotes(Exception):
    """The sender has MOST_NOTES; one must go before there is another one."""


class NoSuchNote(LookupError):
    """There is no such note on the sender of that comment."""


class NotYourNote(Exception):
    """Only who wrote a note deletes it, and admins."""


@dataclass(frozen=True)
class Note:
    """A note as it is shown; `by` is None for somebody whose account is gone."""

    id: int
    text: str
    staff_id: int | None
    by: str | None
    written_at: datetime


def write_note(comment_id: int, kind: SenderKind, text: str, *, actor: Actor, now: datetime) -> int:
    """Keep a note on the network or author token of a comment, and give its id.

    The caller commits. Raises NoSuchComment, UnknownSender and TooManyNotes.
    """
    key = key_of(comment_id, kind)
    if db.session.execute(select(func.count()).where(SenderNote.key == key)).scalar_one() >= MOST_NOTES:
        raise TooManyNotes(str(comment_id))
    note = SenderNote(key=key, kind=kind.value, text=text, staff_id=actor.id, written_at=now)
    db.session.add(note)
    db.session.flush()
    details = {"comment": comment_id}
    record("note.add", actor=actor, subject=f"note:{note.id}", at=now, to_state=kind, details=details)
    return note.id


def delete_note(comment_id: int, note_id: int, *, actor: Actor, is_admin: bool, now: datetime) -> None:
    """Delete a note on the sender of a comment. The caller commits. Raises NoSuchNote and NotYourNote."""
    note = db.session.get(SenderNote, note_id, with_for_update=True) if 0 < note_id <= MOST else None
    if note is None:
        raise NoSuchNote(str(note_id))
    if note.staff_id != actor.id and not is_admin:
        raise NotYourNote(str(note_id))
    details = {"comment": comment_id}
    record("note.delete", actor=actor, subject=f"note:{note_id}", at=now, from_state=note.kind, details=details)
    db.session.delete(note)


def notes_on(keys: Collection[str]) -> dict[str, Sequence[Note]]:
    """The notes on the senders with these keys, the newest first, by key; in one query."""
    found: dict[str, list[Note]] = defaultdict(list)
    for row in db.session.execute(_NOTES.where(SenderNote.key.in_(keys))) if keys else ():
        found[row.key].append(Note(row.id, row.text, row.staff_id, row.by, row.written_at))
    return dict(found)


def forget_notes(now: datetime, *, most: int) -> int:
    """Delete at most so many notes on senders of whom nothing else is known; gives how many. The caller commits.

    What is known is a comment with the hash, or a ban on it that holds.
    """
    is_banned = exists().where(Ban.key == SenderNote.key, Ban.ends_at > now)
    alone = select(SenderNote.id).where(_is_unknown(), ~is_banned).order_by(SenderNote.id).limit(most)
    statement = delete(SenderNote).where(SenderNote.id.in_(alone.with_for_update(skip_locked=True)))
    deleted = db.session.execute(statement.returning(SenderNote.id), execution_options={"synchronize_session": False})
    return len(deleted.all())


def _is_unknown() -> ColumnElement[bool]:
    """Whether no comment holds the hash that a note is about."""
    return or_(
        *(and_(SenderNote.kind == kind.value, ~exists().where(key == SenderNote.key)) for kind, key in KEYS.items())
    )


_NOTES: Any = (
    select(
        SenderNote.key,
        SenderNote.id,
        SenderNote.text,
        SenderNote.staff_id,
        Staff.name.label("by"),
        SenderNote.written_at,
    )
    .outerjoin(Staff, Staff.id == SenderNote.staff_id)
    .order_by(SenderNote.key, SenderNote.id.desc())
)
