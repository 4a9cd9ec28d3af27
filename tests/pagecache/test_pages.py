"""Pages are made once and never stale: what is kept, under which address, and until when."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask, template_rendered
from flask.testing import FlaskClient

from davidson.articles.models import Author, Section, Tag
from davidson.articles.publishing import article_to_change
from davidson.database import db
from davidson.pagecache.decorator import Pages
from tests.factories import make_article, make_comment

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@contextmanager
def renderings(app: Flask) -> Iterator[list[str]]:
    """The templates that are rendered inside."""
    names: list[str] = []

    def note(_sender: Flask, template: object, **_: object) -> None:
        names.append(str(getattr(template, "name", "")))

    with template_rendered.connected_to(note, app):
        yield names


def pages(app: Flask) -> Pages:
    found: Pages = app.extensions["davidson-pages"]
    return found


def test_a_page_is_made_once_and_then_answered_ahead_of_flask(app: Flask, client: FlaskClient):
    article = make_article(app)
    first = client.get(article.url)
    with renderings(app) as made:
        second = client.get(article.url)
        head = client.head(article.url)
        unmodified = client.get(article.url, headers={"If-None-Match": first.headers["ETag"]})
    assert made == []
    assert second.get_data() == first.get_data()
    ours = {"Content-Type", "Content-Length", "ETag", "Cache-Control", "Vary", "Content-Security-Policy"}
    assert {name: second.headers[name] for name in ours} == {name: first.headers[name] for name in ours}
    assert (head.status_code, head.get_data(), head.headers["Content-Length"]) == (
        200,
        b"",
        first.headers["Content-Length"],
    )
    assert (unmodified.status_code, unmodified.get_data()) == (304, b"")
    assert second.headers["X-Request-ID"] != first.headers["X-Request-ID"]


@pytest.mark.parametrize("coding", ["zstd", "br", "gzip"])
def test_a_kept_page_is_compressed_once_for_whoever_takes_it_so(app: Flask, client: FlaskClient, coding: str):
    article = make_article(app)
    plain = client.get(article.url)
    for _ in range(2):
        answer = client.get(article.url, headers={"Accept-Encoding": coding})
        assert answer.headers["Content-Encoding"] == coding
        assert answer.headers["ETag"] != plain.headers["ETag"]
        assert int(answer.headers["Content-Length"]) == len(answer.get_data()) < len(plain.get_data())
        same = client.get(article.url, headers={"Accept-Encoding": coding, "If-None-Match": answer.headers["ETag"]})
        assert same.status_code == 304
        other = client.get(article.url, headers={"Accept-Encoding": coding, "If-None-Match": plain.headers["ETag"]})
        assert other.status_code == 200
    assert gzip.decompress(client.get(article.url, headers={"Accept-Encoding": "gzip"}).get_data()) == plain.get_data()


def test_parameters_that_a_page_does_not_know_make_no_other_page(app: Flask, client: FlaskClient):
    article = make_article(app)
    page = client.get(article.url)
    client.get("/")
    size = pages(app).store.size
    with renderings(app) as made:
        for query in ("utm_source=x", "fbclid=1&utm_medium=%C3%A4", "before=x", "=&&&", "page", "a" * 2000):
            answer = client.get(f"{article.url}?{query}" if query != "page" else f"/?page=3&{query}")
            assert answer.status_code == 200
            assert answer.get_data() == (page.get_data() if query != "page" else client.get("/").get_data())
    assert made == []
    assert pages(app).store.size == size


def test_errors_and_private_pages_are_not_kept(app: Flask, client: FlaskClient):
    client.get("/")
    size = pages(app).store.size
    for path in ("/articles/none", "/sections/none", "/?page=1&x", "/nowhere", "/staff/login", "/healthz"):
        client.get(path)
    article = make_article(app)
    for query in ("page=2", "page=x", "reply=99", "reply="):
        client.get(f"{article.url}?{query}")
    assert pages(app).store.size == size
    assert client.get(f"{article.url}?page=2").headers["Cache-Control"] == "no-store"


def test_with_no_memory_every_page_is_made_anew(make_app):
    app = make_app(page_memory=0)
    client, article = app.test_client(), make_article(app)
    with renderings(app) as made:
        answers = [client.get(article.url) for _ in range(2)]
    assert len(made) == 2
    assert answers[0].headers["ETag"] == answers[1].headers["ETag"]


def test_a_stampede_on_a_fresh_page_makes_it_once(app: Flask):
    article = make_article(app)
    barrier = threading.Barrier(8)
    bodies: list[bytes] = []

    def ask() -> None:
        client = app.test_client()
        barrier.wait()
        bodies.append(client.get(article.url).get_data())

    with renderings(app) as made:
        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(made) == 1
    assert len(bodies) == 8 and len(set(bodies)) == 1


def test_a_change_is_seen_by_another_process_on_the_next_request(app: Flask, make_app):
    article = make_article(app, headline="Mayor resigns")
    other = make_app().test_client()
    before = other.get(article.url).get_data(as_text=True)
    make_comment(app, article, source="Seen at once.")
    after = other.get(article.url).get_data(as_text=True)
    assert "Seen at once." not in before
    assert "Seen at once." in after


def test_a_comment_that_waits_makes_no_page_another(app: Flask, client: FlaskClient):
    article = make_article(app)
    client.get(article.url)
    make_comment(app, article, status="pending")
    with renderings(app) as made:
        client.get(article.url)
    assert made == []


def test_a_change_that_is_rolled_back_makes_no_page_another(app: Flask, client: FlaskClient):
    article = make_article(app)
    client.get(article.url)
    with app.app_context():
        found = article_to_change(article.slug)
        assert found is not None
        found.headline = "Never said"
        db.session.flush()
        db.session.rollback()
        db.session.commit()
    with renderings(app) as made:
        assert "Never said" not in client.get(article.url).get_data(as_text=True)
    assert made == []


@pytest.mark.parametrize("kind", [Section, Tag, Author])
def test_another_name_is_on_every_page_that_shows_it(app: Flask, client: FlaskClient, kind: type[Section]):
    article = make_article(app, section="World", tags=("Rivers",), authors=("Ann Author",))
    paths = {Section: ["/", article.url, "/sections/world"], Tag: [article.url, "/tags/rivers"], Author: None}
    for path in paths[kind] or ["/", article.url, "/authors/ann-author"]:
        client.get(path)
    with app.app_context():
        db.session.query(kind).one().name = "Quite Another"
        db.session.commit()
    for path in paths[kind] or ["/", article.url, "/authors/ann-author"]:
        assert "Quite Another" in client.get(path).get_data(as_text=True), path


@pytest.mark.parametrize("path", ["/", "/sections/world", "/tags/rivers", "/authors/ann-author", "/articles/first"])
def test_a_scheduled_article_appears_at_its_second(app: Flask, client: FlaskClient, path: str):
    fields = {"section": "World", "tags": ("Rivers",), "authors": ("Ann Author",)}
    with time_machine.travel(NOON, tick=False) as clock:
        make_article(app, slug="first", published_at=NOON - timedelta(hours=1), **fields)
        client.get(path)
        make_article(app, headline="Later that day", published_at=NOON + timedelta(minutes=5), **fields)
        assert "Later that day" not in client.get(path).get_data(as_text=True)
        clock.move_to(NOON + timedelta(minutes=5) - timedelta(milliseconds=1))
        with renderings(app) as made:
            assert "Later that day" not in client.get(path).get_data(as_text=True)
        assert made == []
        clock.move_to(NOON + timedelta(minutes=5))
        assert "Later that day" in client.get(path).get_data(as_text=True)


def test_a_section_joins_every_masthead_with_its_first_article(app: Flask, client: FlaskClient):
    with time_machine.travel(NOON, tick=False) as clock:
        article = make_article(app, section="World", published_at=NOON - timedelta(hours=1))
        client.get(article.url)
        make_article(app, section="Science", published_at=NOON + timedelta(hours=1))
        assert "Science" not in client.get(article.url).get_data(as_text=True)
        clock.move_to(NOON + timedelta(hours=1))
        assert "Science" in client.get(article.url).get_data(as_text=True)


def test_comments_close_at_their_second(app: Flask, client: FlaskClient):
    with time_machine.travel(NOON, tick=False) as clock:
        article = make_article(app, published_at=NOON - timedelta(hours=1))
        with app.app_context():
            found = article_to_change(article.slug)
            assert found is not None
            found.comments_close_at = NOON + timedelta(minutes=1)
            db.session.commit()
        assert "comment-form" in client.get(article.url).get_data(as_text=True)
        clock.move_to(NOON + timedelta(seconds=59))
        assert "comment-form" in client.get(article.url).get_data(as_text=True)
        clock.move_to(NOON + timedelta(minutes=1))
        assert 'id="comment-form"' not in client.get(article.url).get_data(as_text=True)


def test_the_masthead_has_the_next_date_from_midnight_on(app: Flask, client: FlaskClient):
    with time_machine.travel(NOON, tick=False) as clock:
        make_article(app, published_at=NOON - timedelta(hours=1))
        assert "25 November 2026" in client.get("/").get_data(as_text=True)
        clock.move_to(NOON + timedelta(hours=12))
        assert "Thursday 26 November 2026" in client.get("/").get_data(as_text=True)
