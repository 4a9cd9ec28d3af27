"""The desk costs the same however much is stored: few queries, each of which finds its rows by an index."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text

from davidson.accounts.models import Role
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation.days import DAY, make_days
from tests.bulk import fill_queue, fill_requests
from tests.counting import queries_of
from tests.desks import on_duty
from tests.factories import make_article, make_comment
from tests.pages import read

DESK = "/staff/moderation/"
STORED = 6_000
# What one step of a plan may read: for each card a hundred comments of its sender in one state, and itself.
MOST_ROWS = 26 * 101
GROWING = ("comment", "audit_entry", "article", "proposal", "appeal", "comment_search")


@pytest.fixture
def desk(app: Flask) -> FlaskClient:
    """The browser of an admin, at a desk with thousands of comments."""
    fill_queue(app, STORED)
    fill_requests(app)
    with app.app_context():
        if db.engine.dialect.name == "postgresql":  # It looks by itself now and then; SQLite does not.
            db.session.execute(text("ANALYZE"))
            db.session.commit()
    return on_duty(app, Role.ADMIN)


@contextmanager
def explained(app: Flask) -> Iterator[list[tuple[str, Any]]]:
    """Collect the plans of what the store is sent meanwhile, each with its statement, made on the same connection."""
    plans: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if re.match("SELECT|UPDATE", statement) and not isinstance(parameters, list):
            asking = connection.connection.cursor()
            asking.execute(f"{asked(connection.dialect.name, statement)} {statement}", parameters)
            plans.append((statement, asking.fetchall()))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield plans
    finally:
        event.remove(engine, "before_cursor_execute", note)


def asked(dialect: str, statement: str) -> str:
    """What makes a store tell its plan; PostgreSQL carries out what it analyses, so nothing that changes rows."""
    if dialect == "sqlite":
        return "EXPLAIN QUERY PLAN"
    return f"EXPLAIN (ANALYZE {statement.startswith('SELECT')}, FORMAT JSON)"


def check(plans: list[tuple[str, Any]], growing: tuple[str, ...] = GROWING) -> None:
    assert plans
    for statement, rows in plans:
        if len(rows[0]) > 1:
            check_sqlite(statement, [row[3] for row in rows], growing)
        else:
            found = rows[0][0]
            check_postgresql(statement, (json.loads(found) if isinstance(found, str) else found)[0]["Plan"], growing)


def check_sqlite(statement: str, steps: list[str], growing: tuple[str, ...]) -> None:
    """A table that grows is walked only in an order that a limit cuts short; what is sorted is a page's."""
    for step in steps:
        walked = re.match(r"SCAN (\w+)(?!.*(USING|VIRTUAL TABLE INDEX))", step)
        if walked and walked[1] in growing:
            # By its own key, and no further than the limit.
            assert f"ORDER BY {walked[1]}.id DESC" in statement and "LIMIT" in statement, (step, statement)
        # An index that is walked from its beginning is no way to find a few rows, unless it is their order.
        assert not step.startswith("SCAN comment ") or "ORDER BY" in statement, (step, statement)
        if "TEMP B-TREE FOR ORDER BY" in step and re.search(rf"FROM ({'|'.join(growing)})\b", statement):
            # The log of those on the page, or of one subject alone.
            assert re.search(r"IN \( ?VALUES|WHERE audit_entry.subject = ", statement), steps


def check_postgresql(statement: str, plan: dict[str, Any], growing: tuple[str, ...]) -> None:
    """What was read, together with what a filter threw away, is bounded by the page and not by what is stored."""
    read_here = plan.get("Actual Rows", 0) + plan.get("Rows Removed by Filter", 0)
    # What an inverted index gives are no rows yet, but a map of where they are.
    if plan["Node Type"] != "Bitmap Index Scan":
        assert read_here * plan.get("Actual Loops", 1) <= MOST_ROWS, (plan["Node Type"], statement)
    if plan["Node Type"] == "Seq Scan":
        assert plan["Relation Name"] not in growing, statement
    for inner in plan.get("Plans", []):
        check_postgresql(statement, inner, growing)


def last_page(client: FlaskClient, url: str) -> str:
    """The address of a page that some others come before."""
    for _ in range(4):
        url = read(client, url).one("a.pager__link--forward").attributes["href"]
    return url


def test_every_page_of_the_desk_finds_its_rows_by_an_index(app: Flask, desk: FlaskClient):
    with app.app_context():
        some = db.session.execute(select(Comment.id).where(Comment.author_key == "crowd").limit(1)).scalar_one()
    first = [DESK, *(f"{DESK}?status={status}" for status in ("approved", "rejected", "spam", "deleted"))]
    pages = [
        *first,
        *(last_page(desk, url) for url in first[:4]),
        f"{DESK}edits",
        last_page(desk, f"{DESK}edits"),
        f"{DESK}appeals",
        last_page(desk, f"{DESK}appeals"),
        f"{DESK}comments/{some}",
        f"{DESK}?decided={some}",
        "/staff/audit",
        last_page(desk, "/staff/audit"),
        f"/staff/audit?subject=comment:{some}",
        "/staff/newsroom/",
        last_page(desk, "/staff/newsroom/"),
        "/staff/admin/",
    ]
    for url in pages:
        with explained(app) as plans, queries_of(app) as statements:
            read(desk, url)
        check(plans)
        # A comment's own page has its thread, and each of its senders with notes and bans.
        assert len([one for one in statements if "set_config" not in one]) <= (16 if "/comments/" in url else 8), url
    with explained(app) as plans:
        assert desk.get("/metrics").status_code == 200
    check(plans)


def test_a_decision_finds_its_rows_by_an_index(app: Flask, desk: FlaskClient):
    article = make_article(app)
    head = make_comment(app, article)
    reply = make_comment(app, article, status="pending", parent_id=head.id)
    page = read(desk, f"{DESK}comments/{reply.id}")
    with explained(app) as plans:
        assert page.submit(".queue-card form", decision="approve").status == 303
    check(plans)


def test_a_day_is_counted_by_an_index_however_long_the_log_is(app: Flask, desk: FlaskClient):
    later = utcnow() + 2 * DAY
    with app.app_context():
        make_days(later)
    article = make_article(app)
    make_comment(app, article, status="pending", created_at=later)
    make_comment(app, article, status="rejected", created_at=later)
    with app.app_context(), explained(app) as plans:
        assert make_days(later + DAY) == 1
    check(plans)


def test_pages_and_decisions_take_few_queries(app: Flask):
    article = make_article(app)
    moderator = on_duty(app)
    comments = [make_comment(app, article, status="pending") for _ in range(3)]

    def number(act: Callable[[], object]) -> int:
        act()
        with queries_of(app) as statements:
            act()
        return len(statements)

    page = read(moderator, DESK)
    places = iter(comments)

    def decide() -> None:
        assert page.submit(f"#comment-{next(places).id} form", decision="reject", reason="abuse").status == 303

    # The session, the cards, the counts, the sections to choose from, who looks, and a wave of spam; what was decided
    # has a log besides.
    assert number(lambda: read(moderator, DESK)) <= 6
    assert number(lambda: read(moderator, f"{DESK}?status=rejected")) <= 7
    # The session, the place, the article and the comment; two changes within a savepoint.
    assert number(decide) <= 10
    assert number(lambda: read(moderator, f"{DESK}edits")) <= 3
    # Appeals ask who else is there to answer.
    assert number(lambda: read(moderator, f"{DESK}appeals")) <= 4


def test_a_busy_network_is_counted_no_further_than_is_told(app: Flask, desk: FlaskClient):
    with app.app_context():
        waiting = select(Comment.id).where(Comment.sender == "crowd", Comment.status == CommentStatus.PENDING)
        some = db.session.execute(waiting.limit(1)).scalar_one()
    records = read(desk, f"{DESK}comments/{some}").texts(".queue-proof__list")
    assert any("more than 99 waiting from this network" in record for record in records)
    assert any("more than 99 waiting with this token" in record for record in records)
