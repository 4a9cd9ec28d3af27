"""What a page that is being made shows: queries say so while they read, and the page is kept as long as it is true."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Dependencies:
    """The tags behind a page, and the moment from which the clock alone may make it another; None for none."""

    tags: set[str] = field(default_factory=set)
    until: datetime | None = None


_collected: ContextVar[Dependencies | None] = ContextVar("dependencies", default=None)


@contextmanager
def collecting() -> Iterator[Dependencies]:
    """Gather what is said inside about the page that is being made."""
    dependencies = Dependencies()
    token = _collected.set(dependencies)
    try:
        yield dependencies
    finally:
        _collected.reset(token)


def shows(*tags: str) -> None:
    """Say that the page shows what changes under these tags. Outside of a page that is kept it means nothing."""
    dependencies = _collected.get()
    if dependencies is not None:
        dependencies.tags.update(tags)


def due(*moments: datetime | None, after: datetime) -> None:
    """Say that the page may be another from the first of these moments on that lies after `after`."""
    dependencies = _collected.get()
    if dependencies is None:
        return
    for moment in moments:
        if moment is not None and moment > after and (dependencies.until is None or moment < dependencies.until):
            dependencies.until = moment
