"""The queue of writers on SQLite, with real processes: turns are taken, given back, lost with a process, or late."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.pool import QueuePool

from davidson.database import prepare_engine, reading
from davidson.sqlite import SQLiteConnection, sqlite_driver
from davidson.writers import queue_at
from tests.conftest import ROOT

PATIENCE = 0.4  # seconds
MANY = 150

HOLD = """
import sys, time
from davidson.writers import queue_at
assert queue_at(sys.argv[1]).enter(10)
print("has the turn", flush=True)
time.sleep(60)
"""
COUNT = f"""
import sys
from tests.test_writers import add_one, engine_at
engine = engine_at(sys.argv[1], patience=30)
for _ in range({MANY}):
    add_one(engine)
"""


def engine_at(database: str, *, patience: float = PATIENCE) -> Engine:
    connect_args = {"timeout": patience, "factory": SQLiteConnection}
    engine = create_engine(
        f"sqlite:///{database}", module=sqlite_driver, poolclass=QueuePool, connect_args=connect_args
    )
    prepare_engine(engine)
    return engine


def add_one(engine: Engine) -> None:
    """Read the number and write it back with one more: what two at once do wrong where they do not take turns."""
    with engine.begin() as connection:
        number = connection.execute(text("SELECT number FROM counter")).scalar_one()
        connection.execute(text("UPDATE counter SET number = :number"), {"number": number + 1})


def number_in(engine: Engine) -> int:
    with reading(), engine.connect() as connection:
        number: int = connection.execute(text("SELECT number FROM counter")).scalar_one()
        return number


@pytest.fixture
def database(tmp_path: Path) -> str:
    return str(tmp_path / "counter.db")


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = engine_at(database)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE counter (id INTEGER PRIMARY KEY, number INTEGER NOT NULL UNIQUE) STRICT"))
        connection.execute(text("INSERT INTO counter (number) VALUES (0)"))
    yield engine
    engine.dispose()


def start(program: str, database: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", program, database], cwd=ROOT, stdout=subprocess.PIPE)


@contextmanager
def somebody_elses_turn(database: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = start(HOLD, database)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"has the turn\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_two_processes_and_their_threads_count_exactly(engine: Engine, database: str):
    processes = [start(COUNT, database) for _ in range(2)]
    patient = engine_at(database, patience=30)
    threads = [threading.Thread(target=lambda: [add_one(patient) for _ in range(20)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for process in processes:
        assert process.wait(60) == 0
        assert process.stdout is not None
        process.stdout.close()
    patient.dispose()
    assert number_in(engine) == 2 * MANY + 80


def test_a_writer_whose_turn_does_not_come_is_told_that_the_store_is_locked(engine: Engine, database: str):
    with somebody_elses_turn(database):
        began = time.monotonic()
        with pytest.raises(OperationalError, match="database is locked"):
            add_one(engine)
        assert PATIENCE <= time.monotonic() - began < PATIENCE + 5
    add_one(engine)
    assert number_in(engine) == 1


def test_a_killed_writer_frees_the_queue(database: str, engine: Engine):
    patient = engine_at(database, patience=30)
    with somebody_elses_turn(database) as process:
        waiting = threading.Thread(target=lambda: add_one(patient))
        waiting.start()
        time.sleep(0.2)
        assert waiting.is_alive()
        process.send_signal(signal.SIGKILL)
        waiting.join(10)
        assert not waiting.is_alive()
    patient.dispose()
    assert number_in(engine) == 1


def test_a_reader_waits_for_nobody_and_writes_nothing(database: str, engine: Engine):
    with somebody_elses_turn(database), engine.connect() as writer_less, reading():
        assert number_in(engine) == 0
        with pytest.raises(OperationalError, match="readonly"):
            writer_less.execute(text("UPDATE counter SET number = 9"))


def test_one_thread_at_a_time_has_the_turn(database: str):
    queue = queue_at(database)
    assert queue.enter(PATIENCE)
    came: list[bool] = []
    late = threading.Thread(target=lambda: came.append(queue.enter(0.1)))
    late.start()
    late.join()
    assert came == [False]
    queue.leave()
    assert queue.enter(0.1)
    queue.leave()


@pytest.mark.parametrize("end", ["commit", "rollback", "close", "error", "savepoint"])
def test_a_turn_ends_with_its_transaction_however_that_ends(database: str, engine: Engine, end: str):
    connection = engine.connect()
    connection.execute(text("UPDATE counter SET number = 5"))
    assert not queue_at(database).enter(0)
    if end == "error":
        with pytest.raises(IntegrityError):
            connection.execute(text("UPDATE counter SET number = NULL"))
        assert not queue_at(database).enter(0)
        connection.rollback()
    elif end == "savepoint":
        with connection.begin_nested():
            connection.execute(text("UPDATE counter SET number = 6"))
        assert not queue_at(database).enter(0)
        connection.commit()
    else:
        getattr(connection, end)()
    assert queue_at(database).enter(PATIENCE)
    queue_at(database).leave()
    connection.close()


def test_a_connection_that_is_dropped_gives_its_turn_back(database: str, engine: Engine):
    connection = SQLiteConnection(database)
    connection.begin(writing=True)
    del connection
    add_one(engine)


def test_a_forked_child_holds_no_turn_of_its_parents(database: str, engine: Engine):
    queue = queue_at(database)
    connection = SQLiteConnection(database)
    connection.begin(writing=True)
    child = os.fork()
    if not child:
        late = queue.enter(0.1)
        connection.close()
        os._exit(int(late))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert not queue.enter(0)
    connection.rollback()
    child = os.fork()
    if not child:
        came = queue.enter(5)
        os._exit(0 if came else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    add_one(engine)


def test_a_full_disk_does_not_keep_the_turn(engine: Engine):
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE words (word TEXT) STRICT"))
        connection.commit()
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        with pytest.raises(OperationalError, match="full"):
            connection.execute(text("INSERT INTO words VALUES (:word)"), {"word": "x" * 100_000})
        connection.rollback()
        connection.execute(text("PRAGMA max_page_count = 100000"))
        connection.commit()
    add_one(engine)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE counter SET number = 7",
        " insert into counter VALUES (2, 7)",
        "DELETE FROM counter",
        "REPLACE INTO counter VALUES (2, 7)",
        "WITH some AS (SELECT 1 AS id) UPDATE counter SET number = 7 WHERE id IN (SELECT id FROM some)",
        "CREATE TABLE another (id INTEGER)",
    ],
)
def test_a_reader_can_change_nothing(database: str, engine: Engine, change: str):
    connection = SQLiteConnection(database)
    connection.begin(writing=False)
    with pytest.raises(sqlite_driver.OperationalError, match="readonly"):
        connection.execute(change)
    with pytest.raises(sqlite_driver.OperationalError, match="readonly"):
        connection.cursor().executemany(change, [()])
    found = connection.execute(
        "WITH it AS (SELECT 'update' AS word) SELECT replace(word, 'up', 'gr') FROM it"
    ).fetchall()
    assert found == [("grdate",)]
    connection.rollback()
    connection.begin(writing=True)
    connection.execute(change)
    connection.rollback()
    connection.close()


def test_between_reading_and_writing_no_switch_is_turned(database: str):
    """One would make SQLite compile every statement of the connection anew."""
    connection, seen = SQLiteConnection(database), []
    connection.set_trace_callback(seen.append)
    for writing in (False, True, False):
        connection.begin(writing=writing)
        connection.rollback()
    assert seen == ["BEGIN", "ROLLBACK", "BEGIN IMMEDIATE", "ROLLBACK", "BEGIN", "ROLLBACK"]
    connection.close()


def test_where_the_queue_has_no_file_the_busy_timeout_has_to_do(database: str, engine: Engine):
    path = Path(f"{database}-queue")
    path.unlink()
    path.mkdir()
    add_one(engine)
    other = sqlite_driver.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="database is locked"):
        add_one(engine)
    other.execute("ROLLBACK")
    other.close()
    add_one(engine)
