"""Taking the words out of a row's entries: the one change that the log knows.

What an entry said in `note` and `details` goes together with the salt of its hash; the hash itself stays in its place,
so the chain still holds. The entry of the act that erases says so by its action, and `davidson audit verify` takes an
erased entry for broken unless one of those follows it.
"""

from sqlalchemy import select

from davidson.audit.chain import words_digest
from davidson.audit.models import AuditEntry
from davidson.database import db

ERASING = frozenset({"comment.erase", "comment.forget", "comment.withdraw"})
"""The actions whose entries vouch for the erasure of the entries before them, of the same subject.

To withdraw a comment was to erase it once, and logs from that time say so.
"""


def erase_words(*subjects: str, by: str) -> None:
    """Blank the notes and details of all entries about these subjects; `by` is the action, one of ERASING.

    The caller records that action in the same transaction, after this, and commits.
    """
    if by not in ERASING:
        raise ValueError(f"{by} is no action that erases")
    for entry in db.session.scalars(select(AuditEntry).where(AuditEntry.subject.in_(subjects))):
        if entry.salt is not None:
            entry.erased, entry.salt = words_digest(entry.salt, entry.note, entry.details), None
            entry.details, entry.note = {}, ""
