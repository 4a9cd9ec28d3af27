"""The feed of an article's comments: Atom to the letter, and as fresh as its page."""

import re
from datetime import datetime, timedelta
from uuid import UUID
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from davidson.articles.publishing import article_to_change, retract
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.config import CommentsMode
from davidson.database import db
from tests.articles.test_plans import rows_of, sent_by
from tests.bulk import fill_comments
from tests.comments.holding import decide
from tests.counting import queries_of
from tests.factories import Made, make_article, make_comment
from tests.pages import read

ATOM = "{http://www.w3.org/2005/Atom}"
REPLY = "{http://purl.org/syndication/thread/1.0}in-reply-to"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ORIGIN = "https://news.example.org"


@pytest.fixture
def app(make_app) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app, headline='Mayor & "Co" <resign>')


def feed_of(client: FlaskClient, article: Made, *, origin: str = "http://localhost") -> ElementTree.Element:
    """The feed, with all that RFC 4287 section 4.1 asks of one."""
    answer = client.get(f"{article.url}/comments.atom", base_url=origin)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.get_data())  # noqa: S314 - it is our own.
    assert feed.tag == f"{ATOM}feed"
    for place in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated", "author"):
            assert len(place.findall(f"{ATOM}{name}")) == 1, name
        assert UUID(text(place, "id").removeprefix("urn:uuid:"))
        assert RFC_3339.fullmatch(text(place, "updated"))
        assert place.findtext(f"{ATOM}author/{ATOM}name")
        assert [link.get("rel") for link in place.findall(f"{ATOM}link")].count("alternate") == 1
    ids = [text(entry, "id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    return feed


def entries(client: FlaskClient, article: Made) -> list[ElementTree.Element]:
    return list(feed_of(client, article).iter(f"{ATOM}entry"))


def text(place: ElementTree.Element, name: str) -> str:
    return place.findtext(f"{ATOM}{name}") or ""


def link(place: ElementTree.Element, rel: str) -> str:
    (found,) = [one.get("href", "") for one in place.findall(f"{ATOM}link") if one.get("rel") == rel]
    return found


def test_an_articles_page_leads_to_the_feed_of_its_comments(app, client, article):
    links = [one for one in read(client, article.url).all("link") if one.attributes["rel"] == "alternate"]
    found = links[-1]
    assert found.attributes["title"] == "Comments on this article"
    assert found.attributes["type"] == "application/atom+xml"
    answer = client.get(found.attributes["href"])
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers


def test_the_newest_fifty_approved_comments_come_newest_first(app, client, article):
    ids = fill_comments(app, article, 60)
    make_comment(app, article, status="pending", source="Not yet.")
    found = entries(client, article)
    assert [text(entry, "content") for entry in found] == [
        f"<p>Filling comment {number}.</p>" for number in range(59, 9, -1)
    ]
    place = client.get(link(found[0], "alternate"))
    assert place.headers["Location"].endswith(f"#comment-{ids[-1]}")


def test_names_texts_and_headlines_are_escaped(app, client, article):
    hostile = "]]></content><script>alert(1)</script> & 'so' \"on\" \ufffe"
    make_comment(app, article, name=hostile[:60], source=f"{hostile}\n\n*Em* & https://example.org/?a=1&b=2")
    (entry,) = entries(client, article)
    assert text(entry, "title").endswith('on “Mayor & "Co" <resign>”')
    author = entry.findtext(f"{ATOM}author/{ATOM}name") or ""
    assert author.strip() == hostile[:60].replace("\ufffe", "\ufffd").strip()
    content = text(entry, "content")
    assert "<script>" not in content and "<em>Em</em>" in content
    assert entry.find(f"{ATOM}content").attrib == {"type": "html"}


def test_a_reply_names_the_entry_that_it_answers(app, client, article):
    first = make_comment(app, article)
    make_comment(app, article, parent_id=first.id)
    reply, head = entries(client, article)
    assert [one.get("ref") for one in reply.iter(REPLY)] == [text(head, "id")]
    assert list(head.iter(REPLY)) == []


def test_ids_stay_when_the_name_address_and_key_of_the_site_change(make_app, app, client, article):
    make_comment(app, article)
    before = [text(place, "id") for place in feed_of(client, article).iter() if place.find(f"{ATOM}id") is not None]
    other = make_app(site_name="Other", base_url=ORIGIN, secret_keys=("another key altogether",))
    feed = feed_of(other.test_client(), article, origin=ORIGIN)
    assert [text(place, "id") for place in feed.iter() if place.find(f"{ATOM}id") is not None] == before
    assert link(feed, "self") == f"{ORIGIN}{article.url}/comments.atom"
    assert link(next(feed.iter(f"{ATOM}entry")), "alternate").startswith(f"{ORIGIN}{article.url}/comments/")


def test_no_text_that_a_client_sends_is_in_an_address(app, client, article):
    answer = client.get(f"{article.url}/comments.atom", headers={"Host": "evil.example"})
    assert b"evil" not in answer.get_data()
    assert b"evil" not in client.get(f"{article.url}/comments.atom").get_data()


@pytest.mark.parametrize("status", ["rejected", "spam", "pending", "deleted"])
def test_a_word_of_a_removed_comment_is_gone_at_once(app, client, article, status):
    comment = make_comment(app, article, source="Unmistakable.")
    url = f"{article.url}/comments.atom"
    etag = client.get(url).headers["ETag"]
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 304
    decide(app, comment, status)
    answer = client.get(url, headers={"If-None-Match": etag})
    assert (answer.status_code, b"Unmistakable" in answer.get_data()) == (200, False)


def test_the_feed_follows_edits(app, client, article):
    comment = make_comment(app, article)
    before = datetime.fromisoformat(text(feed_of(client, article), "updated"))
    with app.app_context():
        db.session.get_one(Comment, comment.id).edited_at = utcnow() + timedelta(minutes=5)
        db.session.commit()
    feed = feed_of(client, article)
    assert datetime.fromisoformat(text(feed, "updated")) > before
    assert text(next(feed.iter(f"{ATOM}entry")), "updated") == text(feed, "updated")


def test_a_feed_without_comments_is_one(app, client, article):
    assert entries(client, article) == []


def test_there_is_no_feed_of_what_readers_do_not_see(app, client, article):
    later = make_article(app, published_at=utcnow() + timedelta(days=1))
    assert client.get(f"{later.url}/comments.atom").status_code == 404
    assert client.get("/articles/none/comments.atom").status_code == 404
    with app.app_context():
        row = article_to_change(article.slug)
        assert row is not None
        retract(row, reason="Wrong.", actor=SHELL, now=utcnow())
        db.session.commit()
    assert client.get(f"{article.url}/comments.atom").status_code == 404


def test_a_feed_costs_the_same_for_three_comments_as_for_thousands(make_app, article):
    app = make_app(page_memory=0)
    client = app.test_client()
    fill_comments(app, article, 3)
    large = make_article(app)
    fill_comments(app, large, 3_000)
    costs = []
    for one in (article, large):
        with queries_of(app) as statements:
            feed_of(client, one)
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 4
    if not app.extensions["davidson-settings"].embedded:
        with app.app_context():
            db.session.connection().exec_driver_sql("ANALYZE")  # As the server does by itself, sooner or later.
            db.session.commit()
        sent = sent_by(app, client, f"{large.url}/comments.atom")
        assert max(rows_of(app, *one) for one in sent) <= 60
