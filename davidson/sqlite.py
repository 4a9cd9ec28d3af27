"""SQLite as the site uses it: the driver, and connections whose transactions begin as a reader's or a writer's.

Transactions are started by hand: a reader with BEGIN, a writer with BEGIN IMMEDIATE, for a transaction that begins as
a read and writes later fails at once or, with the driver's own transactions, loses updates silently. A writer takes
its turn in the queue first (`davidson.writers`).
"""

import os
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from davidson.writers import queue_at

try:  # The wheel brings an SQLite without the WAL-reset bug; the standard library's may be older.
    from pysqlite3 import dbapi2 as _sqlite
except ImportError:
    import sqlite3 as _sqlite

sqlite_driver: Any = _sqlite
BUSY_TIMEOUT_MS = 10_000
# FULL: an acknowledged comment survives a power cut, not only a crash of the process.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
_CHANGE = re.compile(
    r"\s*(WITH\b.*\)\s*)?(INSERT|REPLACE\s+INTO|UPDATE|DELETE|CREATE|ALTER|DROP)\b", re.IGNORECASE | re.DOTALL
)


@lru_cache(maxsize=1_000)
def _changes(sql: str) -> bool:
    return _CHANGE.match(sql) is not None


class SQLiteCursor(sqlite_driver.Cursor):  # type: ignore[misc]
    """A cursor that refuses to write in a reader's transaction, with the driver's OperationalError.

    SQLite has a switch for that, `PRAGMA query_only`. But each turn of it makes SQLite forget how the connection's
    statements were compiled, and one connection reads and writes by turns.
    """

    def execute(self, sql: str, parameters: Any = ()) -> "SQLiteCursor":
        self._check(sql)
        cursor: SQLiteCursor = super().execute(sql, parameters)
        return cursor

    def executemany(self, sql: str, parameters: Iterable[Any]) -> "SQLiteCursor":
        self._check(sql)
        cursor: SQLiteCursor = super().executemany(sql, parameters)
        return cursor

    def _check(self, sql: str) -> None:
        if self.connection.is_reading and _changes(sql):
            raise sqlite_driver.OperationalError("attempt to write a readonly database")


class SQLiteConnection(sqlite_driver.Connection):  # type: ignore[misc]
    """A connection that gives its turn back however its transaction ends: by COMMIT, by ROLLBACK or with itself.

    `timeout` is in seconds, and bounds both the wait for a turn and that for a writer who knows no queue. `is_reading`
    tells that the transaction it is in began as a reader's.
    """

    is_reading = False

    # The process that took the turn, for a fork copies the connection but not what it holds; 0 without a turn.
    _turn_of = 0

    def __init__(self, database: str, *, timeout: float = BUSY_TIMEOUT_MS / 1000, **options: Any) -> None:
        # Python 3.11 has no other way than this level to say that transactions are ours to begin.
        super().__init__(database, timeout=timeout, **{**options, "isolation_level": None})
        for pragma in PRAGMAS:
            self.execute(f"PRAGMA {pragma}")
        self._queue = queue_at(database)
        self._patience = timeout

    def begin(self, *, writing: bool) -> None:
        """Begin a transaction. A reader waits for nobody and can write nothing; a writer waits for its turn.

        Raises the driver's OperationalError where the turn does not come within the busy timeout.
        """
        if not writing:
            self.execute("BEGIN")
            self.is_reading = True
            return
        self._take_turn()
        try:
            self.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._end_turn()
            raise

    def cursor(self, factory: type[SQLiteCursor] = SQLiteCursor) -> SQLiteCursor:
        cursor: SQLiteCursor = super().cursor(factory)
        return cursor

    def commit(self) -> None:
        try:
            super().commit()
        finally:
            self._end()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._end()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._end_turn()

    def __del__(self) -> None:
        self._end_turn()

    def _end(self) -> None:
        if not self.in_transaction:  # A COMMIT that failed may be followed by another, or by ROLLBACK.
            self.is_reading = False
            self._end_turn()

    def _take_turn(self) -> None:
        if not self._turn_of:
            if not self._queue.enter(self._patience):
                raise sqlite_driver.OperationalError("database is locked")
            self._turn_of = os.getpid()

    def _end_turn(self) -> None:
        taken_by, self._turn_of = self._turn_of, 0
        if taken_by == os.getpid():
            self._queue.leave()
