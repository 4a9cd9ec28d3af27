"""What every test may ask for: a store of each kind with its real schema, an application on it, and its client."""

import fcntl
import gc
import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from davidson import create_app
from davidson.config import Settings, settings_from
from davidson.database import db
from davidson.web.assets import init_assets
from tests.commands import Forked, run_forked
from tests.postgresql import running_server, server_programs
from tests.workers import Sharing

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"
STORES = ("sqlite", "postgresql")
PATIENCE = 120.0  # seconds, for one command
MEMORY = Path("/dev/shm")
ROOM = 2**30  # bytes

Run = Callable[..., Any]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sharing | None:
    """With `-n`, let tests that share a site run in one process."""
    return Sharing(config, log) if config.getoption("dist") == "load" else None


def pytest_collection_finish() -> None:
    """Let the collector of garbage go through what tests leave behind, seldom, and not through all that is loaded.

    Each application is made of many thousand objects, so that by Python's own count it went through everything after
    every few tests: a quarter of the processor's time of most.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 50)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that touches the store once on each kind of store."""
    if "store" in metafunc.fixturenames:
        metafunc.parametrize("store", STORES, indirect=True)


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[URL | None]:
    """A server of PostgreSQL: the one that is named, else our own, else None; in CI its absence is a failure."""
    named = os.environ.get("DAVIDSON_TEST_DATABASE_URL")
    programs = server_programs()
    with ExitStack() as stack:
        if named:
            yield make_url(named).set(drivername="postgresql+psycopg")
        elif programs:
            yield make_url(stack.enter_context(running_server(programs)))
        elif os.environ.get("CI"):
            pytest.fail("CI needs PostgreSQL's server programs")
        else:
            yield None


@pytest.fixture(scope="session")
def migrated_stores(postgresql_url: URL | None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, URL]:
    """An empty, migrated store of each kind that there is, made once by the migrations."""
    folder = tmp_path_factory.mktemp("stores")
    urls = {"sqlite": make_url(f"sqlite:///{folder / 'template.db'}")}
    if postgresql_url is not None:
        urls["postgresql"] = fresh_database(postgresql_url, f"davidson_{os.getpid()}")
    for kind, url in urls.items():
        migrate(url, folder / kind)
        _empty(url)
    return urls


def fresh_database(server: URL, name: str) -> URL:
    """An empty database of that name on the server."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.set(database=name)


def migrate(url: URL, instance: Path, *arguments: str, timeout: float = PATIENCE) -> None:
    """Run `davidson db upgrade`, or another `davidson db` command, on a store, as an operator does."""
    run_davidson("db", *(arguments or ("upgrade",)), url=url, instance=instance, check=True, timeout=timeout)


def environment(url: URL | None, instance: Path, **more: str) -> dict[str, str]:
    """The environment of a process of the site, with nothing of the caller's own settings."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DAVIDSON_")}
    named = {"DAVIDSON_DATABASE_URL": url.render_as_string(hide_password=False)} if url is not None else {}
    # Byte code is kept, whatever the caller says: to compile the site anew takes a good part of its start.
    python = {"PYTHONWARNINGS": "default", "PYTHONDONTWRITEBYTECODE": ""}
    return kept | {"DAVIDSON_INSTANCE": str(instance)} | python | named | more


def run_davidson(
    *arguments: str,
    url: URL | None,
    instance: Path,
    check: bool = False,
    stdin: str = "",
    timeout: float = PATIENCE,
    **more: str,
) -> "subprocess.CompletedProcess[str]":
    """Run the command line as a process of its own and give what it answered."""
    environ = environment(url, instance, **more)
    done = run_forked(arguments, environ=environ, folder=ROOT, stdin=stdin, timeout=timeout)
    if check and done.returncode:
        raise AssertionError(f"davidson {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return done


def start_davidson(*arguments: str, url: URL | None, instance: Path, **more: str) -> Forked:
    """Start the command line as a process of its own; what it says is kept beside the instance folder."""
    kept = {name: instance.with_name(f"{'-'.join(arguments)}-{time.monotonic_ns()}.{name}") for name in ("out", "err")}
    files = {"in": Path(os.devnull)} | kept
    return Forked(arguments, environ=environment(url, instance, **more), folder=ROOT, files=files)


@pytest.fixture
def store(request: pytest.FixtureRequest, migrated_stores: dict[str, URL]) -> Iterator[URL]:
    """The URL of an empty, migrated store; the test's own on SQLite, emptied afterwards on PostgreSQL.

    Neither is kept safe on a disk: SQLite waits for it at each commit, which tests do many thousand times.
    """
    kind: str = request.param
    request.node.user_properties.append(("store", kind))
    if kind not in migrated_stores:
        pytest.skip("PostgreSQL's server programs are not installed")
    url = migrated_stores[kind]
    if kind == "sqlite":
        with TemporaryDirectory(prefix="davidson-", dir=_in_memory(), ignore_cleanup_errors=True) as folder:
            yield url.set(database=shutil.copy(str(url.database), f"{folder}/test.db"))
    else:
        yield url
        _empty(url)


def _in_memory() -> Path | None:
    """A folder of the machine's memory, if it has one with room for any test."""
    has_room = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if has_room else None


def _empty(url: URL) -> None:
    """Take every row out, those too that the migrations put in: a test begins with nothing on both stores.

    Which site a store is stays: that is no content, and nobody can put it in again.
    """
    tables = _tables(url)
    with create_engine(url, poolclass=NullPool).begin() as connection:
        if url.get_backend_name() == "sqlite":
            # An index of words is emptied by the triggers of the table that it is of.
            for table in [name for name in tables if not name.startswith(('"comment_search', '"article_search'))]:
                connection.execute(text(f"DELETE FROM {table}"))
        else:
            connection.exec_driver_sql("SET lock_timeout = '20s'")
            connection.exec_driver_sql(_emptying(tables, is_quick=bool(connection.execute(_CAN_BE_QUICK).scalar())))


# Of whoever keeps a server, rather than having it made for the tests, no superuser can be asked.
_CAN_BE_QUICK = text(
    "SELECT current_setting('is_superuser') = 'on' AND max(pg_relation_size(oid)) <= 65536 AND max(relpages) = 0"
    " FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)


def _emptying(tables: list[str], *, is_quick: bool) -> str:
    """What empties these tables of PostgreSQL.

    TRUNCATE makes new files for each table and index, which takes longer than most tests. Where no table is large, and
    none was analysed, for the next test's plans must not depend on that, rows are deleted without triggers, once every
    writer that was killed is gone, and the sequences that were used begin anew.
    """
    if not is_quick:
        return f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE"
    deleted = "; ".join(f"DELETE FROM {table}" for table in tables)
    return (
        f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE; SET session_replication_role = replica; {deleted};"
        " SELECT setval(quote_ident(sequencename)::regclass, start_value, false) FROM pg_sequences"
        " WHERE last_value IS NOT NULL"
    )


@cache
def _tables(url: URL) -> list[str]:
    """The quoted names of the tables that are emptied."""
    engine = create_engine(url)
    names = inspect(engine).get_table_names()
    engine.dispose()
    return [f'"{name}"' for name in names if name not in ("alembic_version", "site")]


@pytest.fixture(scope="session")
def static_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The static files as they are served, put together once: compressing them takes longer than most tests."""
    folder = tmp_path_factory.mktemp("assets")
    init_assets(Flask("assets"), folder)
    return folder / "static"


@pytest.fixture(scope="session")
def drawn_demo(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], None]:
    """Put the demo's pictures into an instance folder, as files that need not be drawn: all else of it is quick.

    They are drawn once, by `davidson demo` itself, for all processes that share the tests out.
    """
    mine = tmp_path_factory.getbasetemp()
    shared = mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine
    instance = shared / "demo" / "instance"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (instance / "media").exists():
            run_davidson("demo", url=None, instance=instance, check=True)

    def put(into: Path) -> None:
        shutil.copytree(instance / "media", into / "media", dirs_exist_ok=True)

    return put


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The templates' byte-code, which an application keeps in its instance folder: it is the same for all of them."""
    return tmp_path_factory.mktemp("templates")


@pytest.fixture
def settings(store: URL, tmp_path: Path, static_files: Path, templates: Path) -> Settings:
    """Settings of a site on that store which publishes comments without waiting and limits nobody."""
    instance = tmp_path / "instance"
    instance.mkdir(exist_ok=True)
    for name, folder in (("static", static_files), ("templates", templates)):
        if not (instance / name).exists():
            (instance / name).symlink_to(folder)
    return settings_from(environment(store, instance, DAVIDSON_COMMENT_LIMIT="", DAVIDSON_COMMENT_MIN_SECONDS="0"))


@pytest.fixture
def make_app(settings: Settings) -> Iterator[Callable[..., Flask]]:
    """Make an application with some settings changed: `make_app(comments=CommentsMode.PUBLISH)`."""
    made: list[Flask] = []

    def make(**changes: Any) -> Flask:
        app = create_app(replace(settings, **changes))
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """An application on the store."""
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application, which keeps cookies as a browser does."""
    return app.test_client()


@pytest.fixture
def run(app: Flask) -> Run:
    """Run a command of the application; the result has `exit_code`, `stdout` and `stderr`."""
    return lambda *arguments: app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say last how many tests passed on each store."""
    passed = Counter(
        dict(report.user_properties).get("store", "neither")
        for report in terminalreporter.stats.get("passed", [])
        if report.when == "call"
    )
    for kind in STORES:
        terminalreporter.write_line(f"on {kind}: {passed[kind]} passed")
    terminalreporter.write_line(f"without a store: {passed['neither']} passed")
