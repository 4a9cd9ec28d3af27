"""The queue of writers on SQLite: who wants to write waits for a turn, not for luck.

SQLite knows one writer at a time. Whoever finds it busy sleeps and tries again, longer each time, so that under load
some wait for seconds while others come and go. Here the writers of all processes take turns before `BEGIN IMMEDIATE`:
first the threads of one process among themselves, then one thread a process by locks on a file beside the database.
That has two places: a turn is `HEAD`, and `NEXT` belongs to the one who comes after. Who ends a turn cannot be its own
successor while somebody stands at `NEXT`, so nobody is overtaken for ever.

A turn ends with COMMIT or ROLLBACK, with the connection, or with the process: the operating system lets its locks go.
Readers never come here. A program that does not know the queue (a backup, the `sqlite3` shell) still meets the busy
timeout of `BEGIN IMMEDIATE`, and so does a writer who may not open the file.
"""

import fcntl
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

# The locks are POSIX record locks: a forked child does not inherit them, and they know no timeout but to ask again.
# Only the head of each process asks, so often that a turn is not left unused for long.
ASK_EVERY = 0.0005  # seconds
HEAD, NEXT = 0, 1  # bytes of the file, which stays empty
SUFFIX = "-queue"


class WriterQueue:
    """The turns at one database. A process has one queue a database, for closing the file anywhere ends its locks."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._threads = threading.Lock()
        self._file: int | None = None

    def enter(self, seconds: float) -> bool:
        """Wait for a turn, at most so long; tells whether it came. Each turn must be ended with `leave`."""
        deadline = time.monotonic() + seconds
        if not self._threads.acquire(timeout=seconds):
            return False
        try:
            self._file = self._opened()
            came = self._file is None or self._wait(self._file, deadline)
        except BaseException:
            self.leave()
            raise
        if not came:
            self.leave()
        return came

    def leave(self) -> None:
        """End the turn, from whichever thread."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)
        self._threads.release()

    def after_fork(self) -> None:
        """Forget, in a child, the turn that a thread of its parent has."""
        self._threads = threading.Lock()
        file, self._file = self._file, None
        if file is not None:
            os.close(file)

    def _wait(self, file: int, deadline: float) -> bool:
        if not _locked(file, NEXT, deadline) or not _locked(file, HEAD, deadline):
            return False
        fcntl.lockf(file, fcntl.LOCK_UN, 1, NEXT)
        return True

    def _opened(self) -> int | None:
        """The file; None where there can be none: then the busy timeout has to do."""
        with suppress(OSError):
            try:
                return os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
            except FileNotFoundError:
                return self._made()
        return None

    def _made(self) -> int:
        """A new file that those may open who may open the database, as SQLite makes the ones of its own."""
        beside = Path(self.path.removesuffix(SUFFIX)).stat()
        file = os.open(self.path, os.O_RDWR | os.O_CLOEXEC | os.O_CREAT, 0o600)
        with suppress(OSError):
            if os.geteuid() == 0:
                os.fchown(file, beside.st_uid, beside.st_gid)
            os.fchmod(file, beside.st_mode & 0o666)
        return file


def _locked(file: int, place: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except (BlockingIOError, PermissionError):  # EAGAIN or EACCES, as the system likes (POSIX, fcntl).
            if time.monotonic() >= deadline:
                return False
            time.sleep(ASK_EVERY)
        else:
            return True


_queues: dict[str, WriterQueue] = {}
_making = threading.Lock()


def queue_at(database: str) -> WriterQueue:
    """The queue of the database in that file."""
    path = os.path.realpath(database) + SUFFIX
    with _making:
        return _queues.setdefault(path, WriterQueue(path))


def _after_fork() -> None:
    for queue in _queues.values():
        queue.after_fork()


os.register_at_fork(after_in_child=_after_fork)
