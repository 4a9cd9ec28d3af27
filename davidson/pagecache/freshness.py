"""Asking the store whether a kept page is still true, as cheaply as each kind of store allows.

The question is asked on connections of its own, which never write and hold no transaction, so that every commit of
every process is seen.
"""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Lock, local
from typing import Any, Protocol

from sqlalchemy.engine import URL

from davidson.database import driver_arguments
from davidson.pagecache.store import Entry
from davidson.pagecache.walindex import WALIndex
from davidson.sqlite import sqlite_driver

logger = logging.getLogger(__name__)

# The advisory lock of the edge; any number that nothing else in the database takes.
EDGE_LOCK = 0x44617669
TOTAL = "SELECT coalesce(sum(version), 0) FROM page_version WHERE tag"


class Freshness(Protocol):
    """Says whether what a page shows has changed since the page was made."""

    def is_current(self, entry: Entry) -> bool:
        """Whether the versions behind the page are those it was made of; False where the store does not answer."""
        ...

    def no_change_since(self, entry: Entry) -> AbstractContextManager[bool]:
        """Hold off every commit that changes a page, and say whether this one is true; False without waiting."""
        ...


def freshness_for(url: URL) -> Freshness:
    """The way to ask that kind of store."""
    if url.get_backend_name() == "sqlite":
        return SQLiteFreshness(str(url.database))
    return PostgreSQLFreshness(url)


class SQLiteFreshness:
    """One connection a process. Where nothing at all was committed since it was asked last, that is all it asks;

    only else are the versions of the page's own tags read.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock = Lock()
        self._connection: Any = None
        self._index: WALIndex | None = None

    def is_current(self, entry: Entry) -> bool:
        # Looked at first, so that a commit in between is noticed the next time.
        seen = self._index.header() if self._index else None
        if seen is not None and seen == entry.seen:
            return True
        with self._lock:
            try:
                total = self._total(entry)
            except sqlite_driver.Error as error:
                logger.error("store away: %s: %s", type(error).__name__, error)
                return False
        if total != entry.versions:
            return False
        entry.seen = seen
        return True

    @contextmanager
    def no_change_since(self, entry: Entry) -> Iterator[bool]:
        """Hold the store's write lock, if it is free."""
        with self._lock:
            try:
                self._connected().execute("BEGIN IMMEDIATE")
            except sqlite_driver.Error:
                yield False
                return
            try:
                yield self._total(entry) == entry.versions
            finally:
                self._connected().execute("ROLLBACK")

    def _total(self, entry: Entry) -> int:
        marks = ",".join("?" * len(entry.tags))
        return self._ask(f"{TOTAL} IN ({marks})", entry.tags)

    def _ask(self, question: str, values: tuple[str, ...] = ()) -> int:
        return int(self._connected().execute(question, values).fetchone()[0])

    def _connected(self) -> Any:
        if self._connection is None:
            # It waits for nobody: what cannot be said at once is asked the long way. It stays open, for the index.
            connection = sqlite_driver.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
            connection.execute("SELECT count(*) FROM page_version WHERE tag = ''").fetchone()
            index = WALIndex(self.path)
            self._index = index if index.is_found else None
            self._connection = connection
        return self._connection


class PostgreSQLFreshness:
    """A connection a thread; one indexed read of the page's own tags."""

    def __init__(self, url: URL) -> None:
        self.arguments = driver_arguments(url)
        self.driver = url.get_dialect().import_dbapi()
        self._local = local()

    def is_current(self, entry: Entry) -> bool:
        try:
            connection = self._connection()
            row = connection.execute(f"{TOTAL} = ANY(%s)", (list(entry.tags),)).fetchone()
        except self.driver.Error as error:
            logger.error("store away: %s: %s", type(error).__name__, str(error).partition("\n")[0])
            self._local.connection = None
            return False
        return row is not None and int(row[0]) == entry.versions

    @contextmanager
    def no_change_since(self, entry: Entry) -> Iterator[bool]:
        """Hold the edge's lock alone, if no change shares it."""
        try:
            connection = self._connection()
        except self.driver.Error:
            yield False
            return
        with connection.transaction():
            locked = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (EDGE_LOCK,)).fetchone()
            # In a statement of its own, which sees all that was committed before the lock was free.
            yield bool(locked and locked[0]) and self.is_current(entry)

    def _connection(self) -> Any:
        found = getattr(self._local, "connection", None)
        if found is None or found.closed:
            self._local.connection = found = self.driver.connect(autocommit=True, **self.arguments)
        return found
