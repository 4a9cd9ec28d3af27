"""`davidson doctor`: one line a check, and exit code 1 where anything fails."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.engine import URL

from davidson.clock import utcnow
from davidson.operations.check import Check, Verdict
from davidson.operations.doctor import check_up
from tests.conftest import run_davidson
from tests.factories import make_article, make_comment


def by_name(app: Flask) -> dict[str, Check]:
    return {check.name: check for check in check_up(app)}


def test_a_sound_site_passes(store: URL, tmp_path: Path):
    answer = run_davidson("doctor", url=store, instance=tmp_path / "instance")
    assert (answer.returncode, answer.stderr) == (0, "")
    verdicts = {line[6:20].strip(): line[:4].strip() for line in answer.stdout.splitlines()}
    assert {"configuration", "front", "secret key", "store", "durability", "schema", "clock"} <= verdicts.keys()
    assert {"folders", "disk", "mail"} <= verdicts.keys()
    assert "FAIL" not in verdicts.values()
    assert "not configured: mails are logged" in answer.stdout


def test_the_store_is_named_with_its_version_and_durability(app: Flask, store: URL):
    found = by_name(app)
    if store.get_backend_name() == "sqlite":
        assert found["store"].text.startswith("SQLite 3.")
        assert found["durability"].text == "journal_mode=wal, synchronous=FULL, foreign_keys=ON"
        assert found["integrity"].verdict is Verdict.OK
    else:
        assert found["store"].text.startswith("PostgreSQL ")
        # The suite's own server keeps nothing safe on disk, and is told on.
        assert found["durability"].verdict is Verdict.WARN or "off" not in found["durability"].text


def test_a_store_that_is_away_fails_without_a_traceback(tmp_path: Path):
    away = URL.create("postgresql+psycopg", "ada", "hunter2", "127.0.0.1", 1, "nowhere")
    answer = run_davidson("doctor", url=away, instance=tmp_path)
    assert answer.returncode == 1
    assert "FAIL  store           does not answer: " in answer.stdout
    assert "FAIL  store" in answer.stdout
    assert "Traceback" not in answer.stdout + answer.stderr
    assert "hunter2" not in answer.stdout + answer.stderr


def test_a_damaged_store_fails(tmp_path: Path):
    (tmp_path / "davidson.db").write_text("no database at all, and long enough to be taken for one")
    answer = run_davidson("doctor", url=None, instance=tmp_path)
    assert answer.returncode == 1
    assert "FAIL  store           does not answer: file is not a database" in answer.stdout


def test_a_store_that_is_not_migrated_fails(tmp_path: Path):
    answer = run_davidson("doctor", url=None, instance=tmp_path)
    assert answer.returncode == 1
    assert "FAIL  schema          the store's schema is empty: run `davidson db upgrade`" in answer.stdout


def test_a_clock_behind_the_newest_row_fails(app: Flask):
    article = make_article(app)
    assert by_name(app)["clock"].verdict is Verdict.OK
    make_comment(app, article, created_at=utcnow() + timedelta(hours=3))
    assert by_name(app)["clock"].verdict is Verdict.FAIL


def test_a_mistyped_setting_is_named(tmp_path: Path, store: URL):
    answer = run_davidson("doctor", url=store, instance=tmp_path, DAVIDSON_COMENTS="closed")
    assert answer.returncode == 0
    assert "warn  configuration   no such setting: DAVIDSON_COMENTS" in answer.stdout


@pytest.mark.parametrize(
    ("base_url", "proxies", "verdict"),
    [
        ("", "0", "ok"),
        ("http://localhost:8000", "0", "ok"),
        ("https://news.example.org", "1", "ok"),
        ("https://news.example.org", "0", "warn"),
        ("", "1", "warn"),
        ("http://news.example.org", "1", "warn"),
    ],
)
def test_settings_that_contradict_each_other_are_told(tmp_path: Path, base_url: str, proxies: str, verdict: str):
    settings = {"DAVIDSON_BASE_URL": base_url, "DAVIDSON_TRUSTED_PROXIES": proxies}
    answer = run_davidson("doctor", url=None, instance=tmp_path, **settings)
    assert f"{verdict:<4}  front " in answer.stdout


def test_a_mail_server_is_asked_for_its_name(tmp_path: Path):
    with _mail_server(b"220 mail.example.org\r\n", b"250 mail.example.org\r\n") as port:
        answer = run_davidson("doctor", url=None, instance=tmp_path, DAVIDSON_SMTP_URL=f"smtp://127.0.0.1:{port}")
    assert f"ok    mail            127.0.0.1 port {port} answers EHLO with 250" in answer.stdout


def test_a_mail_server_that_is_away_fails(tmp_path: Path):
    answer = run_davidson("doctor", url=None, instance=tmp_path, DAVIDSON_SMTP_URL="smtp://ada:hunter2@127.0.0.1:1")
    assert "FAIL  mail " in answer.stdout
    assert "hunter2" not in answer.stdout + answer.stderr


def test_the_key_is_told_to_be_given_or_kept(tmp_path: Path):
    kept = run_davidson("doctor", url=None, instance=tmp_path)
    assert f"ok    secret key      kept in {tmp_path / 'secret-key'}, mode 0600" in kept.stdout
    given = run_davidson("doctor", url=None, instance=tmp_path, DAVIDSON_SECRET_KEY="k" * 32)
    assert "ok    secret key      given by DAVIDSON_SECRET_KEY" in given.stdout


@contextmanager
def _mail_server(*lines: bytes) -> Iterator[int]:
    """A server that says each line after it has been spoken to; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def speak() -> None:
            line, _ = listener.accept()
            with line:
                for said in lines:
                    line.sendall(said)
                    line.recv(1024)

        speaker = threading.Thread(target=speak)
        speaker.start()
        yield listener.getsockname()[1]
        speaker.join(10)
