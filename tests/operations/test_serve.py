"""`davidson serve`: it starts on a store of this release alone, says where, and stops without losing a request."""

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from tests.conftest import ROOT, environment, migrate, run_davidson
from tests.site import DAVIDSON, PATIENCE, running_site

pytestmark = pytest.mark.server


def test_a_site_starts_answers_and_stops_when_told(store: URL, tmp_path: Path):
    with running_site(store, tmp_path / "instance", workers=2) as site:
        assert site.get("/").status == 200
        assert site.get("/healthz").text == "ok\n"
        assert site.get("/readyz").text == "ready\n"
        told_at = time.monotonic()
        assert site.stop() == 0
        assert time.monotonic() - told_at < 10
    assert "Traceback" not in site.log


def test_the_embedded_store_is_made_on_the_first_start(tmp_path: Path):
    instance = tmp_path / "instance"
    with running_site(None, instance) as site:
        assert site.get("/readyz").status == 200
    assert (instance / "davidson.db").exists()
    assert stat.S_IMODE((instance / "davidson.db").stat().st_mode) & 0o007 == 0
    assert list(instance.glob("*.before-*")) == []


def test_a_foreign_wsgi_module_where_the_operator_stands_is_not_run(tmp_path: Path):
    (tmp_path / "wsgi.py").write_text("raise SystemExit('a foreign module was imported')")
    (tmp_path / "gunicorn.conf.py").write_text("raise SystemExit('a foreign configuration was read')")
    python_path = os.pathsep.join(path for path in (str(ROOT), os.environ.get("PYTHONPATH")) if path)
    with running_site(None, Path("instance"), cwd=tmp_path, PYTHONPATH=python_path) as site:
        assert site.get("/").status == 200
    assert (tmp_path / "instance" / "davidson.db").exists()


def test_two_sites_that_start_at_once_on_a_new_store_both_come_up(tmp_path: Path):
    commands = [
        subprocess.Popen(
            [*DAVIDSON, "serve", "--port", "0", "--workers", "1"],
            env=environment(None, tmp_path / "instance"),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        for _ in range(3)
    ]
    try:
        lines = [command.stdout.readline() for command in commands if command.stdout]
    finally:
        for command in commands:
            os.killpg(command.pid, signal.SIGKILL)
            command.communicate()
    assert [line.startswith("Davidson News at http://127.0.0.1:") for line in lines] == [True] * 3
    with running_site(None, tmp_path / "instance") as site:
        assert site.get("/readyz").text == "ready\n"


def test_a_port_in_use_is_one_line(tmp_path: Path):
    with running_site(None, tmp_path / "instance") as site:
        second = run_davidson("serve", "--port", str(site.port), url=None, instance=tmp_path / "other")
    assert second.returncode == 1
    fault = f"cannot listen at 127.0.0.1 port {site.port}: Address already in use"
    assert second.stderr == f"Error: {fault}; choose another with --port\n"
    assert not (tmp_path / "other" / "davidson.db").exists()


def test_an_address_that_is_not_this_machines_is_one_line(tmp_path: Path):
    refused = run_davidson("serve", "--host", "192.0.2.1", "--port", "0", url=None, instance=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr == "Error: cannot listen at 192.0.2.1 port 0: Cannot assign requested address\n"


@pytest.mark.parametrize(("chosen", "port"), [((), "8000"), (("PORT=8080",), "8080")])
def test_make_runs_the_site_at_the_port_that_is_named(chosen: tuple[str, ...], port: str):
    make = shutil.which("make") or pytest.skip("make is not installed")
    environ = {key: value for key, value in os.environ.items() if key not in ("PORT", "MAKEFLAGS")}
    plan = subprocess.run([make, "--dry-run", "run", *chosen], cwd=ROOT, env=environ, capture_output=True, text=True)
    assert f"/davidson serve --port {port}\n" in plan.stdout


def test_wrong_usage_exits_with_2(tmp_path: Path):
    assert run_davidson("serve", "--port", "65536", url=None, instance=tmp_path).returncode == 2
    assert run_davidson("serve", "--workers", "0", url=None, instance=tmp_path).returncode == 2


def test_a_postgresql_store_that_is_not_this_releases_is_refused(migrated_stores: dict[str, URL], tmp_path: Path):
    with _postgresql(migrated_stores) as url:
        migrate(url, tmp_path / "instance", "downgrade", "base")
        refused = run_davidson("serve", "--port", "0", url=url, instance=tmp_path / "instance")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr == "Error: the store's schema is empty: run `davidson db upgrade`\n"

        migrate(url, tmp_path / "instance")
        _set_revision(url, "9999")
        refused = run_davidson("serve", "--port", "0", url=url, instance=tmp_path / "instance")
        assert refused.returncode == 1
        assert refused.stderr.startswith("Error: the store's schema is newer than this release")
        assert refused.stderr.count("\n") == 1


def test_an_embedded_store_of_a_newer_release_is_refused(tmp_path: Path):
    instance = tmp_path / "instance"
    url = _embedded_store(instance)
    _set_revision(url, "9999")
    refused = run_davidson("serve", "--port", "0", url=None, instance=instance)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Error: the store's schema is newer than this release")
    assert list(instance.glob("*.before-*")) == []


def test_a_file_that_is_no_store_is_refused_and_left_alone(tmp_path: Path):
    instance = tmp_path / "instance"
    instance.mkdir()
    (instance / "davidson.db").write_text("these are the minutes of a meeting, and no database at all")
    refused = run_davidson("serve", "--port", "0", url=None, instance=instance)
    assert refused.returncode == 1
    assert "file is not a database" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert (instance / "davidson.db").read_text().startswith("these are the minutes")


def test_somebody_elses_database_is_refused(tmp_path: Path):
    instance = tmp_path / "instance"
    instance.mkdir()
    with closing(sqlite3.connect(instance / "davidson.db")) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    refused = run_davidson("serve", "--port", "0", url=None, instance=instance)
    assert refused.returncode == 1
    assert "holds the tables of something else" in refused.stderr


def test_an_older_embedded_store_is_copied_aside_and_upgraded(tmp_path: Path):
    instance = tmp_path / "instance"
    url = _embedded_store(instance)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO section (slug, name, description, position) VALUES ('w', 'World', '', 0)"))
    engine.dispose()
    release = _newer_release(tmp_path / "release")
    with running_site(None, instance, cwd=release, PYTHONPATH=str(release)) as site:
        assert site.get("/readyz").text == "ready\n"
        assert "davidson.db.before-9999" in site.log
    copy = instance / "davidson.db.before-9999"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert _rows(copy, "SELECT name FROM sqlite_master WHERE name = 'novelty'") == []
    assert _rows(copy, "SELECT name FROM section") == [("World",)]
    assert _rows(copy, "PRAGMA integrity_check") == [("ok",)]
    assert _rows(instance / "davidson.db", "SELECT name FROM sqlite_master WHERE name = 'novelty'") == [("novelty",)]
    assert _rows(instance / "davidson.db", "SELECT name FROM section") == [("World",)]


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(tmp_path: Path):
    instance = tmp_path / "instance"
    _embedded_store(instance)
    release = _newer_release(tmp_path / "release", "    op.execute('SELECT no_such_function()')\n")
    refused = subprocess.run(
        [*DAVIDSON, "serve", "--port", "0"],
        env=environment(None, instance, PYTHONPATH=str(release)),
        cwd=release,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert refused.returncode == 1
    assert "cannot be brought up to date: no such function" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert _rows(instance / "davidson.db", "SELECT name FROM sqlite_master WHERE name = 'novelty'") == []
    with running_site(None, instance) as site:
        assert site.get("/readyz").text == "ready\n"


def test_a_request_that_a_worker_holds_is_finished_after_sigterm(tmp_path: Path):
    with running_site(None, tmp_path / "instance", workers=1) as site, site.connect() as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
        time.sleep(0.5)
        site.process.send_signal(signal.SIGTERM)
        time.sleep(1)
        line.sendall(b"\r\n")
        answer = line.recv(4096)
        assert site.process.wait(PATIENCE) == 0
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


def test_gunicorn_by_hand_serves_the_same_site(tmp_path: Path):
    migrated = _embedded_store(tmp_path / "instance")
    log = tmp_path / "log"
    with log.open("wb") as stderr:
        gunicorn = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "wsgi:app"],
            env=environment(migrated, tmp_path / "instance"),
            cwd=ROOT,
            stderr=stderr,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while "Booting worker" not in log.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert "Listening at: http://127.0.0.1:" in log.read_text()
        gunicorn.send_signal(signal.SIGTERM)
        assert gunicorn.wait(PATIENCE) == 0
    finally:
        if gunicorn.poll() is None:
            os.killpg(gunicorn.pid, signal.SIGKILL)
            gunicorn.wait()


def _embedded_store(instance: Path) -> URL:
    migrate_into = URL.create("sqlite", database=str(instance / "davidson.db"))
    migrate(migrate_into, instance)
    return migrate_into


@contextmanager
def _postgresql(migrated_stores: dict[str, URL]) -> Iterator[URL]:
    """The suite's database on PostgreSQL, whose schema is this release's again afterwards."""
    if "postgresql" not in migrated_stores:
        pytest.skip("PostgreSQL's server programs are not installed")
    url = migrated_stores["postgresql"]
    engine = create_engine(url)
    with engine.connect() as connection:
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    try:
        yield url
    finally:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
        engine.dispose()


def _set_revision(url: URL, revision: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    engine.dispose()


def _newer_release(folder: Path, more: str = "") -> Path:
    """A copy of this release with one revision more, which adds a table."""
    for name in ("davidson", "migrations"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("wsgi.py", "gunicorn.conf.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    newest = max(path.name for path in (folder / "migrations" / "versions").glob("*.py")).partition("_")[0]
    (folder / "migrations" / "versions" / "9999_novelty.py").write_text(
        f"import sqlalchemy as sa\nfrom alembic import op\n\nrevision = '9999'\ndown_revision = '{newest}'\n\n\n"
        f"def upgrade():\n    op.create_table('novelty', sa.Column('id', sa.Integer, primary_key=True))\n{more}"
    )
    return folder


def _rows(database: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()
