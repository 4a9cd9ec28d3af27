"""The store: SQLAlchemy's base class, the session, column types, and how transactions begin."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
from markupsafe import Markup
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    Select,
    String,
    Text,
    TypeDecorator,
    event,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, registry

from davidson.sqlite import BUSY_TIMEOUT_MS, SQLiteConnection, sqlite_driver

T = TypeVar("T")

REPEATABLE_READ = 3
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
STRICT = {"sqlite_strict": True}
JSONDocument = JSON().with_variant(JSONB(), "postgresql")

_writing: ContextVar[bool] = ContextVar("writing", default=True)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC, on SQLite too, which keeps no zone. Refuses a naive datetime with TypeError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a moment without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class SafeHTML(TypeDecorator[Markup]):
    """HTML that `davidson.text` made. Refuses a plain `str` with TypeError and gives back `Markup`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Markup | None, dialect: Dialect) -> str | None:
        if value is not None and not isinstance(value, Markup):
            raise TypeError("only safe HTML (Markup) can be stored as HTML")
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Markup | None:
        return None if value is None else Markup(value)  # noqa: S704 - only Markup was let in.


class Base(DeclarativeBase):
    """The base class of every model."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UTCDateTime(), Markup: SafeHTML(), str: Text(), int: BigInteger()},
    )


db = SQLAlchemy(metadata=Base.metadata)


# STRICT tables know INTEGER, REAL, TEXT, BLOB and nothing else.
@compiles(Boolean, "sqlite")
@compiles(BigInteger, "sqlite")
def _integer(type_: Any, compiler: Any, **options: Any) -> str:
    return "INTEGER"


@compiles(String, "sqlite")
@compiles(Text, "sqlite")
@compiles(DateTime, "sqlite")
@compiles(Enum, "sqlite")
@compiles(JSON, "sqlite")
def _text(type_: Any, compiler: Any, **options: Any) -> str:
    return "TEXT"


@contextmanager
def reading() -> Iterator[None]:
    """Begin the transactions inside as readers: they wait for no writer, and their writes are refused."""
    token = _writing.set(False)
    try:
        yield
    finally:
        _writing.reset(token)


def is_reading() -> bool:
    """Whether transactions begin as readers now."""
    return not _writing.get()


@contextmanager
def session_on(connection: Connection) -> Iterator[None]:
    """Let the session's next transaction be one on this connection, for whoever has read with it and now writes.

    What was read so far ends with it, and so does what is not committed inside.
    """
    connection.rollback()
    db.session.connection(bind_arguments={"bind": connection})
    try:
        yield
    finally:
        db.session.rollback()


def settle_at_commit(key: str, gather: Callable[[Session], Collection[T]], settle: Callable[[set[T]], None]) -> None:
    """Let what changed be gathered with each flush and settled once, as the last thing before the commit.

    `gather` is asked after a flush, while rows still have their history and new ones have their ids. `settle_later`
    puts more in; what is rolled back is forgotten.
    """

    def note(session: Session, _context: object) -> None:
        found = gather(session)
        if found:
            session.info.setdefault(key, set()).update(found)

    def finish(session: Session) -> None:
        if session.in_nested_transaction():
            return
        session.flush()
        found = session.info.pop(key, None)
        if found:
            settle(found)

    def forget(session: Session, transaction: SessionTransaction) -> None:
        if transaction.parent is None:
            session.info.pop(key, None)

    event.listen(db.session, "after_flush", note)
    event.listen(db.session, "before_commit", finish)
    event.listen(db.session, "after_transaction_end", forget)


def settle_later(key: str, values: Collection[object]) -> None:
    """Settle these as well when the session commits."""
    db.session().info.setdefault(key, set()).update(values)


def found_once(some: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """What a statement with LIMIT and SKIP LOCKED finds, for an `IN`.

    PostgreSQL may run a subquery anew for each row that it compares with it, and would find others each time, in the
    end more than the limit, or all. What stands in a WITH and locks is run once.
    """
    return select(some.cte())


def engine_options(url: URL, *, pool_size: int = 8) -> dict[str, Any]:
    """What `create_engine` is told for this kind of store. Values stay out of error messages, and so out of logs."""
    if url.get_backend_name() == "sqlite":
        return {
            "module": sqlite_driver,
            "pool_size": pool_size,
            "hide_parameters": True,
            "connect_args": {"timeout": BUSY_TIMEOUT_MS / 1000, "factory": SQLiteConnection},
        }
    session = "-c statement_timeout=5000 -c lock_timeout=2000 -c idle_in_transaction_session_timeout=15000"
    # An acknowledged comment is on the disk, whatever the server's default is.
    session += " -c synchronous_commit=on"
    # What is asked reads few rows. Where a search forbids sequential scans, even a tiny table looks dear enough for
    # PostgreSQL to compile the statement first, which takes a hundred times as long as its answer.
    session += " -c jit=off"
    # A statement is prepared once a connection, and planned for the values of each time: with a plan for any words or
    # state, PostgreSQL would read all that match before it sorts them.
    session += " -c plan_cache_mode=force_custom_plan"
    return {
        "pool_size": pool_size,
        "max_overflow": 4,
        "pool_pre_ping": True,
        "pool_recycle": 1800,
        "hide_parameters": True,
        "connect_args": {
            "options": f"{session} -c timezone=UTC",
            "application_name": "davidson",
            "connect_timeout": 5,
        },
    }


def driver_arguments(url: URL) -> dict[str, Any]:
    """What psycopg's `connect` is told for a store on PostgreSQL, where no engine is wanted."""
    _, arguments = url.get_dialect()().create_connect_args(url)
    return {**arguments, **engine_options(url)["connect_args"]}


def prepare_engine(engine: Engine) -> None:
    """Make the engine's transactions begin as readers or writers."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
        event.listen(engine, "rollback", _end_reading)


def init_database(app: Flask) -> None:
    """Bind the session to the application's store."""
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    app.before_request(_begin_by_method)
    app.teardown_request(_begin_as_writer)


def _begin_by_method() -> None:
    """Let the transactions of this request be a reader's for a safe HTTP method, else a writer's."""
    _writing.set(request.method not in ("GET", "HEAD", "OPTIONS"))


def _begin_as_writer(_error: BaseException | None) -> None:
    """What comes after the request, in this thread, is not bound by its method."""
    _writing.set(True)


def _begin_sqlite(connection: Connection) -> None:
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.begin(writing=_writing.get())
    except sqlite_driver.OperationalError as fault:
        raise OperationalError("BEGIN", None, fault) from fault


def _begin_postgresql(connection: Connection) -> None:
    """A reader sees the store as it was at its first statement throughout, as on SQLite."""
    driver: Any = connection.connection.dbapi_connection
    reading = driver.read_only = not _writing.get()
    # As a number, for a site on SQLite imports no driver for a server: psycopg's IsolationLevel.REPEATABLE_READ.
    driver.isolation_level = REPEATABLE_READ if reading else None


def _end_reading(connection: Connection) -> None:
    """Let a reader's transaction end with COMMIT, before the ROLLBACK that SQLAlchemy ends it with finds nothing to do.

    psycopg forgets all statements that it has prepared on a connection with each ROLLBACK, and the server would have
    to parse every statement anew.
    """
    if connection.invalidated:  # It was lost, and its transaction with it.
        return
    driver: Any = connection.connection.dbapi_connection
    if driver.read_only:
        with suppress(connection.dialect.loaded_dbapi.Error):  # What is wrong, the ROLLBACK meets and tells.
            driver.commit()
