"""When comments close: some days after publication, or at an article's own moment; announced, and to the second."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask

from davidson.accounts.models import Role
from davidson.articles.models import Article
from davidson.config import CommentsMode
from davidson.database import db
from tests.conftest import run_davidson
from tests.desks import audit_log, on_duty
from tests.factories import Made, make_article
from tests.pages import Page, read

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def app(make_app) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH, time_zone=ZoneInfo("Europe/Paris"))


def own_moment(app: Flask, article: Made) -> datetime | None:
    with app.app_context():
        return db.session.get_one(Article, article.id).comments_close_at


def closing(article: Made) -> str:
    return f"/staff/newsroom/articles/{article.id}/comments"


def announced(page: Page) -> list[str]:
    return page.texts("p.discussion__closing") or page.one("section#comments").texts("p.notice")


def test_comments_close_days_after_publication_at_the_second_with_a_warm_cache(make_app):
    app = make_app(comments=CommentsMode.PUBLISH, comments_close_after=8)
    with time_machine.travel(NOON, tick=False) as clock:
        article = make_article(app, published_at=NOON)
        client = app.test_client()
        form = read(client, article.url)
        assert announced(form) == ["Comments close on 3 December 2026, 12:00 UTC."]
        clock.move_to(NOON + timedelta(days=8, seconds=-1))
        assert read(client, article.url).all("#comment-form")
        assert form.submit("#comment-form", name="Ada", body="Just in time.").status == 303
        read(client, article.url)
        clock.move_to(NOON + timedelta(days=8))
        page = read(client, article.url)
        assert page.all("#comment-form") == []
        assert announced(page) == ["Comments closed on 3 December 2026, 12:00 UTC."]
        late = form.submit("#comment-form", name="Ada", body="Too late.")
        assert late.status == 403 and "Too late." in late.html


def test_without_the_setting_comments_stay_open_and_nothing_is_announced(app):
    article = make_article(app, published_at=datetime(1999, 1, 1, tzinfo=UTC))
    page = read(app.test_client(), article.url)
    assert page.all("#comment-form") and page.all("p.discussion__closing") == []


def test_an_articles_own_moment_outranks_the_sites(make_app):
    app = make_app(comments=CommentsMode.PUBLISH, comments_close_after=1)
    with time_machine.travel(NOON, tick=False):
        old = make_article(app, published_at=NOON - timedelta(days=30))
        assert announced(read(app.test_client(), old.url)) == ["Comments closed on 27 October 2026, 12:00 UTC."]
        page = read(on_duty(app, Role.EDITOR), closing(old))
        assert "They closed 27 October 2026, 12:00 UTC." in page.one("main").text
        assert page.submit("#closing-form", when="at", at="2030-01-01T00:00").status == 303
        assert announced(read(app.test_client(), old.url)) == ["Comments close on 1 January 2030, 00:00 UTC."]


def test_an_editor_closes_comments_at_a_moment_of_the_sites_zone(app):
    article = make_article(app)
    editor = on_duty(app, Role.EDITOR)
    desk = read(editor, "/staff/newsroom/")
    (link,) = [one for one in desk.all("a") if one.text.startswith("Comments")]
    page = read(editor, link.attributes["href"])
    assert "They stay open." in page.one("main").text
    assert page.submit("#closing-form", when="at", at="2030-12-03T18:00").status == 303
    assert own_moment(app, article) == datetime(2030, 12, 3, 17, tzinfo=UTC)
    assert announced(read(app.test_client(), article.url)) == ["Comments close on 3 December 2030, 18:00 CET."]
    again = read(editor, link.attributes["href"])
    assert again.form("#closing-form")[1]["at"] == "2030-12-03T18:00"
    entry = audit_log(app)[-1]
    assert (entry.action, entry.details["closes"]) == ("article.close-comments", "2030-12-03T17:00:00+00:00")


def test_an_editor_closes_comments_now_and_leaves_them_to_the_site_again(app):
    article = make_article(app)
    reader, editor = app.test_client(), on_duty(app, Role.EDITOR)
    etag = read(reader, article.url).headers["ETag"]
    assert read(editor, closing(article)).submit("#closing-form", when="now").status == 303
    answer = reader.get(article.url, headers={"If-None-Match": etag})
    assert (answer.status_code, 'id="comment-form"' in answer.text) == (200, False)
    assert read(editor, closing(article)).submit("#closing-form", when="site").status == 303
    assert own_moment(app, article) is None
    assert read(reader, article.url).all("#comment-form")


@pytest.mark.parametrize("at", ["", "x", "2030-13-01T00:00", "9999-12-31T23:59", "0001-01-01T00:00", "2030-01-01\0"])
def test_a_faulty_moment_comes_back_with_what_was_typed(app, at):
    article = make_article(app)
    page = read(on_duty(app, Role.EDITOR), closing(article)).submit("#closing-form", when="at", at=at)
    if at.endswith("\0"):
        assert page.status == 303  # A NUL is no part of what was typed.
        return
    assert page.status == 422
    assert page.form("#closing-form")[1]["at"] == at and page.all("p.field__fault")
    assert own_moment(app, article) is None


def test_a_choice_that_there_is_not_is_refused(app):
    article = make_article(app)
    page = read(on_duty(app, Role.EDITOR), closing(article)).submit("#closing-form", when="x")
    assert page.status == 422 and own_moment(app, article) is None


def test_only_editors_close_comments(app):
    article = make_article(app)
    for role in (Role.AUTHOR, Role.MODERATOR):
        client = on_duty(app, role)
        assert client.get(closing(article)).status_code == 403
        assert client.post(closing(article), data={"when": "now"}).status_code in (400, 403)
    assert on_duty(app, Role.EDITOR).post(closing(article), data={"when": "now"}).status_code == 400
    for number in (article.id + 1, 10**30):
        assert on_duty(app, Role.EDITOR).get(f"/staff/newsroom/articles/{number}/comments").status_code == 404
    assert own_moment(app, article) is None


def test_comments_are_closed_from_the_shell(app, store):
    article = make_article(app)
    instance = Path(app.instance_path)

    def close(when: str) -> tuple[int, str]:
        done = run_davidson(
            "article", "comments", article.slug, "--close", when,
            url=store, instance=instance, DAVIDSON_TIME_ZONE="Europe/Paris",
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    assert close("2030-12-03 18:00") == (0, f"{article.url} takes comments until 2030-12-03T17:00:00Z\n")
    assert own_moment(app, article) == datetime(2030, 12, 3, 17, tzinfo=UTC)
    assert close("site") == (0, f"{article.url} takes comments\n")
    assert close("now")[0] == 0
    assert read(app.test_client(), article.url).all("#comment-form") == []
    assert close("tomorrow")[0] == 2
