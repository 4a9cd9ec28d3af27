"""The page of the search: what it refuses, what it costs, and the ways to it."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import request
from sqlalchemy import text

from davidson.clock import utcnow
from davidson.database import db
from davidson.search.articles import MOST_COUNTED
from davidson.search.turns import TURNS
from davidson.web.sender import sender_network
from tests.bulk import fill_articles
from tests.counting import queries_of
from tests.factories import make_article
from tests.pages import read
from tests.search.test_search import ago, search

HOSTILE = (
    *('"unclosed', "NEAR(a", "*", "x OR y AND", "a\x00b", "\ud800", "a\ud800b", "x" * 200, '"' * 200, "-" * 200),
    *("labels : a", "{headline} : a", "a*", "^a", "a + b", "(((((", "a:b:A", "a & !b | (c", "a <-> b", "'a' \\", "%_%"),
    *("المدينة \u202e", "北京 -天気", "-a -b -c", " ".join(map(str, range(60))), '""', "\u200b", "ﷺ", "İ ı ß ſ", "𝔭"),
)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"q": "x" * 10_000}, "q"),
        ({"q": "!?*"}, "q"),
        ({"q": "a", "since": "yesterday"}, "since"),
        ({"q": "a", "since": "2026-02-02", "until": "2026-02-01"}, "until"),
        ({"q": "a", "until": "9999-12-31"}, "until"),
        ({"q": "a", "section": "nowhere"}, "section"),
        ({"q": "a", "author": "Cy Coming"}, "author"),
        ({"q": "a", "section": "secret"}, "section"),
    ],
)
def test_what_cannot_be_looked_for_is_said_beside_its_field(app, client, asked, field):
    """An author and a section that only an article to come names may be the news itself."""
    make_article(app, section="Secret", authors=("Cy Coming",), published_at=utcnow() + timedelta(days=1))
    page = read(client, f"/search?{urlencode(asked)}")
    assert page.status == 422
    assert page.all(f"#{field}-fault")
    assert page.form("#search-form")[1][field] == asked[field]


@pytest.mark.parametrize("order", ["", "newest", "none such"])
def test_any_text_may_be_looked_for(app, client, order):
    make_article(app, headline="İstanbul, a ﬁne ß city", source="a b c labels headline 北京 %_% ǅ")
    for typed in HOSTILE:
        query = urlencode({"q": typed.encode("utf-8", "surrogatepass"), "order": order})
        page = read(client, f"/search?{query}")
        assert page.status in (200, 422), typed
        if page.status == 200:
            assert page.all("#search-form")


def test_places_that_are_none_of_ours_are_404(app, client):
    make_article(app, headline="Pelican")
    for place in ("", "3.1", "0", "0.", "0.01", "0.-0", "1.1.1", "٣.1", "0.9999999999999999999", " 0.1", "0.1\n"):
        assert client.get("/search", query_string={"q": "pelican", "before": place}).status_code == 404, place
    for place in ("0.0", "2.999999999999999999", "2.-999999999999999999"):
        assert client.get("/search", query_string={"q": "pelican", "before": place}).status_code == 200, place


def test_no_cache_keeps_a_search_and_no_engine_lists_it(app, client):
    make_article(app, headline="Pelican")
    for path in ("/search", "/search?q=pelican", "/search?q=none", "/search?since=x"):
        page = read(client, path)
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Robots-Tag"] == "noindex" == page.one("meta[name=robots]").attributes["content"]
        assert "ETag" not in page.headers and page.all("link[rel=canonical]") == []
    assert client.get("/search?q=pelican", headers={"If-None-Match": "*"}).status_code == 200
    pages = app.extensions["davidson-pages"]
    assert [key for key in pages.store._entries if "search" in key] == []


def test_the_number_of_queries_does_not_grow_and_numbers_are_counted_to_a_bound(app, client):
    make_article(app, headline="Pelican", section="World", authors=("Ann Author",))
    fill_articles(app, [ago(minutes=minutes) for minutes in range(1, 3)])

    def costs() -> list[int]:
        counts = []
        for query in ("q=filler", "q=headline&order=newest", "q=pelican", "q=text&section=world&author=ann-author"):
            with queries_of(app) as statements:
                assert read(client, f"/search?{query}").texts(".card__headline")
            counts.append(len(statements))
        return counts

    few = costs()
    fill_articles(app, [ago(minutes=minutes) for minutes in range(1, MOST_COUNTED + 1)], prefix="more")
    assert search(client, "text").one(".found__number").text == f"More than {MOST_COUNTED:,} articles"
    many = costs()
    assert many == few and max(many) <= 10


def test_dear_searches_are_bounded_and_what_was_typed_is_kept(app, client):
    with app.test_request_context("/search", environ_base={"REMOTE_ADDR": "127.0.0.1"}):  # The client's.
        sender = sender_network(request)
    with TURNS.take(sender):
        page = search(client, "pelican")
        assert (page.status, page.headers["Retry-After"]) == (503, "2")
        assert read(client, "/search").status == 200
    with TURNS.take("another"):
        assert search(client, "pelican").status == 200
        with TURNS.take("a third"):
            assert search(client, "pelican").status == 503
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            return
        with db.engine.begin() as connection:  # What waits so long for a lock takes long.
            connection.execute(text("LOCK TABLE article_search"))
            page = search(client, "pelican")
    assert page.status == 422 and "takes too long" in page.one(".notice").text
    assert page.form("#search-form")[1]["q"] == "pelican"


def test_the_way_to_search_is_on_every_page(app, client):
    for path in ("/", "/nowhere"):
        assert "/search" in [link.attributes["href"] for link in read(client, path).all("header a")]
    lost = read(client, "/nowhere").one("form.search-box")
    assert (lost.attributes["action"], lost.one("input").attributes["name"]) == ("/search", "q")
    start = read(client, "/search")
    assert "autofocus" in start.one("#q").attributes and start.all(".search-hints kbd")
    hopeless = search(client, "pelican heron")
    assert [link.text for link in hopeless.all(".empty a")] == ["Look for “pelican” alone", "Look for “heron” alone"]


def test_browsers_learn_how_to_ask(make_app):
    client = make_app(base_url="https://news.example.org", site_name="A & <B>").test_client()
    base = {"base_url": "https://news.example.org"}
    link = read(client, "/", **base).one("link[rel=search]").attributes
    answer = client.get(link["href"], **base)
    assert answer.mimetype == link["type"] == "application/opensearchdescription+xml"
    text = answer.get_data(as_text=True)
    assert 'template="https://news.example.org/search?q={searchTerms}"' in text
    assert "<ShortName>A &amp; &lt;B&gt;</ShortName>" in text
    assert "ETag" in answer.headers
    without = make_app().test_client()
    assert without.get("/opensearch.xml").status_code == 404
    assert read(without, "/").all("link[rel=search]") == []
