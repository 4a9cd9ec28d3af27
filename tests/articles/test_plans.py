"""What readers' pages make the stores read: no more than they show, however much there is."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from davidson.articles.archive import MONTHS_AT_ONCE
from davidson.clock import utcnow
from davidson.database import db
from davidson.web.paging import Cursor
from tests.bulk import fill_articles, fill_comments, fill_corrections
from tests.factories import make_article
from tests.pages import read

# They grow with the paper; the others hold a row for each section, tag or author.
GROWING = re.compile("article|comment|tagging|authorship|reference|thread_page|revision")
# The front: forty articles, and seven of each section; a page of a discussion: fifty threads.
MOST_ROWS = 110
STEP = 10
# By so many tens of steps a page may differ: once the store has counted, it begins a join at its other end.
SLACK = 10

CORRECTED = ("/corrections", "/articles/filler-3/history")
PAGES = ("/", "/sections/world", "/tags/filler", "/authors/ann-author", "/articles/the-one")


@pytest.fixture
def app(make_app) -> Flask:
    return make_app(page_memory=0)  # Each page is made anew.


@pytest.fixture
def paths(app: Flask, client: FlaskClient) -> list[str]:
    """A page of each kind, and a later one of each list and discussion."""
    now = utcnow()
    article = make_article(app, slug="the-one", source="> **READ ALSO:** [Another](/articles/filler-3)\n\nText.")
    slugs = fill_articles(app, [now - timedelta(days=2, minutes=minutes) for minutes in range(100)])
    fill_corrections(app, slugs)
    ids = fill_comments(app, article, 600)
    newest = [f"/articles/the-one?order=newest{page}" for page in ("", "&page=2", "&page=12")]
    places = [f"/articles/the-one/comments/{ids[555]}{order}" for order in ("", "?order=newest")]
    older = [link.attributes["href"] for path in PAGES for link in read(client, path).all("a[rel=next]")]
    feeds = [f"{path.rstrip('/')}/feed.atom" for path in PAGES[:-1]]
    feeds += [
        feed.get_json()["next_url"] for feed in (client.get(f"{path.rstrip('/')}/feed.json") for path in PAGES[:-1])
    ]
    day = f"/archive/{(now - timedelta(days=2)).date()}"
    corrected = [*CORRECTED, read(client, CORRECTED[0]).one("a[rel=next]").attributes["href"]]
    archive = [day, day[:-3]]
    return [*PAGES, *older, "/articles/the-one?page=12", *newest, *places, *feeds, *archive, *corrected]


def grow(app: Flask) -> None:
    now = utcnow()
    slugs = fill_articles(app, [now - timedelta(days=1, minutes=minutes) for minutes in range(1500)], prefix="more")
    fill_corrections(app, slugs)
    fill_articles(app, [now - timedelta(days=3, minutes=minutes) for minutes in range(1500)], prefix="old")
    fill_comments(app, make_article(app, published_at=now - timedelta(days=4)), 12_000)
    with app.app_context():
        db.session.execute(text("ANALYZE"))
        db.session.commit()


def sent_by(app: Flask, client: FlaskClient, path: str) -> list[tuple[str, Any]]:
    """The statements that a page sends to the store, with their values."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            sent.append((statement, values))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code in (200, 302)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return sent


def steps_of(app: Flask, statement: str, values: Any) -> int:
    """How many instructions of its virtual machine SQLite needs, in tens."""
    steps = [0]

    def count() -> int:
        steps[0] += 1
        return 0

    with app.app_context(), db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(count, STEP)
        connection.exec_driver_sql(statement, values).all()
        driver.set_progress_handler(None, STEP)
    return steps[0]


def rows_of(app: Flask, statement: str, values: Any) -> int:
    """The most rows that PostgreSQL reads of a growing table in one place of its plan, where there is an index."""
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))  # It prefers to read small tables whole.
        plans = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values).scalar_one()
    nodes = [node for node in nodes_of(plans[0]["Plan"]) if GROWING.fullmatch(node.get("Relation Name", ""))]
    read_rows = [(node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] for node in nodes]
    return max(read_rows, default=0)


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes_of(below)


def test_no_page_reads_more_of_the_store_when_there_is_more(app, client, paths):
    embedded = app.extensions["davidson-settings"].embedded

    def costs() -> list[list[int]]:
        measure = steps_of if embedded else rows_of
        return [[measure(app, *one) for one in sent_by(app, client, path)] for path in paths]

    few = costs()
    grow(app)
    many = costs()
    assert all(few) and all(many)
    if embedded:
        more = [path for path, was, now in zip(paths, few, many, strict=True) if sum(now) > 1.1 * sum(was) + SLACK]
        assert more == [], (few, many)
    else:
        assert max(max(page) for page in many) <= MOST_ROWS, dict(zip(paths, many, strict=True))


def test_every_page_of_a_discussion_costs_the_store_the_same(app, client, paths):
    if not app.extensions["davidson-settings"].embedded:
        pytest.skip("counted on SQLite; the test above bounds PostgreSQL's rows")
    grow(app)

    def cost(path: str) -> int:
        return sum(steps_of(app, *one) for one in sent_by(app, client, path))

    first, second, last = (cost(f"/articles/the-one?page={page}") for page in (1, 2, 12))
    assert abs(last - second) <= SLACK
    newest = [cost(f"/articles/the-one?order=newest&page={page}") for page in (2, 6, 12)]
    assert max(newest) <= 1.25 * first
    ids = [int(one.attributes["id"][8:]) for one in read(client, "/articles/the-one?page=12").all("article.comment")]
    early, late = (cost(f"/articles/the-one/comments/{id_}?order=newest") for id_ in (ids[20] - 500, ids[20]))
    assert abs(early - late) <= SLACK
    assert last <= 1.25 * first  # A page after the first asks where it begins.


def test_the_oldest_day_and_the_months_cost_what_they_show(app, client):
    """Also in a store that never counted its rows. A month, empty or not, is one look into the index."""
    now = utcnow()
    noon = now.replace(hour=12, minute=0, second=0) - timedelta(days=200)
    fill_articles(app, [noon - timedelta(minutes=minutes) for minutes in range(64)], prefix="oldest")
    fill_articles(app, [now - timedelta(minutes=30 * number) for number in range(1500)])
    measure, embedded = (steps_of, True) if app.extensions["davidson-settings"].embedded else (rows_of, False)

    def costs(path: str) -> list[int]:
        return [measure(app, *one) for one in sent_by(app, client, path)]

    oldest = f"/archive/{noon.date()}"
    links = [link.attributes["href"] for link in read(client, oldest).all("a[rel=next]")]
    (older,) = [link for link in links if "?before=" in link]
    newer = f"/archive/{(now - timedelta(days=10)).date()}"
    early, early_page, late, index = (costs(path) for path in (oldest, older, newer, "/archive"))
    if embedded:
        assert max(abs(sum(one) - sum(late)) for one in (early, early_page)) <= 2 * SLACK
        assert sum(index) <= 10 * sum(late)
    else:
        assert max(early + early_page + late) <= MOST_ROWS
        assert max(index) <= MONTHS_AT_ONCE


def test_a_page_deep_in_a_list_costs_what_the_second_does(app, client):
    """On SQLite also in a store that never counted its rows, whose planner knows nothing of them."""
    now = utcnow()
    fill_articles(app, [now - timedelta(minutes=minutes) for minutes in range(1, 4001)])
    embedded = app.extensions["davidson-settings"].embedded
    with app.app_context():
        if not embedded:
            db.session.execute(text("ANALYZE"))  # As PostgreSQL does by itself, sooner or later.
            db.session.commit()
        deep = db.session.execute(text("SELECT published_at, id FROM article ORDER BY published_at LIMIT 1 OFFSET 99"))
        moment, article_id = deep.one()
    if isinstance(moment, str):
        moment = datetime.fromisoformat(f"{moment}+00:00")
    measure = steps_of if embedded else rows_of

    def costs(path: str) -> list[int]:
        return [measure(app, *one) for one in sent_by(app, client, path)]

    for path in PAGES[1:4]:
        second = read(client, path).one("a[rel=next]").attributes["href"]
        hundredth_last = f"{path}?before={Cursor(moment, article_id)}"
        early, late = costs(second), costs(hundredth_last)
        assert len(read(client, hundredth_last).all("article.card")) == 20, path
        if embedded:
            assert abs(sum(late) - sum(early)) <= SLACK, path
        else:
            assert max(late) <= MOST_ROWS, path
