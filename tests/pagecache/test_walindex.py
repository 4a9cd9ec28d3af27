"""The header of SQLite's shared index is another after every commit of any process, and after nothing else."""

import subprocess
import sys
from pathlib import Path

from davidson.pagecache.walindex import WALIndex
from davidson.sqlite import SQLiteConnection, sqlite_driver

COMMIT = """
import sys
from davidson.sqlite import SQLiteConnection
connection = SQLiteConnection(sys.argv[1])
connection.begin(writing=True)
connection.execute("INSERT INTO kept VALUES (2)")
connection.commit()
connection.close()
"""


def store_at(path: Path) -> SQLiteConnection:
    connection = SQLiteConnection(str(path))
    connection.begin(writing=True)
    connection.execute("CREATE TABLE kept (number INTEGER)")
    connection.commit()
    return connection


def test_a_commit_changes_it_and_reading_or_rolling_back_does_not(tmp_path: Path):
    connection = store_at(tmp_path / "news.db")
    index = WALIndex(str(tmp_path / "news.db"))
    assert index.is_found
    seen = [index.header()]
    connection.execute("SELECT * FROM kept").fetchall()
    connection.begin(writing=True)
    connection.execute("INSERT INTO kept VALUES (1)")
    connection.rollback()
    assert index.header() == seen[0] is not None
    for number in range(200):
        connection.begin(writing=True)
        connection.execute("INSERT INTO kept VALUES (?)", (number,))
        connection.commit()
        seen.append(index.header())
    assert None not in seen and len(set(seen)) == len(seen)
    connection.close()


def test_another_processs_commit_and_the_logs_new_beginning_are_seen(tmp_path: Path):
    path = tmp_path / "news.db"
    connection = store_at(path)
    index = WALIndex(str(path))
    seen = [index.header()]
    for _ in range(2):
        subprocess.run([sys.executable, "-c", COMMIT, str(path)], check=True)
        seen.append(index.header())
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert len(set(seen)) == 3
    connection.close()


def test_a_store_without_a_log_has_none(tmp_path: Path):
    path = tmp_path / "plain.db"
    connection = sqlite_driver.connect(str(path))
    connection.execute("CREATE TABLE kept (number INTEGER)")
    assert not WALIndex(str(path)).is_found
    connection.close()
