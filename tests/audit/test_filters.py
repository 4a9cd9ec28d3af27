"""Looking for entries: by person, act, subject and day, in the address, on a page and as a file, at any length."""

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from davidson.accounts.models import Role
from davidson.audit.log import READER, SHELL, Actor, record
from davidson.audit.models import AuditEntry
from davidson.clock import utcnow
from davidson.database import db
from tests.desks import browser, on_duty
from tests.pages import Page, read

LOG = "/staff/audit"
FILE = f"{LOG}/entries.csv"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MODERATOR = Actor(77, "mod@example.org")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return on_duty(app)


@pytest.fixture
def write(app: Flask) -> Callable[..., None]:
    def entry(action: str = "comment.approve", **fields: Any) -> None:
        with app.app_context():
            record(action, **({"actor": SHELL, "subject": "comment:1", "at": NOON} | fields))
            db.session.commit()

    return entry


def said(page: Page) -> list[str]:
    return page.texts("td.table__said")


def test_entries_are_found_by_person_act_subject_and_day_and_all_at_once(client, write):
    write()
    write(actor=MODERATOR)
    write("comment.spam", actor=MODERATOR, subject="comment:2")
    write("comment.spam", actor=MODERATOR, subject="comment:2", at=NOON + timedelta(days=1))
    mod = "actor=mod@example.org"
    for query, number in {
        mod: 3,
        "action=comment.spam": 2,
        "subject=comment:1": 2,
        f"{mod}&action=comment.approve": 1,
        f"{mod}&action=comment.spam&subject=comment:2&since=2026-11-24&until=2026-11-24": 1,
        f"{mod}&until=2026-11-23": 2,
        f"{mod}&since=2026-11-25": 0,
        f"{mod}&subject=comment:1&action=comment.spam": 0,
        "actor=nobody": 0,
        "action=%00": 6,
    }.items():
        assert len(said(read(client, f"{LOG}?{query}"))) == number, query


def test_days_are_the_sites_own_and_both_ends_count(make_app, write):
    app: Flask = make_app(time_zone=ZoneInfo("Pacific/Auckland"))  # Thirteen hours ahead in November.
    client = on_duty(app)
    begin = datetime(2026, 11, 22, 11, tzinfo=UTC)
    tick = timedelta(microseconds=1)
    for number, at in enumerate((begin - tick, begin, begin + timedelta(days=1) - tick, begin + timedelta(days=1))):
        write(at=at, subject=f"comment:{number}")
    page = read(client, f"{LOG}?since=2026-11-23&until=2026-11-23")
    assert page.texts("td a") == ["comment 2", "comment 1"]


def test_the_form_keeps_what_was_asked_for_and_pages_keep_it_too(client, write):
    for number in range(60):
        write(actor=MODERATOR, subject=f"comment:{number}")
    page = read(client, f"{LOG}?actor=mod@example.org")
    chosen = [one for one in page.all("option") if "selected" in one.attributes]
    assert [one.attributes["value"] for one in chosen] == ["mod@example.org", ""]
    (older,) = [link for link in page.all(".pager a") if "Older" in link.text]
    second = read(client, older.attributes["href"])
    assert len(said(page)) == 50 and second.texts("td a") == [f"comment {number}" for number in range(9, -1, -1)]
    assert any("actor=mod" in link.attributes["href"] and "csv" in link.attributes["href"] for link in second.all("a"))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=yesterday", "since"),
        ("until=2026-13-40", "until"),
        ("since=0001-01-01", "since"),
        ("until=9999-12-31", "until"),
        ("since=2026-11-24&until=2026-11-23", "until"),
        ("subject=everything", "subject"),
        ("subject=comment:%3Cscript%3E", "subject"),
    ],
)
def test_what_cannot_be_looked_for_is_said_beside_its_field_and_kept(client, query: str, field: str):
    page = read(client, f"{LOG}?{query}")
    assert page.status == 422
    assert page.one(f"p#{field}-fault").text
    typed = dict(pair.split("=") for pair in query.split("&"))[field]
    assert page.one(f"input#{field}").attributes["value"] in (typed, "comment:<script>")
    assert client.get(f"{FILE}?{query}").status_code == 404


BY_SHELL = "The command line"
UNDONE = "the last decision on comment 1, now waiting again."
SENTENCES = [
    ("comment.submit", {"to_state": "pending", "actor": READER}, "A reader sent comment 1, now waiting."),
    ("comment.withdraw", {"actor": READER}, "A reader withdrew comment 1."),
    ("comment.approve", {"from_state": "spam"}, f"{BY_SHELL} approved comment 1, which was spam."),
    (
        "comment.undo",
        {"to_state": "pending"},
        f"{BY_SHELL} took back {UNDONE}",
    ),
    ("article.unpublish", {"details": {"headline": "Mayor resigns"}}, f"{BY_SHELL} took back “Mayor resigns”."),
    (
        "staff.role",
        {"from_state": "author", "to_state": "editor", "details": {"email": "a@example.org"}},
        f"{BY_SHELL} gave a@example.org the role of editor instead of author.",
    ),
    ("staff.login", {"actor": MODERATOR}, "mod@example.org logged in."),
    (
        "term.add",
        {"to_state": "suspect", "details": {"term": "cheap"}},
        f"{BY_SHELL} put “cheap” on the list of suspect words.",
    ),
    ("desk.open", {"from_state": "shut", "to_state": "open"}, f"{BY_SHELL}: desk open, comment 1, from shut to open."),
]


@pytest.mark.parametrize(("action", "fields", "sentence"), SENTENCES)
def test_an_entry_is_a_sentence(client, write, action: str, fields: dict[str, Any], sentence: str):
    write(action, **fields)
    assert said(read(client, f"{LOG}?action={action}"))[-1] == sentence


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(answer.get_data(as_text=True), newline="")))


def test_what_is_looked_for_comes_as_a_file(client, write):
    write(actor=MODERATOR, note="Zoë said, “no”\nand left", reason="abuse", version=2, from_state="pending")
    write()
    answer = client.get(f"{FILE}?actor=mod@example.org")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="audit-log-{utcnow():%Y-%m-%d}.csv"'
    assert "no-store" in answer.headers["Cache-Control"]
    (row,) = rows_of(answer)
    assert row["note"] == "Zoë said, “no”\nand left"
    assert (row["actor_id"], row["at"], row["version"]) == ("77", "2026-11-23T12:00:00Z", "2")


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "\r=1"])
def test_no_cell_of_the_file_is_a_formula(client, write, formula: str):
    write(note=formula, reason=formula, actor=Actor(None, formula), details={"a": formula})
    row = rows_of(client.get(FILE))[-1]
    for name in ("note", "reason", "actor"):
        assert row[name].startswith("'"), row
    assert row["details"].startswith("{")


@pytest.mark.parametrize("path", [LOG, FILE])
def test_only_who_moderates_sees_the_log(app: Flask, path: str):
    assert browser(app).get(path).status_code == 303
    assert on_duty(app, Role.AUTHOR).get(path).status_code == 403
    for role in (Role.MODERATOR, Role.EDITOR, Role.ADMIN):
        assert on_duty(app, role).get(path).status_code == 200


def test_no_route_changes_or_removes_an_entry(app: Flask, write):
    client = on_duty(app, Role.ADMIN)
    write(actor=MODERATOR, note="a note", details={"email": "a@example.org"})
    token = read(client, "/staff/account").all("input[name=csrf_token]")[0].attributes["value"]

    def log() -> dict[int, tuple[Any, ...]]:
        with app.app_context():
            return {row.id: tuple(row) for row in db.session.execute(select(AuditEntry.__table__).order_by("id"))}

    before = log()
    values = {
        "csrf_token": token,
        "before": "1",
        "id": "1",
        "entry_id": "1",
        "subject": "comment:1",
        "decision": "spam",
    }
    tried = 0
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]*>", "1", rule.rule)
        for method in ((rule.methods or set()) - {"OPTIONS", "HEAD"}) | {"DELETE", "PUT", "PATCH"}:
            if "logout" not in path:
                assert client.open(path, method=method, data=values if method != "GET" else None).status_code < 500
                tried += 1
    after = log()
    assert tried > 100
    assert {key: after.get(key) for key in before} == before
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert client.open(LOG, method=method, data=values).status_code in (400, 405)
    assert app.test_cli_runner().invoke(args=["audit", "verify"]).exit_code == 0
