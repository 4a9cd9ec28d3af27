"""A hub is told of each article as it appears, once, from the transaction that publishes it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import time_machine
from flask import Flask
from sqlalchemy.engine import URL

from davidson.articles.manuscript import Manuscript
from davidson.articles.saving import save
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.database import db
from davidson.outbox.draining import drain_once
from davidson.outbox.models import Message
from tests.conftest import run_davidson
from tests.factories import make_article, make_comment
from tests.sink import Sink, running_sink
from tests.syndication.reading import FORMATS, ORIGIN, Reader, fetch, take_back

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def hub() -> Iterator[Sink]:
    with running_sink() as sink:
        yield sink


@pytest.fixture
def telling(make_app, hub: Sink) -> Flask:
    """A site with a hub."""
    app: Flask = make_app(websub_hub=hub.url, base_url=ORIGIN)
    app.test_client_class = Reader
    return app


def drain(app: Flask) -> None:
    with app.app_context():
        while drain_once(app, utcnow()):
            pass


def waiting(app: Flask) -> list[Message]:
    with app.app_context():
        return db.session.query(Message).all()


def told(hub: Sink) -> list[list[str]]:
    """The feeds that each request named."""
    found = []
    for request in hub.received:
        assert (request.method, request.headers["Content-Type"]) == ("POST", "application/x-www-form-urlencoded")
        mode, *feeds = parse_qsl(request.body.decode(), strict_parsing=True)
        assert mode == ("hub.mode", "publish") and {name for name, _ in feeds} == {"hub.url"}
        found.append([url for _, url in feeds])
    return found


def test_the_feeds_that_show_a_new_article_are_told_in_one_request(telling: Flask, hub: Sink):
    make_article(telling, section="World", tags=("Rivers",), authors=("Ann Author",))
    drain(telling)
    [feeds] = told(hub)
    places = ("", "/authors/ann-author", "/sections/world", "/tags/rivers")
    assert feeds == [f"{ORIGIN}{place}/feed.{name}" for place in places for name in FORMATS]
    for feed in feeds:
        body = fetch(telling.test_client(), feed.removeprefix(ORIGIN)).decode()
        assert hub.url in body and feed in body  # It names the hub and the address that the hub is told.
    assert waiting(telling) == []


def test_many_articles_are_told_together(telling: Flask, hub: Sink):
    for _ in range(5):
        make_article(telling, section="World")
    drain(telling)
    assert [len(feeds) for feeds in told(hub)] == [6]


def test_only_what_readers_see_change_is_told(telling: Flask, hub: Sink):
    article = make_article(telling, slug="one", headline="One", source="Text.", published_at=NOON)
    make_article(telling, slug="draft", published=False)
    drain(telling)
    make_comment(telling, article)
    make_article(telling, slug="one", headline="One", source="Text.", published_at=NOON, tags=("Rivers",))
    take_back(telling, article)
    drain(telling)
    assert len(hub.received) == 1
    make_article(telling, slug="one", headline="One", source="Another.", published_at=NOON)
    drain(telling)
    assert len(hub.received) == 2


def test_a_scheduled_article_is_told_after_its_second(telling: Flask, hub: Sink):
    with time_machine.travel(NOON, tick=False) as clock:
        make_article(telling, section="World", published_at=NOON + timedelta(minutes=5))
        gone = make_article(telling, section="Science", published_at=NOON + timedelta(minutes=5))
        drain(telling)
        clock.shift(299)
        drain(telling)
        assert hub.received == []
        take_back(telling, gone)
        clock.shift(1)
        drain(telling)
        [feeds] = told(hub)
        assert f"{ORIGIN}/sections/world/feed.atom" in feeds
        assert f"{ORIGIN}/sections/science/feed.atom" not in feeds


def test_what_the_hub_refuses_is_sent_again_and_then_no_more(telling: Flask, hub: Sink):
    hub.statuses = [500, 302]
    make_article(telling)
    with time_machine.travel(utcnow(), tick=False) as clock:
        for seconds in (1, 3, 3, 3, 3):
            drain(telling)
            clock.shift(seconds)
        assert len(hub.received) == 3
    assert len({request.body for request in hub.received}) == 1
    assert waiting(telling) == []


def test_an_article_that_is_rolled_back_is_not_told(telling: Flask, hub: Sink):
    with telling.app_context():
        manuscript = Manuscript(headline="One", slug="one", source="Text.")
        save(manuscript, actor=SHELL, now=utcnow(), media_folder=Path(telling.instance_path), publish=True)
        db.session.rollback()
    assert waiting(telling) == []
    drain(telling)
    assert hub.received == []


@pytest.mark.parametrize("chosen", [{}, {"websub_hub": "http://127.0.0.1:9/"}, {"base_url": ORIGIN}])
def test_nothing_is_queued_where_no_hub_can_be_told(make_app, chosen):
    app = make_app(**chosen)
    make_article(app)
    assert waiting(app) == []


def test_what_waits_is_dropped_where_no_hub_is_set_any_more(telling: Flask, app: Flask, hub: Sink):
    make_article(telling)
    drain(app)
    assert (waiting(app), hub.received) == ([], [])


def test_an_article_from_the_shell_is_told_by_the_worker(store: URL, hub: Sink, tmp_path: Path):
    (tmp_path / "mayor.md").write_text("---\ntitle: Mayor resigns\nsection: World\n---\nAt noon.\n")
    settings = {"DAVIDSON_WEBSUB_HUB": hub.url, "DAVIDSON_BASE_URL": ORIGIN}
    place = {"url": store, "instance": tmp_path / "instance", "check": True}
    run_davidson("article", "add", str(tmp_path / "mayor.md"), "--publish", **place, **settings)
    for _ in range(2):
        run_davidson("worker", "--once", **place, **settings)
    [feeds] = told(hub)
    assert len(feeds) == 6
