"""A preview before sending: how a comment will look, with nothing stored and nothing lost."""

import pytest
from flask import Flask
from limits import parse
from sqlalchemy import func, select

from davidson.audit.models import AuditEntry
from davidson.comments.models import Comment
from davidson.config import CommentsMode
from davidson.database import db
from davidson.web.limits import Throttle
from tests.comments.holding import decide
from tests.desks import hire
from tests.factories import Made, make_article, make_comment
from tests.pages import Page, read

TYPED = {"name": "Ada", "email": "ada@example.org", "body": "*At* last,\n<b>we</b> https://example.org/"}


@pytest.fixture
def app(make_app) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH, comment_limit=parse("2 per hour"))


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app)


def preview(page: Page, **values: str) -> Page:
    return page.submit("#comment-form", **({"preview": "yes"} | TYPED | values))


def stored(app: Flask) -> list[int]:
    with app.app_context():
        return [db.session.scalar(select(func.count()).select_from(kind)) or 0 for kind in (Comment, Throttle)]


def test_a_preview_shows_the_comment_as_it_will_look(app, client, article):
    page = preview(read(client, article.url))
    assert page.status == 200
    shown = page.one(".preview").one("article.comment")
    assert shown.one(".comment__name").text == "Ada"
    assert shown.one("em").text == "At"
    assert "<b>we</b>" in shown.text and shown.all("b") == []
    assert shown.one("div.comment__text a").attributes["rel"] == "nofollow ugc noopener"
    sent = page.submit("#comment-form")
    assert sent.status == 303
    with app.app_context():
        waiting = db.session.scalars(select(Comment.id)).one()
    decide(app, Made(waiting, article.slug), "approved")  # It has a link, so it waits.
    published = read(client, article.url).one("article.comment")
    assert published.one("div.comment__text").raw_text() == shown.one("div.comment__text").raw_text()


def test_a_preview_keeps_what_was_typed_and_stores_nothing(app, client, article):
    with app.app_context():
        entries = len(list(db.session.scalars(select(AuditEntry.id))))
    page = preview(read(client, article.url), remember="y")
    for _ in range(4):
        page = preview(page)
        assert page.status == 200
    assert {name: page.form("#comment-form")[1][name] for name in TYPED} == TYPED
    assert "checked" in page.one("#remember").attributes
    assert "Set-Cookie" not in page.headers and page.headers["Cache-Control"] == "no-store"
    assert stored(app) == [0, 0]
    with app.app_context():
        assert len(list(db.session.scalars(select(AuditEntry.id)))) == entries


def test_the_button_stands_beside_the_other_which_comes_first(client, article):
    buttons = read(client, article.url).all("#comment-form button")
    assert [(button.text, button.attributes.get("name", "")) for button in buttons] == [
        ("Send comment", ""),
        ("Preview", "preview"),
    ]


@pytest.mark.parametrize("wrong", [{"body": ""}, {"name": " "}, {"email": "x"}, {"body": "x" * 5001}])
def test_a_preview_of_what_cannot_be_sent_says_what_is_wrong(client, article, wrong):
    page = preview(read(client, article.url), **wrong)
    assert page.status == 422
    assert page.all("p.field__fault") and page.all(".preview") == []


def test_a_preview_under_a_name_of_the_staff_is_refused_as_the_comment_would_be(app, client, article):
    hire(app, name="Ada Lovelace")
    page = preview(read(client, article.url), name="Ad\u0430 LOVELACE")
    assert page.status == 422
    assert page.texts("p.field__fault") and page.all(".preview") == []
    assert page.texts("p.field__fault") == preview(page, name="Ada Lovelace", preview="").texts("p.field__fault")


def test_a_preview_from_elsewhere_is_refused(client, article):
    assert preview(read(client, article.url), csrf_token="x").status == 400
    forged = read(client, article.url).submit(
        "#comment-form", headers={"Sec-Fetch-Site": "cross-site"}, preview="yes", **TYPED
    )
    assert forged.status == 400 and forged.all(".preview") == []


def test_a_preview_of_a_reply_stays_one(app, client, article):
    comment = make_comment(app, article, name="Bo")
    form = read(client, f"{article.url}?reply={comment.id}")
    page = preview(form)
    assert page.form("#comment-form")[1]["parent"] == str(comment.id)
    assert "In reply to Bo" in page.one(".comment-form__answered").text
    decide(app, comment, "rejected")
    assert preview(form).status == 404


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        (CommentsMode.HOLD_ALL, "A moderator reads each comment"),
        (CommentsMode.HOLD_FIRST, "A first comment is read by a moderator"),
        (CommentsMode.PUBLISH, "Most comments are published at once"),
    ],
)
def test_how_it_will_be_treated_is_said_of_all_alike(make_app, article, mode, said):
    client = make_app(comments=mode).test_client()
    harmless, suspect = (
        preview(read(client, article.url), body=body) for body in ("A kind word.", "https://a.example/ " * 9)
    )
    assert said in harmless.one("p.sheet__small").text
    assert harmless.one("p.sheet__small").text == suspect.one("p.sheet__small").text


def test_there_is_no_preview_where_comments_are_closed(make_app, client, article):
    page = read(client, article.url)
    page.client = make_app(comments=CommentsMode.CLOSED).test_client()
    assert preview(page).status == 403
