"""The author token: a reader may ask to be remembered, and only what this site signed counts."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.comments.remembering import COOKIE
from davidson.comments.states import change_state, lock_article_of
from davidson.comments.status import CommentStatus
from davidson.config import CommentsMode
from davidson.database import db
from tests.factories import Made, make_article
from tests.pages import Page, read


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(comments=CommentsMode.HOLD_FIRST)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app)


def send(client: FlaskClient, article: Made, body: str, **values: str) -> Page:
    filled = {"name": "Ada", "email": "ada@example.org", "body": body} | values
    sent = read(client, article.url).submit("#comment-form", **filled)
    assert sent.status == 303
    return sent


def state(page: Page) -> str:
    (title,) = page.follow().texts("p.notice__title")
    return {"Published": "approved", "Received, and waiting for a moderator": "pending"}[title]


def decide_all(app: Flask, status: CommentStatus = CommentStatus.APPROVED) -> None:
    with app.app_context():
        for comment in db.session.scalars(select(Comment).where(Comment.status != status)):
            lock_article_of(comment.article_id)
            change_state(comment, status, action="comment.set", actor=SHELL, now=utcnow())
        db.session.commit()


def cookie_of(answer: Page) -> str:
    """The header that sets the author's cookie."""
    (header,) = answer.headers.getlist("Set-Cookie")
    return str(header)


def value_of(answer: Page) -> str:
    return cookie_of(answer).partition(";")[0].partition("=")[2]


def client_with(app: Flask, value: str) -> FlaskClient:
    """A device that keeps that value under the cookie's name."""
    client = app.test_client()
    client.set_cookie(COOKIE, value, path="/articles")
    return client


def test_only_the_answer_to_a_post_that_asks_for_it_sets_the_cookie(client, article):
    assert "Set-Cookie" not in send(client, article, "One.").headers
    answer = send(client, article, "Two.", remember="y")
    attributes = {part.strip() for part in cookie_of(answer).split(";")[1:]}
    assert {"HttpOnly", "Path=/articles", "SameSite=Strict", "Max-Age=31536000"} <= attributes
    assert "Domain" not in cookie_of(answer) and "Secure" not in attributes
    assert "Set-Cookie" not in answer.follow().headers
    assert "Set-Cookie" not in client.get(article.url).headers


def test_a_form_that_is_given_back_sets_no_cookie_and_keeps_the_tick(client, article):
    page = read(client, article.url).submit("#comment-form", name="Ada", body="", remember="y")
    assert page.status == 422
    assert "Set-Cookie" not in page.headers
    assert "checked" in page.one("input[name=remember]").attributes


def test_over_https_the_cookie_is_for_https_alone(make_app, article):
    client = make_app(base_url="https://news.example.org").test_client()
    form = client.get(article.url, base_url="https://news.example.org")
    assert form.status_code == 200
    action, values = read(client, article.url, base_url="https://news.example.org").form("#comment-form")
    sent = values | {"name": "Ada", "body": "One.", "remember": "y"}
    answer = client.post(action, data=sent, base_url="https://news.example.org")
    assert "Secure" in [part.strip() for part in answer.headers["Set-Cookie"].split(";")]


def test_hold_first_trusts_the_device_once_a_comment_was_approved(app, client, article):
    assert state(send(client, article, "My first.", remember="y")) == "pending"
    assert state(send(client, article, "Before any decision.")) == "pending"
    decide_all(app)
    assert state(send(client, article, "After the approval.")) == "approved"
    assert state(send(client, article, "Under another name.", name="Bo", email="")) == "approved"


def test_how_many_approved_comments_earn_trust_is_a_setting(make_app, article):
    app = make_app(comments=CommentsMode.HOLD_FIRST, trust_after=3)
    client = app.test_client()
    for number in range(3):
        assert state(send(client, article, f"Number {number}.", remember="y")) == "pending"
        decide_all(app)
    assert state(send(client, article, "The fourth.")) == "approved"
    with app.app_context():
        said = [comment.findings[0]["detail"] for comment in db.session.scalars(select(Comment)) if comment.findings]
    assert said == ["The sender has fewer than 3 approved comments."] * 3


def test_a_name_and_an_address_without_the_cookie_earn_nothing(app, client, article):
    send(client, article, "My first.", remember="y")
    decide_all(app)
    assert state(send(app.test_client(), article, "Said the same Ada.")) == "pending"


def test_a_comment_that_was_not_remembered_earns_nothing_when_approved(app, client, article):
    send(client, article, "My first.")
    decide_all(app)
    assert state(send(client, article, "My second.", remember="y")) == "pending"


@pytest.mark.parametrize("status", [CommentStatus.REJECTED, CommentStatus.SPAM, CommentStatus.DELETED])
def test_trust_goes_with_the_only_approved_comment(app, client, article, status):
    send(client, article, "My first.", remember="y")
    decide_all(app)
    decide_all(app, status)
    assert state(send(client, article, "My second.")) == "pending"


def test_a_forged_or_changed_cookie_is_ignored(app, client, article):
    value = value_of(send(client, article, "My first.", remember="y"))
    decide_all(app)
    token, _, signature = value.partition(".")
    forged = [
        "",
        ".",
        "x",
        token,
        f"{token}.",
        f".{signature}",
        f"{token}.{token}",
        f"{signature}.{token}",
        f"{token}x.{signature}",
        f"{token}.{signature}x",
        f"{token}.{signature[:-1]}",
        f"{token}..{signature}",
        f"{token}.{signature}.{signature}",
        value.swapcase(),
        "é.é",
        "\udcff.\udcff".encode("utf-8", "replace").decode(),
        "x" * 3000,
    ]
    for number, other in enumerate(forged):
        device = client_with(app, other)
        assert state(send(device, article, f"Forged comment number {number}.")) == "pending", other
    assert state(send(client_with(app, value), article, "The real one.")) == "approved"


def test_bytes_that_are_no_text_in_the_cookie_are_ignored(app, client, article):
    action, values = read(client, article.url).form("#comment-form")
    sent = values | {"name": "Ada", "body": "One."}
    for raw in (
        "davidson_author=\xff\xfe.\xff",
        'davidson_author="\\377.\\000"',
        "davidson_author",
        "=",
        ";;",
        "\xed\xa0\x80",
    ):
        answer = client.post(action, data=sent, headers={"Cookie": raw, "Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 303


def test_the_cookie_of_another_site_is_ignored(make_app, app, client, article):
    other = make_app(comments=CommentsMode.HOLD_FIRST, secret_keys=("the key of another site altogether",))
    foreign = value_of(send(other.test_client(), article, "Over there.", remember="y"))
    decide_all(app)
    assert state(send(client_with(other, foreign), article, "At home.")) == "approved"
    assert state(send(client_with(app, foreign), article, "Abroad.")) == "pending"


def test_a_cookie_from_under_the_key_before_this_one_is_still_good(make_app, app, client, article, settings):
    value = value_of(send(client, article, "My first.", remember="y"))
    decide_all(app)
    keys = ("another key of the site", *settings.secret_keys)
    turned = make_app(comments=CommentsMode.HOLD_FIRST, secret_keys=keys)
    assert state(send(client_with(turned, value), article, "My second.")) == "approved"


def test_a_device_that_is_remembered_keeps_its_token(app, client, article):
    first = value_of(send(client, article, "My first.", remember="y"))
    assert value_of(send(client, article, "My second.", remember="y")) == first
    with app.app_context():
        keys = set(db.session.scalars(select(Comment.author_key)))
    assert len(keys) == 1 and None not in keys
    assert value_of(send(app.test_client(), article, "Somebody else.", remember="y")) != first


def test_the_same_form_sent_twice_is_given_the_same_token(app, article):
    answers = [send(app.test_client(), article, "Twice.", remember="y") for _ in range(2)]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert value_of(answers[0]) == value_of(answers[1])


def test_the_store_knows_no_token(app, client, article):
    token = value_of(send(client, article, "My first.", remember="y")).partition(".")[0]
    with app.app_context():
        (key,) = db.session.scalars(select(Comment.author_key))
    assert len(token) == 43
    assert key is not None and token not in key


def test_a_reader_may_be_forgotten(app, client, article):
    receipt = send(client, article, "My first.", remember="y").follow()
    decide_all(app)
    (form,) = [form for form in receipt.all("form") if form.attributes["action"].endswith("/forget")]
    token = form.one("input[name=csrf_token]").attributes["value"]
    answer = client.post(form.attributes["action"], data={"csrf_token": token})
    assert (answer.status_code, answer.headers["Location"]) == (303, receipt.response.request.path)
    assert "Max-Age=0" in answer.headers["Set-Cookie"] and "Path=/articles" in answer.headers["Set-Cookie"]
    assert client.get_cookie(COOKIE, path="/articles") is None
    assert state(send(client, article, "As a stranger.")) == "pending"


def test_nobody_is_offered_to_be_forgotten_who_never_asked_to_be_remembered(client, article):
    receipt = send(client, article, "One.").follow()
    assert not [form for form in receipt.all("form") if form.attributes["action"].endswith("/forget")]


def test_no_public_page_depends_on_the_cookie(app, client, article):
    send(client, article, "My first.", remember="y")
    decide_all(app)
    mine, theirs = client.get(article.url), app.test_client().get(article.url)
    assert mine.get_data() == theirs.get_data()
    assert mine.headers["Vary"] == "Accept-Encoding" and "Set-Cookie" not in mine.headers
