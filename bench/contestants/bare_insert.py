"""A bare WSGI function that inserts and commits one row for every request: the least that storing a comment allows.

It has the site's driver, durability and transactions. BENCH_DATABASE_URL names the store, as for the site; the table
`bare` is made where it is missing.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from davidson.sqlite import BUSY_TIMEOUT_MS, sqlite_driver

URL = make_url(os.environ["BENCH_DATABASE_URL"])
COLUMNS = "article_id, name, source, html, sender, fingerprint, receipt_hash, created_at"
TABLE = """CREATE TABLE IF NOT EXISTS bare (id {key}, article_id BIGINT, name TEXT, source TEXT, html TEXT,
sender TEXT, fingerprint TEXT, receipt_hash TEXT, created_at TEXT)"""
HASH = "0123456789abcdef" * 3

kept = threading.local()


def store(body: str) -> None:
    """Insert a row with as much text as a comment has, and commit it."""
    row = (1, "Ada", body, body, HASH, HASH, HASH, str(time.time()))
    if URL.get_backend_name() == "sqlite":
        _store_in_sqlite(row)
    else:
        _store_in_postgresql(row)


def _store_in_sqlite(row: tuple[object, ...]) -> None:
    if not hasattr(kept, "connection"):
        kept.connection = sqlite_driver.connect(URL.database, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_TIMEOUT_MS}"):
            kept.connection.execute(f"PRAGMA {pragma}")
        kept.connection.execute(TABLE.format(key="INTEGER PRIMARY KEY AUTOINCREMENT"))
    kept.connection.execute("BEGIN IMMEDIATE")
    kept.connection.execute(f"INSERT INTO bare ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    kept.connection.execute("COMMIT")


def _store_in_postgresql(row: tuple[object, ...]) -> None:
    if not hasattr(kept, "connection"):
        parts = URL.translate_connect_args(username="user", database="dbname")
        kept.connection = psycopg.connect(**parts, **URL.query, options="-c synchronous_commit=on")
        kept.connection.execute("SELECT pg_advisory_xact_lock(1)")  # Two makers at once would fail.
        kept.connection.execute(TABLE.format(key="BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"))
        kept.connection.commit()
    kept.connection.execute(f"INSERT INTO bare ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", row)
    kept.connection.commit()


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Store what was sent."""
    store(environ["wsgi.input"].read().decode())
    start_response("303 See Other", [("Location", "/"), ("Content-Length", "0")])
    return [b""]
