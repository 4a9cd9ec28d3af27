"""Sending a comment: every answer of the interface, seen from outside."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits import parse
from sqlalchemy import event

from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.config import CommentsMode
from davidson.database import db
from tests.factories import Made, make_article, make_comment
from tests.pages import Page, page_of, read


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app, headline="Mayor resigns")


def send(client: FlaskClient, article: Made, *, headers: dict[str, str] | None = None, **values: str) -> Page:
    filled = {"name": "Ada", "body": "At last."} | values
    return read(client, article.url).submit("#comment-form", headers=headers, **filled)


def stored(app: Flask) -> int:
    with app.app_context():
        return db.session.query(Comment).count()


def test_a_sound_comment_is_stored_and_answered_with_its_receipt(client, article):
    sent = send(client, article)
    assert sent.status == 303
    assert sent.headers["Location"].startswith("/comments/")
    assert sent.follow().texts("p.notice__title") == ["Published"]
    assert read(client, article.url).texts("article.comment div.comment__text") == ["At last."]


def test_a_comment_takes_one_connection_once(app, client, article):
    form = read(client, article.url)
    taken: list[object] = []
    with app.app_context():
        pool = db.engine.pool
    event.listen(pool, "checkout", lambda *taken_with: taken.append(taken_with))
    assert form.submit("#comment-form", name="Ada", body="At last.").status == 303
    assert len(taken) == 1


def test_the_page_of_an_approved_comment_shows_it_under_its_id(app, client, article):
    comment = make_comment(app, article, name="Grace", source="Well *done*.")
    shown = read(client, article.url).one(f"article#comment-{comment.id}")
    assert "Grace" in shown.text
    assert shown.texts("em") == ["done"]


def test_the_same_form_sent_twice_is_one_comment_with_one_receipt(app, client, article):
    first = send(client, article)
    again = send(client, article)
    assert first.headers["Location"] == again.headers["Location"]
    assert stored(app) == 1


def test_another_name_or_text_makes_another_comment(app, client, article):
    receipts = {
        send(client, article, **values).headers["Location"]
        for values in ({}, {"name": "Grace"}, {"body": "At long last."}, {"email": "ada@example.org"})
    }
    assert len(receipts) == stored(app) == 4


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"body": ""}, "Please write something."),
        ({"body": " \u200b\n\t "}, "Please write something."),
        ({"body": "x" * 5001}, "5,001 characters"),
        ({"name": ""}, "Please give a name."),
        ({"name": "x" * 61}, "at most 60"),
        ({"email": "not-an-address"}, "not an e-mail address"),
    ],
)
def test_bad_input_gives_the_form_back_with_the_error_and_what_was_typed(app, client, article, values, fault):
    page = send(client, article, **values)
    assert page.status == 422
    (said,) = page.texts("p.field__fault")
    assert fault in said
    kept = page.form("#comment-form")[1]
    typed = {"name": "Ada", "body": "At last.", "email": ""} | values
    assert kept["body"] == typed["body"]
    assert (kept["name"], kept["email"]) == (typed["name"], typed["email"])
    assert stored(app) == 0


def test_a_comment_may_have_exactly_5000_characters_with_the_browsers_line_ends(app, client, article):
    body = "ab\n" * 1666 + "cd"
    assert len(body) == 5000
    assert send(client, article, body=body.replace("\n", "\r\n")).status == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": ""},
    ],
)
def test_a_form_from_another_site_is_given_back_with_400(app, client, article, headers):
    page = send(client, article, headers=headers)
    assert page.status == 400
    assert page.form("#comment-form")[1]["body"] == "At last."
    assert stored(app) == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "http://evil.example"}, 400),
        ({"Origin": "http://sub.localhost"}, 400),
        ({"Origin": "null"}, 400),
        ({"Origin": "null", "Referer": "http://localhost/"}, 400),
        ({"Referer": "http://localhost/articles/x"}, 303),
        ({"Referer": "http://evil.example/http://localhost/"}, 400),
        ({"Origin": "http://[bad"}, 400),
        ({}, 303),
    ],
)
def test_an_older_browser_is_known_by_its_origin_or_referer(client, article, headers, status):
    action, values = read(client, article.url).form("#comment-form")
    response = client.post(action, data=values | {"name": "Ada", "body": "At last."}, headers=headers)
    assert response.status_code == status


@pytest.mark.parametrize("token", ["", "x", "é" * 40, "\ud800", "A" * 43])
def test_a_missing_or_forged_token_is_400_and_keeps_what_was_typed(app, client, article, token):
    page = send(client, article, csrf_token=token.encode("utf-8", "replace").decode())
    assert page.status == 400
    assert page.form("#comment-form")[1]["body"] == "At last."
    assert stored(app) == 0


def test_another_articles_token_is_refused(app, client, article):
    other = make_article(app)
    token = read(client, other.url).form("#comment-form")[1]["csrf_token"]
    assert send(client, article, csrf_token=token).status == 400


def test_the_form_given_back_can_be_sent_again(client, article):
    page = send(client, article, body="")
    assert page.submit("#comment-form", body="Now with words.").status == 303


def test_a_token_made_with_the_key_before_this_one_is_still_good(make_app, app, client, article, settings):
    action, values = read(client, article.url).form("#comment-form")
    turned = make_app(comments=CommentsMode.PUBLISH, secret_keys=("another key of the site", *settings.secret_keys))
    response = turned.test_client().post(action, data=values | {"name": "Ada", "body": "At last."})
    assert response.status_code == 303


@pytest.mark.parametrize("published_at", [None, timedelta(hours=1)])
def test_an_article_that_readers_do_not_see_takes_no_comment(app, client, published_at):
    at = utcnow() + published_at if published_at else None
    hidden = make_article(app, published=at is not None, published_at=at)
    response = client.post(f"{hidden.url}/comments", data={"name": "Ada", "body": "At last."})
    assert response.status_code == 404
    page_of(client, response)


def test_closed_comments_give_back_what_was_typed_with_403(make_app, app, article):
    client = make_app(comments=CommentsMode.CLOSED).test_client()
    assert read(client, article.url).all("form#comment-form") == []
    page = page_of(client, client.post(f"{article.url}/comments", data={"name": "Ada", "body": "<b>At</b> last."}))
    assert page.status == 403
    assert page.one("textarea").raw_text().strip() == "<b>At</b> last."


def test_more_than_64_kib_are_413(client, article):
    response = client.post(f"{article.url}/comments", data={"name": "Ada", "body": "x" * 66_000})
    assert response.status_code == 413
    page_of(client, response)


def test_over_the_limit_is_429_with_everything_kept(make_app, app, article):
    client = make_app(comments=CommentsMode.PUBLISH, comment_limit=parse("2 per minute")).test_client()
    assert [send(client, article, body=f"Comment {n}").status for n in range(2)] == [303, 303]
    page = send(client, article, body="One more", name="Zoë")
    assert page.status == 429
    assert 1 <= int(page.headers["Retry-After"]) <= 60
    assert page.form("#comment-form")[1]["body"] == "One more"
    assert stored(app) == 2


def test_a_typing_error_does_not_count_against_the_limit(make_app, article):
    client = make_app(comments=CommentsMode.PUBLISH, comment_limit=parse("1 per minute")).test_client()
    assert [send(client, article, body="").status for _ in range(3)] == [422, 422, 422]
    assert send(client, article).status == 303


def test_a_reply_names_whom_it_answers(app, client, article):
    comment = make_comment(app, article, name="Grace")
    page = read(client, f"{article.url}?reply={comment.id}")
    assert page.form("#comment-form")[1]["parent"] == str(comment.id)
    page.submit("#comment-form", name="Ada", body="I agree.")
    (reply,) = (
        read(client, article.url).all("article.comment article.comment")
        or read(client, article.url).all("article.comment")[1:]
    )
    assert "Grace" in reply.text
    assert "I agree." in reply.text


@pytest.mark.parametrize("status", ["pending", "rejected", "spam", "deleted"])
def test_no_reply_can_be_sent_to_a_comment_that_is_not_shown(app, client, article, status):
    comment = make_comment(app, article, status=status)
    assert client.get(f"{article.url}?reply={comment.id}").status_code == 404
    assert send(client, article, parent=str(comment.id)).status == 404
    assert stored(app) == 1


@pytest.mark.parametrize("parent", ["0", "-1", "abc", "9" * 30, "1e3", "٣"])
def test_a_parent_that_is_no_comment_is_404(client, article, parent):
    assert send(client, article, parent=parent).status == 404


def test_a_comment_of_another_article_cannot_be_answered_here(app, client, article):
    other = make_comment(app, make_article(app))
    assert send(client, article, parent=str(other.id)).status == 404


def test_a_public_page_is_the_same_bytes_for_everyone_and_sets_no_cookie(app, client, article):
    send(client, article, remember="y")
    mine = client.get(article.url)
    other = app.test_client().get(article.url, headers={"Cookie": "davidson_staff=x", "User-Agent": "other"})
    assert mine.get_data() == other.get_data()
    assert "Set-Cookie" not in mine.headers
    assert mine.headers["Vary"] == "Accept-Encoding"
    assert mine.headers["Cache-Control"] == "public, no-cache"


def test_an_unchanged_page_is_304_and_a_changed_one_is_not(client, article):
    etag = client.get(article.url).headers["ETag"]
    assert not etag.startswith("W/")
    assert client.get(article.url, headers={"If-None-Match": etag}).status_code == 304
    send(client, article)
    assert client.get(article.url, headers={"If-None-Match": etag}).status_code == 200


def test_what_was_typed_is_stored_as_typed(app, client, article):
    body = "“Curly” & <b>tags</b>\u00a0— *em*\n> quote\nمرحبا"
    send(client, article, body=body)
    with app.app_context():
        assert db.session.query(Comment.source).scalar() == body


def test_a_nul_cannot_break_the_store(app, client, article):
    assert send(client, article, body="a\0b", name="A\0da", email="").status == 303
    with app.app_context():
        assert db.session.query(Comment.source).scalar() == "ab"
