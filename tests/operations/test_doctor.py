"""`davidson doctor`: one line a check, and exit code 1 where anything fails."""

import os
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask import Flask
from sqlalchemy.engine import URL

from davidson.clock import utcnow
from davidson.operations.check import Check, Verdict
from davidson.operations.doctor import check_up
from davidson.pagecache.edge import Edge
from tests.conftest import run_davidson
from tests.factories import make_article, make_comment
from tests.mailsink import PASSWORD, USER, certificate_for, running_mail_sink


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


def test_a_hub_that_cannot_be_told_is_named(tmp_path: Path):
    answer = run_davidson("doctor", url=None, instance=tmp_path, DAVIDSON_WEBSUB_HUB="https://hub.example.org/")
    assert "warn  configuration   DAVIDSON_WEBSUB_HUB is told nothing without DAVIDSON_BASE_URL" in answer.stdout


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


def mail_line(instance: Path, **settings: str) -> str:
    answer = run_davidson("doctor", url=None, instance=instance, **settings)
    assert "hunter2" not in answer.stdout + answer.stderr
    [line] = [line for line in answer.stdout.splitlines() if line[6:].startswith("mail ")]
    return line


def test_a_mail_server_is_asked_whether_it_lets_the_site_in(tmp_path: Path):
    with running_mail_sink() as sink:
        sink.demands_login = True
        url = sink.url.replace("//", f"//{USER}:{PASSWORD}@")
        line = mail_line(tmp_path, DAVIDSON_SMTP_URL=url, DAVIDSON_BASE_URL="http://localhost")
        wrong = mail_line(tmp_path, DAVIDSON_SMTP_URL=url.replace(PASSWORD, "wrong"))
    answers = f"127.0.0.1 port {sink.port} answers EHLO, in the clear, and takes user and password"
    assert line == f"ok    mail            {answers}; mails come from noreply@localhost"
    assert wrong.startswith("FAIL") and wrong.endswith("the server refuses user and password with 535")
    assert sink.steps == ["connect", "ehlo", "auth"] * 2
    assert sink.taken == []


def test_mails_that_could_hold_no_link_are_told(tmp_path: Path):
    with running_mail_sink() as sink:
        line = mail_line(tmp_path, DAVIDSON_SMTP_URL=sink.url)
    assert line.startswith("warn  mail ") and "no mails without DAVIDSON_BASE_URL" in line


def test_a_mail_servers_certificate_is_checked(tmp_path: Path):
    keys = certificate_for("127.0.0.2", tmp_path / "keys")
    with running_mail_sink("127.0.0.2", keys=keys) as sink:
        settings = {"DAVIDSON_SMTP_URL": sink.url, "DAVIDSON_BASE_URL": "http://localhost"}
        assert "its certificate is not to be trusted: self" in mail_line(tmp_path, **settings)
        trusted = mail_line(tmp_path, SSL_CERT_FILE=str(keys / "cert.pem"), **settings)
    assert trusted.startswith("ok    mail ") and "encrypted" in trusted


def test_a_mail_server_that_is_away_fails(tmp_path: Path):
    answer = run_davidson("doctor", url=None, instance=tmp_path, DAVIDSON_SMTP_URL="smtp://ada:hunter2@127.0.0.1:1")
    assert "FAIL  mail " in answer.stdout
    assert "hunter2" not in answer.stdout + answer.stderr


def test_the_key_is_told_to_be_given_or_kept(tmp_path: Path):
    kept = run_davidson("doctor", url=None, instance=tmp_path)
    assert f"ok    secret key      kept in {tmp_path / 'secret-key'}, mode 0600" in kept.stdout
    given = run_davidson("doctor", url=None, instance=tmp_path, DAVIDSON_SECRET_KEY="k" * 32)
    assert "ok    secret key      given by DAVIDSON_SECRET_KEY" in given.stdout


def edge_line(instance: Path, **settings: str) -> str:
    answer = run_davidson("doctor", url=None, instance=instance, **settings)
    return "".join(line for line in answer.stdout.splitlines() if line[6:].startswith("edge "))


def test_an_edge_that_the_web_server_cannot_enter_is_told(tmp_path: Path):
    assert edge_line(tmp_path) == ""
    # The folders of tests are closed to others; those of the machine for temporary files are not.
    with TemporaryDirectory() as place:
        folder = Path(place).resolve() / "edge"
        missing = f"warn  edge            there is no folder {folder}; the site makes it when it starts"
        assert edge_line(tmp_path, DAVIDSON_EDGE=str(folder)) == missing
        mask = os.umask(0o027)
        try:
            Edge(tmp_path).open(folder)
        finally:
            os.umask(mask)
        closed = f"{folder}: others may not enter {folder.parent}, so the web server answers nothing by itself"
        assert edge_line(tmp_path, DAVIDSON_EDGE=str(folder)) == f"warn  edge            {closed}"
        folder.parent.chmod(0o755)
        assert edge_line(tmp_path) == f"ok    edge            {folder} can be entered by others"
