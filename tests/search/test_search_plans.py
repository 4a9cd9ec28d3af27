"""What a search makes the stores read: of very many articles with a word only those that a page shows and counts."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from davidson.clock import utcnow
from davidson.database import db
from davidson.search.articles import MOST_COUNTED
from tests.articles.test_plans import nodes_of, sent_by, steps_of
from tests.bulk import fill_articles
from tests.factories import make_article

SEARCHES = (
    *("q=filler", "q=text&order=newest", "q=headline+-pelican", "q=text&section=world&author=ann-author"),
    *("q=pelican", "q=%22of+filler+3%22", "section=world", "q=headline&since=2020-01-01", "q=text&before=2.{place}"),
    "q=%22pelican+%C2%BD%22",  # A half is a word to us, and none to PostgreSQL.
    *("q=today", "q=today&section=world", "q=%22of+today%22", "q=today+headline"),  # No headline says so.
)
# Every article has both words; only PostgreSQL knows without reading them that none has these in a row.
UNHEARD_OF = "q=%22of+text%22"
SLACK = 20
# A page and one more, each joined with what its card shows.
MOST_ROWS = 60


@pytest.fixture
def app(make_app) -> Flask:
    return make_app(page_memory=0)


def fill(app: Flask, number: int, *, prefix: str, days: int) -> None:
    now = utcnow()
    fill_articles(app, [now - timedelta(days=days, minutes=minutes) for minutes in range(number)], prefix=prefix)
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("SET LOCAL statement_timeout = 0"))
        db.session.execute(text("UPDATE article_words SET standfirst = 'Of today.' WHERE standfirst = ''"))
        db.session.execute(text("ANALYZE"))
        db.session.commit()


def rows_of(app: Flask, statement: str, values: object, *, of: tuple[str, ...] = ("article",)) -> int:
    """The most rows that PostgreSQL reads in one place of its plan, planned as a search is.

    Only those of the tables whose names begin with one of these are counted.
    """
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plans = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values).scalar_one()
    assert "JIT" not in plans[0]  # To compile a statement takes far longer than to answer it.
    nodes = [node for node in nodes_of(plans[0]["Plan"]) if node.get("Relation Name", "").startswith(of)]
    reads = [(node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] for node in nodes]
    return max(reads, default=0)


def test_a_search_reads_no_more_when_more_articles_have_the_words(app, client):
    make_article(app, headline="Pelican", published_at=utcnow() - timedelta(days=9))
    fill(app, MOST_COUNTED + 50, prefix="filler", days=1)
    with app.app_context():
        place = db.session.execute(text("SELECT max(place) FROM article_words")).scalar_one()
    embedded = app.extensions["davidson-settings"].embedded
    searches = SEARCHES if embedded else (*SEARCHES, UNHEARD_OF)
    paths = [f"/search?{query.format(place=place)}" for query in searches]

    def costs() -> dict[str, list[int]]:
        measure = steps_of if embedded else rows_of
        return {path: [measure(app, *one) for one in sent_by(app, client, path)] for path in paths}

    few = costs()
    fill(app, 3000, prefix="more", days=3)
    many = costs()
    for path in paths:
        if embedded:
            assert sum(many[path]) <= 1.1 * sum(few[path]) + SLACK, path
        else:
            *others, most = sorted(many[path])
            assert most <= MOST_COUNTED + MOST_ROWS and max(others) <= MOST_ROWS, (path, many[path])
