"""The editors' desk: every article with its state, and taking one back with a reason."""

from datetime import timedelta

import pytest
from flask import Flask

from davidson.accounts.models import Role
from davidson.clock import utcnow
from davidson.newsroom.queries import PAGE_SIZE
from tests.desks import audit_log, browser, on_duty
from tests.factories import make_article, make_comment
from tests.pages import Page, read

DESK = "/staff/newsroom/"
EDITORS = (Role.EDITOR, Role.ADMIN)


def headlines(page: Page) -> list[str]:
    return page.texts(".desk-article__headline")


def place(article_id: object) -> str:
    return f"{DESK}articles/{article_id}/take-back"


def test_only_the_newsroom_enters(app: Flask):
    assert browser(app).get(DESK).status_code == 303
    assert on_duty(app, Role.MODERATOR).get(DESK).status_code == 403
    for role in (Role.AUTHOR, *EDITORS):
        assert on_duty(app, role).get(DESK).status_code == 200


def test_an_empty_desk_says_how_articles_come(app: Flask):
    page = read(on_duty(app, Role.AUTHOR), DESK)
    assert page.texts(".empty__title") == ["There are no articles yet"]
    assert "davidson article add" in page.one(".empty").text


def test_articles_stand_with_their_state_the_last_one_first(app: Flask):
    published = make_article(app, headline="Out", section="City")
    make_comment(app, published)
    make_article(app, headline="Draft", published=False, published_at=None)
    make_article(app, headline="Tomorrow", published_at=utcnow() + timedelta(days=1))
    page = read(on_duty(app, Role.EDITOR), DESK)
    assert headlines(page) == ["Tomorrow", "Draft", "Out"]
    assert page.texts(".desk-article__state") == ["Scheduled", "Draft", "Published"]
    assert page.texts(".desk-article__note")[2].startswith("City · ")
    assert page.texts(".desk-article__note")[2].endswith("1 comment")
    assert [link.attributes["href"] for link in page.all(".desk-article__headline a")] == [published.url]
    assert len(page.all("a.desk-article__act")) == 2


def test_pages_follow_one_another(app: Flask):
    made = [make_article(app).id for _ in range(PAGE_SIZE + 2)]
    author = on_duty(app, Role.AUTHOR)
    first = read(author, DESK)
    second = read(author, first.one("a.pager__link--forward").attributes["href"])
    assert (len(headlines(first)), len(headlines(second))) == (PAGE_SIZE, len(made) - PAGE_SIZE)
    assert not set(headlines(first)) & set(headlines(second))
    assert second.all("a.pager__link--forward") == []
    assert read(author, f"{DESK}?before=1").texts(".empty__title") == ["There are no older articles"]


@pytest.mark.parametrize("before", ["", "x", "-1", "1.5", str(2**63), "9" * 40])
def test_a_bad_cursor_is_not_found(app: Flask, before: str):
    assert on_duty(app, Role.EDITOR).get(f"{DESK}?before={before}").status_code == 404


@pytest.mark.parametrize("role", EDITORS)
def test_an_article_is_taken_back_with_a_reason_that_readers_see(app: Flask, role: Role):
    article = make_article(app, headline="Mayor resigns")
    editor = on_duty(app, role)
    page = read(editor, read(editor, DESK).one("a.desk-article__act").attributes["href"])
    answer = page.submit("main form", reason="  The source\nwas wrong.  ")
    assert answer.headers["Location"] == DESK
    shown = answer.follow()
    assert shown.texts(".flash") == ["“Mayor resigns” was taken back."]
    assert shown.texts(".desk-article__state") == ["Retracted"]
    gone = app.test_client().get(article.url)
    assert gone.status_code == 410
    assert "The source was wrong." in gone.get_data(as_text=True)
    last = audit_log(app)[-1]
    assert (last.action, last.subject, last.reason) == (
        "article.unpublish",
        f"article:{article.id}",
        "The source was wrong.",
    )
    assert last.actor_id is not None


def test_authors_see_no_way_to_take_back_and_have_none(app: Flask):
    article = make_article(app)
    author = on_duty(app, Role.AUTHOR)
    assert read(author, DESK).all("a.desk-article__act") == []
    assert author.get(place(article.id)).status_code == 403
    _, values = read(author, "/staff/account").form("header form")
    sent = values | {"reason": "I would like to."}
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert author.post(place(article.id), data=sent, headers=headers).status_code == 403
    assert app.test_client().get(article.url).status_code == 200


@pytest.mark.parametrize(
    ("reason", "fault"),
    [("", "Please give a reason"), (" \n\u200b ", "Please give a reason"), ("x" * 501, "at most 500")],
)
def test_a_reason_is_asked_for_beside_its_field(app: Flask, reason: str, fault: str):
    article = make_article(app)
    page = read(on_duty(app, Role.EDITOR), place(article.id)).submit("main form", reason=reason)
    assert page.status == 422
    assert fault in page.one(".field__fault").text
    assert page.one("textarea").attributes["aria-invalid"] == "true"
    assert app.test_client().get(article.url).status_code == 200


def test_who_comes_second_is_told_when_and_why_it_was_taken_back(app: Flask):
    article = make_article(app)
    first, second = (read(on_duty(app, Role.EDITOR), place(article.id)) for _ in range(2))
    assert first.submit("main form", reason="It was wrong.").status == 303
    answer = second.submit("main form", reason="I think so too.")
    assert answer.status == 409
    assert "This article was taken back already." in answer.one(".notice").text
    assert "It was wrong." in answer.one(".notice").text
    assert [entry.reason for entry in audit_log(app) if entry.action == "article.unpublish"] == ["It was wrong."]


def test_a_draft_cannot_be_taken_back(app: Flask):
    article = make_article(app, published=False, published_at=None)
    page = read(on_duty(app, Role.EDITOR), place(article.id))
    assert page.status == 409
    assert "no reader has seen it" in page.one(".notice").text


@pytest.mark.parametrize("article_id", ["0", "99", str(2**63), "9" * 40])
def test_there_may_be_no_such_article(app: Flask, article_id: str):
    assert on_duty(app, Role.EDITOR).get(place(article_id)).status_code == 404


def test_nothing_is_taken_back_without_the_token(app: Flask):
    article = make_article(app)
    page = read(on_duty(app, Role.EDITOR), place(article.id))
    assert page.submit("main form", reason="Because.", csrf_token="").status == 400
    assert app.test_client().get(article.url).status_code == 200
