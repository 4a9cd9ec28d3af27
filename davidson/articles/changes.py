"""What an editor says of a change to an article that readers may have seen."""

from dataclasses import dataclass
from enum import StrEnum

MAX_NOTE = 500
"""The most characters of a note."""


class ChangeKind(StrEnum):
    """What a change is to readers.

    A minor one, such as a slip of the pen mended, is not announced; `AGAIN` is an article that was taken back and is
    published once more, before which its history is not shown; `WITHDRAWN` one of which a note was taken back, and
    nothing else was said since.
    """

    MINOR = "minor"
    UPDATE = "update"
    CORRECTION = "correction"
    AGAIN = "again"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Amendment:
    """The kind of a change, and in a sentence what was wrong or is new; readers are shown it."""

    kind: ChangeKind = ChangeKind.UPDATE
    note: str = ""


class NotReadYet(ValueError):
    """No reader can have seen what the article says now, so there is nothing to tell them of a change."""
