"""Heated threads slow down for a while and say so, on pages that are kept too."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from limits import parse

from davidson.clock import utcnow
from davidson.comments.heat import COOLING, PACE_MINUTES
from davidson.comments.models import Comment
from davidson.config import CommentsMode
from davidson.database import db
from tests.counting import queries_of
from tests.desks import browser
from tests.factories import Made, comment_now, make_article, make_comment
from tests.pages import Page, read

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def app(make_app) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH, heat=parse("3 per 10 minutes"))


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app)


@pytest.fixture
def head(app: Flask, article: Made) -> Made:
    return make_comment(app, article, name="Ada")


def answer(client: FlaskClient, comment: Made, body: str) -> Page:
    return read(client, f"{comment.url}?reply={comment.id}").submit("#comment-form", name="Bo", body=body)


def heat(app: Flask, head: Made) -> None:
    for number in range(4):
        make_comment(app, head, parent_id=head.id, source=f"Heated words, number {number}.")


def set_end(app: Flask, head: Made, until: datetime) -> None:
    with app.app_context():
        db.session.get_one(Comment, head.id).heated_until = until
        db.session.commit()


def test_many_replies_in_a_short_time_heat_their_thread_alone(app, client, article, head):
    other = make_comment(app, article)
    for number in range(3):
        make_comment(app, article, parent_id=head.id, source=f"Heated words, number {number}.")
    page = read(client, article.url)
    assert page.all("p.thread__heat") == []
    make_comment(app, article, parent_id=head.id)
    page = read(client, article.url)
    (said,) = page.all("p.thread__heat")
    until = comment_now(app, head).heated_until
    assert until is not None and COOLING - timedelta(minutes=1) < until - utcnow() <= COOLING
    assert said.one("time").attributes["datetime"] == f"{until:%Y-%m-%dT%H:%M:%SZ}"
    assert f"once in {PACE_MINUTES} minutes" in said.text
    assert comment_now(app, other).heated_until is None


def test_comments_that_begin_threads_heat_nothing(app, client, article):
    for number in range(6):
        make_comment(app, article, source=f"A thought of its own, number {number}.")
    assert read(client, article.url).all("p.thread__heat") == []


def test_a_network_replies_in_a_heated_thread_only_now_and_then(app, article, head):
    heat(app, head)
    reader, other = browser(app, address="192.0.2.1"), browser(app, address="198.51.100.1")
    assert answer(reader, head, "A first reply.").status == 303
    refused = answer(reader, head, "A second reply, at once.")
    assert refused.status == 429
    assert 100 < int(refused.headers["Retry-After"]) <= 60 * PACE_MINUTES
    assert "This thread is heated" in refused.one(".notice--fault").text
    assert refused.form("#comment-form")[1]["body"] == "A second reply, at once."
    assert refused.form("#comment-form")[1]["parent"] == str(head.id)
    assert answer(other, head, "From elsewhere.").status == 303
    elsewhere = make_comment(app, article)
    assert answer(reader, elsewhere, "In another thread.").status == 303
    assert read(reader, article.url).submit("#comment-form", name="Bo", body="On the article.").status == 303


def test_what_was_refused_counts_nothing(app, article, head):
    heat(app, head)
    reader = browser(app, address="192.0.2.1")
    answer(reader, head, "A first reply.")
    before = comment_now(app, head).reply_count
    assert [answer(reader, head, f"At once, {number}.").status for number in range(3)] == [429, 429, 429]
    assert comment_now(app, head).reply_count == before


def test_the_same_reply_sent_again_is_no_second_one(app, article, head):
    heat(app, head)
    reader = browser(app, address="192.0.2.1")
    page = read(reader, f"{article.url}?reply={head.id}")
    answers = [page.submit("#comment-form", name="Bo", body="Twice.") for _ in range(2)]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]


def test_a_thread_cools_when_it_said_that_it_would(app, client, article, head):
    heat(app, head)
    until = comment_now(app, head).heated_until
    make_comment(app, article, parent_id=head.id)
    assert comment_now(app, head).heated_until == until
    set_end(app, head, utcnow() - timedelta(seconds=1))
    assert read(client, article.url).all("p.thread__heat") == []
    reader = browser(app, address="192.0.2.1")
    assert [answer(reader, head, f"Cool again, {number}.").status for number in range(2)] == [303, 303]


def test_a_kept_page_is_another_at_the_second_in_which_a_thread_cools(app, client):
    with time_machine.travel(NOON, tick=False) as clock:
        article = make_article(app)
        heat(app, make_comment(app, article))
        assert read(client, article.url).all("p.thread__heat")
        clock.move_to(NOON + COOLING - timedelta(seconds=1))
        assert read(client, article.url).all("p.thread__heat")
        clock.move_to(NOON + COOLING)
        assert read(client, article.url).all("p.thread__heat") == []


def test_heat_can_be_switched_off(make_app):
    app = make_app(comments=CommentsMode.PUBLISH, heat=None)
    head = make_comment(app, make_article(app))
    heat(app, head)
    assert comment_now(app, head).heated_until is None


def test_reading_counts_nothing_and_a_reply_one_counter(make_app, article, head):
    app = make_app(comments=CommentsMode.PUBLISH, page_memory=0, heat=parse("3 per 10 minutes"))
    heat(app, head)
    client = app.test_client()
    with queries_of(app) as statements:
        read(client, article.url)
    assert not [statement for statement in statements if "throttle" in statement]
    cool = make_comment(app, article)
    page = read(client, f"{article.url}?reply={cool.id}")
    with queries_of(app) as statements:
        assert page.submit("#comment-form", name="Bo", body="A reply.").status == 303
    assert len([statement for statement in statements if "INTO throttle" in statement]) == 1
