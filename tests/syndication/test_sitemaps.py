"""Sitemaps: every public article once, none else, found by key however many there are, and as fresh as the pages."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from davidson.articles.models import PART_SIZE
from davidson.clock import utcnow
from davidson.database import db
from davidson.syndication import sitemap
from tests.articles.test_plans import nodes_of, rows_of, sent_by, steps_of
from tests.bulk import fill_articles
from tests.counting import queries_of
from tests.factories import Made, make_article
from tests.syndication.reading import HOSTILE, ORIGIN, a_picture, take_back, xml

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"


def places(client: FlaskClient, path: str) -> list[tuple[str, str]]:
    """The addresses in a sitemap, as paths, and what it says of when they changed."""
    return [
        (place.findtext(f"{SITEMAP}loc", "").removeprefix(ORIGIN), place.findtext(f"{SITEMAP}lastmod", ""))
        for place in xml(client, path)
    ]


def paths(client: FlaskClient, path: str) -> list[str]:
    return [place for place, _ in places(client, path)]


def titles(client: FlaskClient) -> list[str]:
    return [one.text or "" for one in xml(client, "/news-sitemap.xml").iter(f"{NEWS}title")]


def beyond(app: Flask, parts: int) -> None:
    """Let the next article be the first of a part so many parts on."""
    wanted = max(1, parts * PART_SIZE)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            db.session.execute(text("DELETE FROM sqlite_sequence WHERE name = 'article'"))
            db.session.execute(text(f"INSERT INTO sqlite_sequence VALUES ('article', {wanted - 1})"))
        else:
            db.session.execute(text(f"SELECT setval('article_id_seq', {wanted}, false)"))
        db.session.commit()


def in_parts(app: Flask) -> list[Made]:
    """An article in each of two parts, with an empty one between."""
    with time_machine.travel(NOON, tick=False):
        first = make_article(app, slug="first", published_at=NOON - timedelta(days=2))
        beyond(app, 2)
        return [first, make_article(app, slug="second", published_at=NOON - timedelta(days=1))]


def test_the_index_leads_to_every_public_article_and_to_no_other(app, client):
    in_parts(app)
    make_article(app, slug="draft", published=False)
    take_back(app, make_article(app, slug="gone"))
    with time_machine.travel(NOON, tick=False):
        make_article(app, slug="later", published_at=NOON + timedelta(days=1))
        assert paths(client, "/sitemap.xml") == ["/sitemap-1.xml", "/sitemap-3.xml"]
        found = [place for file in paths(client, "/sitemap.xml") for place in paths(client, file)]
    assert found == ["/articles/first", "/articles/second"]
    for path in ("/sitemap-2.xml", "/sitemap-4.xml", "/sitemap-0.xml", "/sitemap-01.xml", "/sitemap-x.xml"):
        assert client.get(path).status_code == 404, path
    for number in ("9" * 13, "9" * 40, "-1", "1%00"):
        assert client.get(f"/sitemap-{number}.xml").status_code in (400, 404), number


def test_lastmod_is_the_last_change_that_readers_see(app, client):
    first, _ = in_parts(app)
    seen = [(place, changed[:10]) for place, changed in places(client, "/sitemap.xml")]
    assert seen == [("/sitemap-1.xml", "2026-11-23"), ("/sitemap-3.xml", "2026-11-24")]
    with time_machine.travel(NOON + timedelta(hours=1), tick=False) as clock:
        make_article(app, slug="first", source="Another text.", published_at=NOON - timedelta(days=2))
        assert places(client, "/sitemap-1.xml") == [("/articles/first", "2026-11-25T13:00:00Z")]
        assert places(client, "/sitemap.xml")[0] == ("/sitemap-1.xml", "2026-11-25T13:00:00Z")
        clock.shift(3600)
        make_article(app, slug="third", published_at=NOON)  # In the part of the second.
        take_back(app, Made(0, "third"))
        assert places(client, "/sitemap.xml")[1] == ("/sitemap-3.xml", "2026-11-25T14:00:00Z")
        assert paths(client, "/sitemap-3.xml") == ["/articles/second"]
        take_back(app, first)
        assert paths(client, "/sitemap.xml") == ["/sitemap-3.xml"]
        assert client.get("/sitemap-1.xml").status_code == 404


def test_a_scheduled_article_comes_into_each_sitemap_at_its_second(app, client):
    with time_machine.travel(NOON, tick=False) as clock:
        make_article(app, slug="now", headline="Now", published_at=NOON - timedelta(hours=1))
        make_article(app, slug="later", headline="Later", published_at=NOON + timedelta(minutes=5))
        for seconds, seen in ((299, ["Now"]), (300, ["Later", "Now"])):
            clock.move_to(NOON + timedelta(seconds=seconds))
            assert titles(client) == seen
            assert len(paths(client, "/sitemap-1.xml")) == len(seen)
        assert places(client, "/sitemap.xml") == [("/sitemap-1.xml", "2026-11-25T12:05:00Z")]


def test_a_picture_is_named_and_followed(app, client):
    with time_machine.travel(NOON, tick=False):
        make_article(app, slug="one", headline="One", picture=a_picture(), published_at=NOON)
        [image] = [one.text for one in xml(client, "/sitemap-1.xml").iter(f"{IMAGE}loc")]
        assert image and client.get(image.removeprefix(ORIGIN)).mimetype == "image/jpeg"
        make_article(app, slug="one", headline="One", published_at=NOON)
        assert list(xml(client, "/sitemap-1.xml").iter(f"{IMAGE}loc")) == []


def test_the_news_sitemap_tells_of_two_days(app, client):
    with time_machine.travel(NOON, tick=False) as clock:
        make_article(app, headline=HOSTILE, lang="pt-BR", slug="news", published_at=NOON)
        make_article(app, headline="Of yesterday", published_at=NOON - timedelta(hours=47))
        make_article(app, headline="Too old", published_at=NOON - timedelta(hours=48))
        assert titles(client) == [HOSTILE, "Of yesterday"]
        clock.shift(3599)
        assert titles(client) == [HOSTILE, "Of yesterday"]
        clock.shift(1)
        assert titles(client) == [HOSTILE]
        [entry] = xml(client, "/news-sitemap.xml")
        assert [one.text for one in entry.iter() if not len(one)] == [
            f"{ORIGIN}/articles/news",
            "Davidson News",
            "pt",
            "2026-11-25T12:00:00Z",
            HOSTILE,
        ]


def test_the_news_sitemap_follows_headlines_and_holds_a_thousand(app, client):
    make_article(app, slug="one", headline="First", published_at=utcnow() - timedelta(hours=1))
    assert titles(client) == ["First"]
    make_article(app, slug="one", headline="Second", published_at=utcnow() - timedelta(hours=1))
    assert titles(client) == ["Second"]
    fill_articles(app, [utcnow() - timedelta(hours=2, seconds=number) for number in range(1010)])
    make_article(app, slug="two", headline="Third")  # What is filled in bulk tells nobody; this does.
    assert len(titles(client)) == 1000


@pytest.mark.parametrize(("lang", "told"), [("zh-Hant", "zh-tw"), ("zh-CN", "zh-cn"), ("en-GB", "en"), ("ar", "ar")])
def test_the_language_of_news_is_said_as_search_engines_read_it(lang, told):
    written = sitemap.news([sitemap.NewsPlace("/x", "X", lang, NOON)], publication="The Paper")
    assert f"<news:language>{told}</news:language>" in written


def test_the_index_of_an_empty_site_is_one(client):
    for path in ("/sitemap.xml", "/news-sitemap.xml"):
        assert list(xml(client, path)) == []


def cost(app: Flask, client: FlaskClient, path: str) -> int:
    """Rows on PostgreSQL, tens of steps on SQLite."""
    embedded = app.extensions["davidson-settings"].embedded
    measured = [(steps_of if embedded else rows_of)(app, *one) for one in sent_by(app, client, path)]
    return sum(measured) if embedded else max(measured)


def indexes_of(app: Flask, statement: str, values: object) -> list[str]:
    """The indexes along which PostgreSQL walks; along one by date it would walk the whole paper for each part."""
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plans = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
    return sorted(node["Index Name"] for node in nodes_of(plans[0]["Plan"]) if "Index Name" in node)


def test_the_first_sitemap_costs_what_the_last_one_does(make_app):
    app = make_app(page_memory=0)
    client = app.test_client()
    moments = [NOON - timedelta(minutes=minutes) for minutes in range(PART_SIZE - 1)]
    for number in range(4):
        beyond(app, number)
        fill_articles(app, moments, prefix=f"part-{number}")
        with queries_of(app) as statements:
            assert client.get(f"/sitemap-{number + 1}.xml").status_code == 200
        assert len(statements) <= 3
    with app.app_context():
        db.session.execute(text("ANALYZE"))
        db.session.commit()
    costs = [cost(app, client, f"/sitemap-{number}.xml") for number in (1, 4)]
    assert abs(costs[1] - costs[0]) <= 0.02 * costs[0], costs
    embedded = app.extensions["davidson-settings"].embedded
    assert embedded or costs[1] <= PART_SIZE
    if not embedded:
        walked = indexes_of(app, *sent_by(app, client, "/sitemap.xml")[1])
        assert walked == ["ix_article_part", "ix_article_part", "pk_article"]
    # The index reads a few rows for each of the four, the news sitemap those it shows.
    index = cost(app, client, "/sitemap.xml")
    assert index <= (0.1 * costs[1] if embedded else 4 * 2), index
    assert embedded or cost(app, client, "/news-sitemap.xml") <= PART_SIZE
    for path in ("/sitemap.xml", "/news-sitemap.xml"):
        with queries_of(app) as statements:
            client.get(path)
        assert len(statements) <= 3
