"""The log however long it is: what is looked for is found by an index, and a file of all comes as it is read."""

import csv
import json
import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, text

from davidson.audit.log import Actor
from davidson.audit.models import AuditEntry
from davidson.database import db
from tests.audit.test_filters import FILE, LOG
from tests.counting import queries_of
from tests.desks import on_duty
from tests.pages import read

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MODERATOR = Actor(77, "mod@example.org")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return on_duty(app)


def fill(app: Flask, number: int) -> None:
    """Put many entries in at once, a second apart: of five people, four kinds, one of each kind rare."""
    kinds = ["comment.approve"] * 6 + ["comment.reject"] * 3 + ["comment.spam"]
    people = ["reader"] * 6 + ["a@example.org"] * 3 + ["b@example.org"]
    rows = [
        {
            "at": NOON - timedelta(days=3) + timedelta(seconds=n),
            "actor": people[n % 10] if n % 500 else "rare@example.org",
            "action": kinds[n // 7 % 10] if n % 500 else "staff.role",
            "subject": f"comment:{n}" if n % 3 else f"article:{n}",
            "details": {},
        }
        for n in range(number)
    ]
    with app.app_context():
        db.session.execute(insert(AuditEntry), rows)
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("ANALYZE audit_entry"))
        db.session.commit()


def test_the_file_comes_as_it_is_read_and_holds_all(app: Flask, client):
    fill(app, 1_700)
    answer = client.get(f"{FILE}?action=comment.approve", buffered=False)
    assert answer.is_streamed
    pieces = list(answer.response)
    assert len(pieces) > 3 and max(map(len, pieces)) < 64 * 1024
    ids = [int(row["id"]) for row in csv.DictReader(StringIO(b"".join(pieces).decode(), newline=""))]
    with app.app_context():
        wanted = db.session.query(AuditEntry.id).filter_by(action="comment.approve").order_by(AuditEntry.id.desc())
        assert ids == [row.id for row in wanted]


def statements_of(app: Flask, client: FlaskClient, url: str) -> list[tuple[str, Any]]:
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if "FROM audit_entry" in statement:
            sent.append((statement, values))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(url).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return sent


def check_plan(app: Flask, statement: str, values: Any) -> None:
    """The rows come by an index in their order; those of one subject alone are sorted, for they are few."""
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            steps = "\n".join(row[3] for row in found)
            assert not re.search(r"SCAN audit_entry(?! USING)", steps), (steps, statement)
            assert "TEMP B-TREE" not in steps or "audit_entry.subject = " in statement, (steps, statement)
            return
        plans = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values).scalar_one()
        for node in nodes_of((json.loads(plans) if isinstance(plans, str) else plans)[0]["Plan"]):
            if node.get("Relation Name") == "audit_entry":
                read_rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
                assert node["Node Type"] != "Seq Scan", (node, statement)
                assert read_rows * node["Actual Loops"] <= 52, (node, statement)


def nodes_of(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for inner in plan.get("Plans", ()) for node in nodes_of(inner))]


def test_whatever_is_looked_for_is_found_by_an_index(app: Flask, client):
    fill(app, 20_000)
    asked = product(
        ("", "actor=reader", "actor=b@example.org", "actor=rare@example.org"),
        ("", "action=comment.spam", "action=staff.role"),
        ("", "subject=comment:500"),
        ("", "since=2026-11-20&until=2026-11-20"),
    )
    urls = [f"{LOG}?{'&'.join(filter(None, parts))}" for parts in asked]
    for url in urls:
        older = [link.attributes["href"] for link in read(client, url).all(".pager a") if "Older" in link.text]
        for one in (url, *older):
            for statement, values in statements_of(app, client, one):
                check_plan(app, statement, values)


def test_a_page_takes_few_queries(app: Flask, client):
    fill(app, 300)
    with queries_of(app) as statements:
        read(client, f"{LOG}?actor=reader")
    assert len(statements) <= 5  # The session, the entries, the names of who acted, and both lists to choose from.
