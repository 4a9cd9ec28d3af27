"""Logs: one line an event, with the request's id and nothing about persons."""

import json
import logging
import re
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import IntegrityError

from davidson.web.log import EventFormatter
from tests.site import PATIENCE, running_site

FORGED = "one\n2026-01-01T00:00:00+00:00 ERROR davidson forged\r\x1b[31m\u2028\ud800"


def line_of(message: str, *, as_json: bool, error: BaseException | None = None, **fields: object) -> str:
    """What is written for an event, as standard error writes it."""
    record = logging.LogRecord("davidson.test", logging.ERROR, "", 0, message, (), None)
    record.fields = fields
    if error is not None:
        try:
            raise error
        except type(error):
            record.exc_info = sys.exc_info()
    return EventFormatter(as_json=as_json).format(record)


@pytest.mark.parametrize("as_json", [True, False])
def test_nothing_in_an_event_makes_a_second_line(as_json: bool):
    line = line_of(FORGED, as_json=as_json, error=RuntimeError(FORGED), value=FORGED)
    assert len(line.splitlines()) == 1
    assert line.isprintable()


def test_a_json_line_is_one_object_with_every_field():
    event = json.loads(line_of('said "so"', as_json=True, route="/articles/<slug>", status=200))
    assert event["message"] == 'said "so"'
    assert (event["level"], event["logger"]) == ("error", "davidson.test")
    assert (event["route"], event["status"]) == ("/articles/<slug>", 200)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", event["time"])


def test_a_plain_line_holds_the_same_fields():
    line = line_of("request", as_json=False, route="/articles/<slug>", status=200)
    assert re.fullmatch(r"[0-9T:.+-]+ ERROR davidson\.test request route=/articles/<slug> status=200", line)


def test_a_fault_is_told_by_kind_and_place_and_cause():
    inner = RuntimeError("the disk is full")
    outer = AttributeError("no such field")
    outer.__cause__ = inner
    line = line_of("unexpected error", as_json=False, error=outer)
    assert "fault=AttributeError: no such field (" in line
    assert "test_log.py:" in line
    assert " <- RuntimeError: the disk is full" in line


@pytest.mark.parametrize("error", [ValueError("ada@example.org"), KeyError("ada@example.org")])
def test_a_message_that_may_quote_a_reader_is_left_out(error: Exception):
    line = line_of("unexpected error", as_json=False, error=error)
    assert type(error).__name__ in line
    assert "ada@example.org" not in line


def test_a_stores_message_about_a_row_is_left_out(store: URL):
    engine = create_engine(store)
    insert = text(
        "INSERT INTO staff (email, name, role, password_hash, created_at) VALUES (:it, '', 'author', '', :at)"
    )
    with engine.connect() as connection:
        connection.execute(insert, {"it": "ada@example.org", "at": "2026-11-23"})
        with pytest.raises(IntegrityError) as raised:
            connection.execute(insert, {"it": "ada@example.org", "at": "2026-11-23"})
    engine.dispose()
    assert "ada@example.org" not in line_of("unexpected error", as_json=False, error=raised.value)


@pytest.mark.server
def test_a_real_sites_log_is_json_with_the_answers_ids_and_no_persons(tmp_path: Path):
    quiet = {"PYTHONWARNINGS": "ignore", "DAVIDSON_LOG": "json", "DAVIDSON_TRUSTED_PROXIES": "1"}
    with running_site(None, tmp_path / "instance", **quiet) as site:
        told = {"User-Agent": "Lynx", "X-Forwarded-For": "192.0.2.77", "Referer": "http://example.org/secret"}
        answer = site.request("GET", "/comments/a-secret-receipt?name=Ada", headers=told)
        body = "name=Ada&email=ada%40example.org&body=secret-text"
        form = {"Content-Type": "application/x-www-form-urlencoded"} | told
        posted = site.request("POST", "/articles/no-such/comments", body, form)
        with site.connect() as line:
            line.sendall(b"GET /a-secret-receipt HTTP/1.1\r\nHost : ada@example.org\r\n\r\n")
            assert line.recv(4096).startswith(b"HTTP/1.1 400 Bad Request\r\n")
        site.stop()
        log = site.log
    events = [json.loads(line) for line in log.splitlines()]
    assert {event["logger"] for event in events} >= {"gunicorn.error", "davidson.request", "davidson.web.worker"}
    requests = {event["request_id"]: event for event in events if event["logger"] == "davidson.request"}
    for seen in (answer, posted):
        event = requests[seen.headers["X-Request-ID"]]
        assert event["status"] == seen.status
        assert event["ms"] > 0
    for secret in ("192.0.2.77", "127.0.0.1:", "Lynx", "a-secret-receipt", "Ada", "ada@", "secret-text", "example.org"):
        quoting = [line for line in log.splitlines() if secret in line and "Listening at" not in line]
        assert quoting == [], secret


@pytest.mark.server
@pytest.mark.parametrize("ending", ["idle", "stopped"])
def test_the_line_of_a_kept_page_is_written_soon_and_never_lost_by_a_stop(tmp_path: Path, ending: str):
    asked = 70  # More than a pipe takes in one piece.
    with running_site(None, tmp_path / "instance", workers=1, PYTHONWARNINGS="ignore", DAVIDSON_LOG="json") as site:
        ids = [site.get("/").headers["X-Request-ID"] for _ in range(asked)]
        if ending == "stopped":
            site.stop()
        else:
            deadline = time.monotonic() + PATIENCE
            while ids[-1] not in site.log and time.monotonic() < deadline:
                time.sleep(0.05)
        lines = [line for line in site.log.splitlines() if '"davidson.request"' in line]
    assert [json.loads(line)["request_id"] for line in lines if "/readyz" not in line] == ids
