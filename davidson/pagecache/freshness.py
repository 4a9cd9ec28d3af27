"""Asking the store whether a kept page is still true, as cheaply as each kind of store allows.

The question is asked on connections of its own, which never write and hold no transaction, so that every commit of
every process is seen.
"""

import logging
from threading import Lock, local
from typing import Any, Protocol

from sqlalchemy.engine import URL

from davidson.database import BUSY_TIMEOUT_MS, driver_arguments, sqlite_driver
from davidson.pagecache.store import Entry

logger = logging.getLogger(__name__)

TOTAL = "SELECT coalesce(sum(version), 0) FROM page_version WHERE tag"


class Freshness(Protocol):
    """Says whether what a page shows has changed since the page was made."""

    def is_current(self, entry: Entry) -> bool:
        """Whether the versions behind the page are those it was made of; False where the store does not answer."""
        ...


def freshness_for(url: URL) -> Freshness:
    """The way to ask that kind of store."""
    return SQLiteFreshness(str(url.database)) if url.get_backend_name() == "sqlite" else PostgreSQLFreshness(url)


class SQLiteFreshness:
    """One connection a process. `PRAGMA data_version` tells whether anything at all was committed since it was asked

    last (sqlite.org/pragma.html#pragma_data_version); only then are the versions of the page's own tags read.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock = Lock()
        self._connection: Any = None

    def is_current(self, entry: Entry) -> bool:
        with self._lock:
            try:
                seen = self._ask("PRAGMA data_version")
                if entry.seen == seen:
                    return True
                marks = ",".join("?" * len(entry.tags))
                total = self._ask(f"{TOTAL} IN ({marks})", entry.tags)
            except sqlite_driver.Error as error:
                logger.error("store away: %s: %s", type(error).__name__, error)
                self._connection = None
                return False
        if total != entry.versions:
            return False
        # Asked for first, so that a commit in between is noticed the next time.
        entry.seen = seen
        return True

    def _ask(self, question: str, values: tuple[str, ...] = ()) -> int:
        if self._connection is None:
            self._connection = sqlite_driver.connect(
                self.path, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA query_only=ON")
        return int(self._connection.execute(question, values).fetchone()[0])


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

    def _connection(self) -> Any:
        found = getattr(self._local, "connection", None)
        if found is None or found.closed:
            self._local.connection = found = self.driver.connect(autocommit=True, **self.arguments)
        return found
