"""How many searches run at once in a process, and that no sender takes all of the turns.

A search reads no more than it must, but what it must is for the one who asks to choose. The threads that answer pages
are few; so the dearest searches, however many are sent, take two of them and one that waits, and those of one sender
take one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

AT_ONCE = 2
MOST_WAITING = 1
"""Whoever waits holds a thread too, so that with those who search one thread is always left for pages."""
PATIENCE = 0.5
"""Seconds that a search waits for its turn."""


class NoTurn(Exception):
    """Too many searches run already, or one of the same sender that takes long."""


class Turns:
    """The turns of a process; `take` waits for one, for so many seconds."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._changed = Condition()
        self._senders: list[str] = []
        self._waiting = 0

    @contextmanager
    def take(self, sender: str) -> Iterator[None]:
        """A turn for this sender while what is inside runs. Raises NoTurn where none can be had in time."""
        with self._changed:
            if not self._is_free(sender):
                self._wait(sender)
            self._senders.append(sender)
        try:
            yield
        finally:
            with self._changed:
                self._senders.remove(sender)
                self._changed.notify_all()

    def _wait(self, sender: str) -> None:
        if self._waiting == MOST_WAITING:
            raise NoTurn
        self._waiting += 1
        try:
            if not self._changed.wait_for(lambda: self._is_free(sender), self._patience):
                raise NoTurn
        finally:
            self._waiting -= 1

    def _is_free(self, sender: str) -> bool:
        return len(self._senders) < AT_ONCE and sender not in self._senders


TURNS = Turns()
