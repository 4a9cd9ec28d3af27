"""Is the store there, is it sound, and does it keep what it has acknowledged?"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, text

from davidson.articles.models import Article
from davidson.audit.models import AuditEntry
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.database import db
from davidson.operations.check import Check, fail, ok, warn
from davidson.operations.schema import SEE_TO_IT, SchemaState, schema_state

# Before it, two connections that write or checkpoint a WAL database at once can corrupt it (sqlite.org/wal.html).
SOUND_SQLITE = (3, 51, 3)
OLDEST_POSTGRESQL = 150_000
CLOCKS_MAY_DIFFER = timedelta(seconds=2)
CLOCK_IS_WRONG = timedelta(seconds=60)


def check_store() -> Iterator[Check]:
    """The checks of the store. Raises SQLAlchemyError where it does not answer."""
    embedded = db.engine.dialect.name == "sqlite"
    with db.engine.connect() as connection:
        yield from _sqlite(connection) if embedded else _postgresql(connection)
    state = schema_state()
    if state is not SchemaState.CURRENT:
        yield fail("schema", f"the store's schema {SEE_TO_IT[state]}")
    else:
        yield ok("schema", "current")
    with db.engine.connect() as connection:
        yield _clock(connection, embedded=embedded, tables=state is SchemaState.CURRENT)


def _asker(connection: Connection, prefix: str) -> Callable[[str], Any]:
    return lambda name: connection.exec_driver_sql(f"{prefix} {name}").scalar()


def _sqlite(connection: Connection) -> Iterator[Check]:
    version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
    place = f"SQLite {version}, {db.engine.url.database}"
    if tuple(int(part) for part in version.split(".")) < SOUND_SQLITE:
        needed = ".".join(map(str, SOUND_SQLITE))
        yield warn("store", f"{place}: before {needed} two writers at once can corrupt a database; install pysqlite3")
    else:
        yield ok("store", place)
    pragma = _asker(connection, "PRAGMA")
    found = (pragma("journal_mode"), pragma("synchronous"), pragma("foreign_keys"))
    told = "journal_mode={}, synchronous={}, foreign_keys={}".format(
        found[0], {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}[found[1]], "ON" if found[2] else "OFF"
    )
    yield (ok if found == ("wal", 2, 1) else fail)("durability", told)
    sound = pragma("quick_check(1)")
    yield ok("integrity", "quick_check finds no fault") if sound == "ok" else fail("integrity", str(sound))


def _postgresql(connection: Connection) -> Iterator[Check]:
    show = _asker(connection, "SHOW")
    place = f"PostgreSQL {show('server_version')}"
    old = int(show("server_version_num")) < OLDEST_POSTGRESQL
    yield fail("store", f"{place}: this release needs 15 or newer") if old else ok("store", place)
    found = {name: show(name) for name in ("synchronous_commit", "fsync", "full_page_writes")}
    told = ", ".join(f"{name}={value}" for name, value in found.items())
    if "off" in found.values():
        yield warn("durability", f"{told}: a power cut may lose what was acknowledged")
    else:
        yield ok("durability", told)


def _clock(connection: Connection, *, embedded: bool, tables: bool) -> Check:
    """Whether this machine's clock agrees with the store's own, or with what the store already holds."""
    now = utcnow()
    newest = _newest_row(connection) if tables else None
    if newest and newest > now + CLOCK_IS_WRONG:
        return fail("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC, yet the store holds a row of {newest:%Y-%m-%d %H:%M:%S}")
    if embedded:
        sane = 2026 <= now.year < 2100
        return (ok if sane else fail)("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC")
    apart = abs(connection.execute(text("SELECT clock_timestamp()")).scalar_one().astimezone(UTC) - utcnow())
    told = f"{now:%Y-%m-%d %H:%M:%S} UTC, {apart.total_seconds():.1f} s apart from the store's"
    if apart > CLOCK_IS_WRONG:
        return fail("clock", told)
    return (warn if apart > CLOCKS_MAY_DIFFER else ok)("clock", told)


def _newest_row(connection: Connection) -> datetime | None:
    columns = (Comment.created_at, AuditEntry.at, Article.created_at)
    moments = [connection.execute(select(func.max(column))).scalar() for column in columns]
    return max((moment for moment in moments if moment), default=None)
