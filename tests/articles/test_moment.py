"""Published at a moment that lies ahead: seen nowhere before that second, everywhere from it on, without any job."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from davidson.clock import utcnow
from davidson.database import db
from davidson.newsroom.queries import all_articles
from tests.factories import Made, make_article
from tests.pages import read

MOMENT = datetime(2027, 3, 28, 1, 0, 0, tzinfo=UTC)
HEADLINE = "Embargoed until one o’clock"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MOMENT - timedelta(hours=1), tick=False) as traveller:
        yield traveller


@pytest.fixture
def scheduled(app: Flask, clock: time_machine.Traveller) -> Made:
    """An article that is due at MOMENT, among others that are public."""
    make_article(app, slug="pointing", source="> **READ ALSO:** [Soon](/articles/due)", published_at=utcnow())
    make_article(app, slug="beside", tags=("Tag",), authors=("Ann Author",), published_at=utcnow())
    fields = {"tags": ("Tag", "Only here"), "authors": ("Ann Author", "Debut Ant"), "headline": HEADLINE}
    return make_article(app, slug="due", published_at=MOMENT, **fields)


SHARED_PLACES = ("/", "/sections/world", "/tags/tag", "/authors/ann-author", "/articles/beside", "/articles/pointing")
OWN_PLACES = ("/articles/due", "/tags/only-here", "/authors/debut-ant")


def comment(client: FlaskClient) -> int:
    """The answer to a comment whose form was had somehow."""
    sent = {"name": "Ada", "body": "First!"}
    return client.post("/articles/due/comments", data=sent).status_code


@pytest.mark.parametrize("before", [timedelta(hours=1), timedelta(seconds=1), timedelta(microseconds=1)])
def test_before_its_moment_an_article_is_seen_nowhere(app, client, clock, scheduled, before):
    clock.move_to(MOMENT - before)
    for path in SHARED_PLACES:
        page = read(client, path)
        assert page.status == 200
        assert HEADLINE not in page.html and "/articles/due" not in page.html, path
    assert [client.get(path).status_code for path in OWN_PLACES] == [404, 404, 404]
    assert comment(client) == 404


def test_from_its_moment_on_an_article_is_seen_everywhere(app, client, clock, scheduled):
    for path in SHARED_PLACES:
        read(client, path)
    clock.move_to(MOMENT)
    for path in (*SHARED_PLACES, *OWN_PLACES):
        page = read(client, path)
        assert page.status == 200
        assert HEADLINE in page.html, path
    assert read(client, "/articles/pointing").one("aside.read-also a").attributes["href"] == "/articles/due"
    assert comment(client) == 400, "the article is there, and only the form's token lacks"


def test_the_pages_of_before_are_not_taken_for_those_of_after(client, clock, scheduled):
    etags = {path: client.get(path).headers["ETag"] for path in SHARED_PLACES}
    clock.move_to(MOMENT)
    for path, etag in etags.items():
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_the_masthead_names_no_section_before_it_has_something_to_read(app, client, clock):
    make_article(app, section="Fresh section", published_at=MOMENT)
    assert "Fresh section" not in read(client, "/").html
    clock.move_to(MOMENT)
    assert read(client, "/").texts("ul.masthead__sections a") == ["Fresh section"]


def test_the_desk_calls_it_scheduled_and_then_published(app, clock, scheduled):
    def state() -> str:
        with app.app_context():
            states = {row.slug: row.state for row in all_articles(utcnow())}
            db.session.remove()
        return states["due"]

    assert state() == "scheduled"
    clock.move_to(MOMENT)
    assert state() == "published"


def test_no_restart_is_needed_while_the_clock_really_runs(app, client):
    moment = utcnow() + timedelta(seconds=3)
    make_article(app, slug="due", published_at=moment, headline=HEADLINE)
    early = [client.get(path).status_code for path in ("/articles/due",)]
    seen_early = HEADLINE in read(client, "/").html
    if utcnow() < moment:
        assert (early, seen_early) == ([404], False)
    time.sleep(max(0.0, (moment - utcnow()).total_seconds()))
    assert HEADLINE in read(client, "/articles/due").html
    assert HEADLINE in read(client, "/").html
