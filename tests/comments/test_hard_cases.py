"""What goes wrong between a page and its sending: nobody loses words, a receipt, or waits for a writer."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits import parse
from sqlalchemy import select
from sqlalchemy.engine import URL

from davidson import create_app
from davidson.articles.publishing import article_to_change, retract
from davidson.audit.log import SHELL
from davidson.audit.models import AuditEntry
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.config import CommentsMode, ConfigError, settings_from
from davidson.database import db
from tests.comments.test_store_away import another_writer
from tests.conftest import environment
from tests.factories import Made, make_article
from tests.pages import page_of, read


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app)


def test_a_form_that_came_back_says_where_it_comes_from_and_a_receipt_does_not(client, article):
    back = read(client, article.url).submit("#comment-form", name="Ada", body="")
    assert back.headers["Referrer-Policy"] == "same-origin"
    sent = back.submit("#comment-form", body="At last.")
    assert sent.follow().headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("parent", ["0" * 20 + "9" * 5000, "9" * 19, "1" * 20])
def test_a_parent_of_many_digits_is_404(client, article, parent):
    assert read(client, article.url).submit("#comment-form", name="Ada", body="x", parent=parent).status == 404


def test_a_double_click_at_the_limit_is_given_its_receipt(make_app, article):
    client = make_app(comments=CommentsMode.PUBLISH, comment_limit=parse("1 per hour")).test_client()
    page = read(client, article.url)
    first, second = (page.submit("#comment-form", name="Ada", body="At last.") for _ in range(2))
    assert (first.status, second.status) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]


def test_a_parent_that_is_gone_gives_the_words_back(client, article):
    page = read(client, article.url).submit("#comment-form", name="Ada", body="I agree.", parent="999")
    assert page.status == 404
    assert page.form("#comment-form")[1]["body"] == "I agree."
    assert page.submit("#comment-form").status == 303


def test_an_article_that_was_taken_back_meanwhile_gives_the_words_back(app, client, article):
    page = read(client, article.url)
    with app.app_context():
        retract(article_to_change(article.slug), reason="Wrong.", actor=SHELL, now=utcnow())
        db.session.commit()
    answer = page.submit("#comment-form", name="Ada", body="I agree.")
    assert answer.status == 404
    assert answer.one("textarea").raw_text().strip() == "I agree."


def test_rubbish_waits_for_no_writer(app: Flask, client: FlaskClient, store: URL):
    with another_writer(store):
        assert client.post("/nope").status_code == 404
        assert client.post("/staff/login").status_code == 400
        if store.get_backend_name() == "sqlite":  # PostgreSQL's other writer holds readers of comments up as well.
            assert client.post(f"/comments/{'x' * 43}/delete").status_code == 404


def test_counters_that_are_away_give_the_words_back(app: Flask, client: FlaskClient, article: Made, settings):
    form = read(client, article.url).form("#comment-form")
    unreachable = replace(
        settings, redis_url="redis://127.0.0.1:1/0", comments=CommentsMode.PUBLISH, comment_limit=parse("5 per minute")
    )
    away = create_app(unreachable).test_client()
    answer = page_of(away, away.post(form[0], data=form[1] | {"name": "Ada", "body": "A long thought."}))
    assert answer.status == 503
    assert answer.form("#comment-form")[1]["body"] == "A long thought."


def test_erased_words_stay_in_nobody_elses_findings(app, client, article):
    page = read(client, article.url)
    words = "My telephone number is 555 12 34, call me about the leak."
    receipt = page.submit("#comment-form", name="Ada", body=words).follow()
    page.submit("#comment-form", name="Grace", body=words)
    action, values = receipt.form("form[action=" + receipt.response.request.path + "/delete]")
    client.post(action, data=values)
    with app.app_context():
        other = db.session.scalars(select(Comment).where(Comment.name == "Grace")).one()
        assert "555" not in str(other.findings)
        details = db.session.scalars(select(AuditEntry.details)).all()
        assert "555" not in str(details)


def test_edits_are_limited(make_app, app, article):
    client = make_app(comments=CommentsMode.HOLD_ALL, comment_limit=parse("2 per hour")).test_client()
    receipt = read(client, article.url).submit("#comment-form", name="Ada", body="One.").follow()
    action, values = receipt.form("form[action=" + receipt.response.request.path + "/edit]")
    answers = [client.post(action, data=values | {"body": f"Text {n}."}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert int(answers[2].headers["Retry-After"]) > 0
    assert "Text 2." in answers[2].get_data(as_text=True)


def test_no_private_or_missing_page_names_a_canonical_address(make_app, app, article):
    client = make_app(base_url="http://localhost", comments=CommentsMode.PUBLISH).test_client()
    page = read(client, article.url)
    assert page.one("link[rel=canonical]").attributes["href"] == f"http://localhost{article.url}"
    receipt = page.submit("#comment-form", name="Ada", body="At last.").follow()
    missing = read(client, "/articles/evil-text-here")
    assert [found.all("link[rel=canonical]") for found in (receipt, missing)] == [[], []]


def test_a_limit_of_several_parts_is_refused_by_name(tmp_path: Path):
    with pytest.raises(ConfigError, match="DAVIDSON_COMMENT_LIMIT"):
        settings_from(environment(None, tmp_path / "instance", DAVIDSON_COMMENT_LIMIT="5 per minute; 20 per hour"))


def test_the_section_of_a_scheduled_article_is_not_there_yet(app, client):
    make_article(app, section="Secret merger", published_at=utcnow().replace(year=utcnow().year + 1))
    assert client.get("/sections/secret-merger").status_code == 404


def test_static_files_answer_for_no_other_host(make_app):
    client = make_app(base_url="http://localhost").test_client()
    sheet = client.application.jinja_env.globals["asset"]("css/site.css")
    assert client.get(sheet).status_code == 200
    assert client.get(sheet, headers={"Host": "evil.example"}).status_code == 421


def test_an_answer_to_nobody_does_not_count_against_the_limit(make_app, article):
    client = make_app(comments=CommentsMode.PUBLISH, comment_limit=parse("1 per hour")).test_client()
    page = read(client, article.url)
    assert [page.submit("#comment-form", name="Ada", body="x", parent="999").status for _ in range(3)] == [404] * 3
    assert page.submit("#comment-form", name="Ada", body="x").status == 303
