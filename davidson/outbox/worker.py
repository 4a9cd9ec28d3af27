"""The process that drains the outbox and does daily work: it looks when something was committed or is due."""

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy.engine import URL

from davidson.clock import utcnow
from davidson.database import db, reading
from davidson.outbox.daily import do_what_is_due
from davidson.outbox.draining import drain_once
from davidson.outbox.queries import next_due
from davidson.sqlite import sqlite_driver
from davidson.web.errors import STORE_AWAY

logger = logging.getLogger(__name__)

POLL = 0.25  # seconds
STORE_PAUSE = 2.0
"""Seconds to wait for a store that does not answer."""


class Worker:
    """Drains until it is told to end; what it works at then it finishes."""

    def __init__(self, app: Flask, *, parent: int | None = None) -> None:
        self.app = app
        self.parent = parent
        self.told_to_end = False
        self._committed = _watch(app.extensions["davidson-settings"].database_url)
        self._due: datetime | None = None
        self._daily_due: datetime | None = utcnow()

    @property
    def ends(self) -> bool:
        """Whether it was told to end, or the process that started it is gone."""
        return self.told_to_end or self.parent not in (None, os.getppid())

    def run(self) -> None:
        """Work until told to end, by SIGTERM, by Ctrl-C or by the end of the parent."""
        with self._listening_for_signals():
            while not self.ends:
                try:
                    if self._committed() or (self._due is not None and self._due <= utcnow()):
                        self._due = self.drain()
                    self.do_daily()
                    time.sleep(POLL)
                except STORE_AWAY as error:
                    logger.error("store away", extra={"fields": {"kind": type(error).__name__}})
                    db.session.remove()
                    self._due = utcnow()
                    time.sleep(STORE_PAUSE)

    def drain(self) -> datetime | None:
        """Do all that is due, and give the moment at which the next is."""
        while not self.ends:
            with reading():
                due = next_due()
                db.session.rollback()
            if due is None or due > utcnow():
                return due
            if not drain_once(self.app, utcnow()):
                break  # Another worker was faster, or has its hand on it.
        return utcnow()

    def do_daily(self) -> None:
        """Do the daily work that is due."""
        now = utcnow()
        if self._daily_due is not None and self._daily_due <= now and not self.ends:
            self._daily_due = do_what_is_due(self.app, now)

    @contextmanager
    def _listening_for_signals(self) -> Iterator[None]:
        def told(_signal: int, _frame: Any) -> None:
            self.told_to_end = True

        before = {sig: signal.signal(sig, told) for sig in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)


def _watch(url: URL) -> Callable[[], bool]:
    """A way to ask whether anything may have been committed since it was asked last."""
    return _SQLiteWatch(str(url.database)).committed if url.get_backend_name() == "sqlite" else lambda: True


class _SQLiteWatch:
    """`PRAGMA data_version` of a connection that never writes changes with every commit of all others."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._connection: Any = None
        self._seen = -1

    def committed(self) -> bool:
        try:
            if self._connection is None:
                self._connection = sqlite_driver.connect(self.path, isolation_level=None)
            seen = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite_driver.Error:
            self._connection = None
            return True  # What is wrong with the store shows when it is looked into.
        self._seen, before = seen, self._seen
        return seen != before
