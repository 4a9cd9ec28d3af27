"""What proxies in front are told: the tags of a commit to drop, and how long they may keep a page until then."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from davidson.articles.publishing import article_to_change
from davidson.clock import utcnow
from davidson.database import db
from davidson.outbox.draining import drain_once
from davidson.outbox.models import Message
from davidson.outbox.posting import PostRefused
from davidson.pagecache.purging import purge, queue_purge
from tests.factories import make_article, make_comment
from tests.sink import Sink, running_sink

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as sink:
        yield sink


@pytest.fixture
def purging(make_app, sink: Sink) -> Flask:
    """A site with a proxy in front."""
    app: Flask = make_app(purge_url=sink.url, shared_max_age=60)
    return app


def drain(app: Flask) -> None:
    with app.app_context():
        while drain_once(app, utcnow()):
            pass


def waiting(app: Flask) -> list[Message]:
    with app.app_context():
        return db.session.query(Message).all()


def test_the_tags_of_many_commits_are_purged_with_one_request(purging: Flask, sink: Sink):
    article = make_article(purging, section="World")
    make_comment(purging, article)
    make_comment(purging, article)
    assert len(waiting(purging)) >= 3
    drain(purging)
    [request] = sink.received
    assert (request.method, request.path, request.headers["Content-Length"]) == ("POST", "/purge?now", "0")
    assert {f"article:{article.id}", "front", "masthead"} < sink.tags
    assert request.headers["Cache-Tag"].split(",") == request.headers["Surrogate-Key"].split() == sorted(sink.tags)
    assert "Fastly-Key" not in request.headers
    assert waiting(purging) == []


def test_a_purge_that_fails_is_sent_again(purging: Flask, sink: Sink):
    sink.statuses = [503]
    make_article(purging)
    drain(purging)
    assert {message.last_error for message in waiting(purging)} == {"PostRefused: 503 Service Unavailable"}
    with purging.app_context():
        assert drain_once(purging, utcnow() + timedelta(seconds=2))
    assert len(sink.received) == 2
    assert sink.received[0].headers["Surrogate-Key"] == sink.received[1].headers["Surrogate-Key"]
    assert waiting(purging) == []


def test_nothing_is_queued_where_no_proxy_is_told(app: Flask):
    make_article(app)
    assert waiting(app) == []


def test_a_change_that_is_rolled_back_purges_nothing(purging: Flask):
    make_article(purging)
    drain(purging)
    with purging.app_context():
        queue_purge(["article:1"], now=NOON)
        db.session.flush()
        db.session.rollback()
    assert waiting(purging) == []


def test_what_waits_is_dropped_where_no_url_is_set_any_more(purging: Flask, app: Flask, sink: Sink):
    make_article(purging)
    drain(app)
    assert waiting(app) == []
    assert sink.received == []


def test_a_large_change_takes_several_requests_of_bearable_size(sink: Sink):
    tags = {f"article:{number}" for number in range(600)} | {f"tag:{'9' * 900}{number}" for number in range(20)}
    purge(tags, url=sink.url, token="secret")
    assert sink.tags == tags
    assert all(len(request.headers["Surrogate-Key"]) < 8000 for request in sink.received)
    assert all(len(request.headers["Surrogate-Key"].split()) <= 256 for request in sink.received)
    assert {request.headers["Fastly-Key"] for request in sink.received} == {"secret"}


@pytest.mark.parametrize("status", [301, 403, 500])
def test_any_answer_but_success_is_a_failure(sink: Sink, status: int):
    sink.statuses = [status]
    with pytest.raises(PostRefused, match=str(status)):
        purge(["front"], url=sink.url)


def test_a_proxy_may_keep_a_page_only_where_it_is_told_what_to_drop(purging: Flask, app: Flask):
    article = make_article(purging, section="World")
    told, untold = purging.test_client(), app.test_client()
    for _ in range(2):  # Made by Flask, then answered ahead of it.
        for path in ("/", article.url, "/sections/world"):
            first = told.get(path)
            assert first.headers.get_all("Cache-Control") == ["public, max-age=0, must-revalidate, s-maxage=60"]
            assert "masthead" in first.headers["Surrogate-Key"].split()
            same = told.get(path, headers={"If-None-Match": first.headers["ETag"]})
            assert same.status_code == 304
            assert same.headers["Cache-Control"] == first.headers["Cache-Control"]
            assert same.headers["Surrogate-Key"] == first.headers["Surrogate-Key"]
            assert untold.get(path).headers.get_all("Cache-Control") == ["public, no-cache"]
            assert "Surrogate-Key" not in untold.get(path).headers
    assert f"article:{article.id}" in told.get("/").headers["Surrogate-Key"].split()
    for path in ("/articles/none", "/staff/login", "/healthz"):
        assert "s-maxage" not in told.get(path).headers.get("Cache-Control", "")


def test_no_proxy_keeps_a_page_beyond_its_own_end(purging: Flask):
    client: FlaskClient = purging.test_client()
    with time_machine.travel(NOON, tick=False) as clock:
        article = make_article(purging, published_at=NOON - timedelta(hours=1))
        with purging.app_context():
            found = article_to_change(article.slug)
            assert found is not None
            found.comments_close_at = NOON + timedelta(minutes=5)
            db.session.commit()
        for seconds_left, told in ((61, "s-maxage=60"), (59.5, "s-maxage=59"), (1, "s-maxage=1")):
            clock.move_to(NOON + timedelta(minutes=5) - timedelta(seconds=seconds_left))
            assert client.get(article.url).headers["Cache-Control"].endswith(told)
        clock.move_to(NOON + timedelta(minutes=5) - timedelta(milliseconds=900))
        last = client.get(article.url)
        assert last.headers["Cache-Control"] == "public, no-cache"
        assert "Surrogate-Key" not in last.headers
