"""How long a form was open: signed, measured where it can be, and never an error where it cannot."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from davidson.clock import utcnow
from davidson.comments.pace import LONGEST, seconds_since, started_token
from davidson.config import CommentsMode
from tests.comments.sending import PUBLISHED, WAITS, newest, send
from tests.factories import Made, make_article
from tests.pages import read


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app)


@pytest.fixture
def paced(make_app: Callable[..., Flask]) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH, comment_min_seconds=3)


def test_the_moment_of_the_first_focus_is_signed_and_for_nobody_to_keep(client, app):
    answer = client.get("/comments/started")
    assert answer.mimetype == "text/plain"
    assert re.fullmatch(r"[0-9]{13}\.[A-Za-z0-9_-]{43}", answer.get_data(as_text=True))
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    with app.test_request_context():
        seconds = seconds_since(answer.get_data(as_text=True), utcnow())
    assert seconds is not None and 0 <= seconds < 60


@pytest.mark.parametrize(
    ("seconds", "state", "evidence"),
    [(0, WAITS, "0.0 s"), (2.9, WAITS, "2.9 s"), (3, PUBLISHED, None), (600, PUBLISHED, None)],
)
def test_a_form_that_comes_back_too_soon_waits(paced, article, seconds, state, evidence):
    client = paced.test_client()
    with time_machine.travel(utcnow(), tick=False) as clock:
        page = read(client, article.url)
        started = client.get("/comments/started").get_data(as_text=True)
        clock.shift(seconds)
        page.submit("#comment-form", name="Ada", body="At last.", started=started)
    found, findings = newest(paced)
    assert found == state
    assert findings.get("pace", {}).get("evidence") == evidence


def test_without_a_measured_time_there_is_a_note_and_no_waiting(paced, article):
    send(paced.test_client(), article)
    state, findings = newest(paced)
    assert (state, findings["pace"]["status"]) == (PUBLISHED, PUBLISHED)


@pytest.mark.parametrize("min_seconds", [0, 5])
def test_the_least_time_is_the_operators(make_app, article, min_seconds):
    app = make_app(comments=CommentsMode.PUBLISH, comment_min_seconds=min_seconds)
    client = app.test_client()
    with time_machine.travel(utcnow(), tick=False) as clock:
        started = client.get("/comments/started").get_data(as_text=True)
        clock.shift(4)
        read(client, article.url).submit("#comment-form", name="Ada", body="At last.", started=started)
    assert newest(app)[0] == (WAITS if min_seconds else PUBLISHED)


def test_a_forged_or_foreign_moment_is_no_moment(app, settings):
    now = utcnow()
    with app.test_request_context():
        token = started_token(now)
        moment, _, signature = token.partition(".")
        assert seconds_since(token, now + timedelta(seconds=5)) == pytest.approx(5, abs=0.01)
        others = [None, "", ".", "x", moment, f"{moment}.", f"{int(moment) - 5000}.{signature}", f".{signature}"]
        others += [f" {token}", f"{token} ", f"-{token}", f"{'9' * 400}.{signature}", f"٣.{signature}", "\ud800.\ud800"]
        assert [seconds_since(other, now) for other in others] == [None] * len(others)
        assert seconds_since(token, now + timedelta(seconds=LONGEST + 1)) is None
        assert seconds_since(token, now - timedelta(seconds=1)) is None
