"""Filling a store fast: plain SQL in big transactions on SQLite, COPY on PostgreSQL, and the indexes afterwards.

The rows are put in at the schema revision that they are written for, and the store is then upgraded: whatever counts
or copies a later revision keeps beside the rows, that revision makes itself, as it does for a newspaper that grew.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, make_url

from bench.plan import Plan
from bench.rows import COLUMNS, SCHEMA, Paper, Row
from davidson.database import driver_arguments
from davidson.sqlite import sqlite_driver
from tests.conftest import migrate

BATCH = 20_000
# Seconds that bringing a filled store up to date may take: the log of ten million comments is chained then, row by row.
UPGRADING = 3600.0
# What a row takes on SQLite with its indexes and its share of the log, to know beforehand whether a disk will do.
BYTES_OF_AN_ARTICLE = 24_000


@dataclass(frozen=True)
class Filled:
    """A store with a newspaper in it, how long that took and how big it is."""

    url: URL
    plan: Plan
    seconds: float
    size: int


def fill_sqlite(folder: Path, plan: Plan, *, quiet: bool = False) -> Filled:
    """Make a store in that folder, an instance folder from then on."""
    folder.mkdir(parents=True, exist_ok=True)
    needed = BYTES_OF_AN_ARTICLE * plan.articles
    if shutil.disk_usage(folder).free < needed * 1.3:
        raise OSError(f"{plan.articles:,} articles take about {needed / 1e9:.0f} GB, and {folder} has not that much")
    url = make_url(f"sqlite:///{folder / 'davidson.db'}")
    began = time.monotonic()
    migrate(url, folder, "upgrade", SCHEMA)
    with closing(sqlite_driver.connect(url.database, isolation_level=None)) as connection:
        _fill_sqlite(connection, Paper(plan, datetime.now(UTC)), quiet=quiet)
    migrate(url, folder, timeout=UPGRADING)
    return Filled(url, plan, time.monotonic() - began, Path(str(url.database)).stat().st_size)


def fill_postgresql(url: URL, folder: Path, plan: Plan, *, quiet: bool = False) -> Filled:
    """Fill an empty database; `folder` becomes the instance folder."""
    import psycopg

    began = time.monotonic()
    migrate(url, folder, "upgrade", SCHEMA)
    with psycopg.connect(**driver_arguments(url)) as connection:
        connection.execute("SET statement_timeout = 0; SET synchronous_commit = off")
        _fill_postgresql(connection, Paper(plan, datetime.now(UTC)), quiet=quiet)
    migrate(url, folder, timeout=UPGRADING)
    with psycopg.connect(**driver_arguments(url), autocommit=True) as connection:
        connection.execute("SET statement_timeout = 0")
        connection.execute("VACUUM ANALYZE")
        size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return Filled(url, plan, time.monotonic() - began, size[0] if size else 0)


def _fill_sqlite(connection: Any, paper: Paper, *, quiet: bool) -> None:
    """Without a journal, for a store that fails half-way is thrown away."""
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    indexes = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    indexes = indexes.fetchall()
    for name, _ in indexes:
        connection.execute(f'DROP INDEX "{name}"')
    connection.execute("BEGIN")
    for table, columns in COLUMNS.items():
        marks = ", ".join("?" * (columns.count(",") + 1))
        for rows in _batches(paper, table, quiet=quiet):
            connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
    connection.execute("COMMIT")
    for name, statement in indexes:
        _say(f"index {name}", quiet=quiet)
        connection.execute(statement)


def _fill_postgresql(connection: Any, paper: Paper, *, quiet: bool) -> None:
    for table, columns in COLUMNS.items():
        with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for rows in _batches(paper, table, quiet=quiet):
                for row in rows:
                    copy.write_row(row)
        if columns.startswith("id,"):
            connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        connection.commit()


def _batches(paper: Paper, table: str, *, quiet: bool) -> Iterator[list[Row]]:
    """A table's rows, some thousands at a time, with a line of progress now and then."""
    rows = iter(getattr(paper, table)())
    done = 0
    while batch := list(islice(rows, BATCH)):
        yield batch
        done += len(batch)
        if done % (50 * BATCH) == 0:
            _say(f"{table}: {done:,}", quiet=quiet)
    _say(f"{table}: {done:,} rows", quiet=quiet)


def _say(text: str, *, quiet: bool) -> None:
    if not quiet:
        print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)
