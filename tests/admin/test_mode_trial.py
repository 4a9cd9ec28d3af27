"""Trying which comments of an article wait, before it is saved: on its comments of the last weeks."""

from datetime import timedelta
from itertools import count

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from davidson.accounts.models import Role
from davidson.admin.dryrun import AT_ONCE, MOST_SECONDS, try_mode
from davidson.articles.models import Article
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.config import CommentsMode
from davidson.database import db
from tests.admin.test_dryrun import summary, ways
from tests.bulk import fill_comments
from tests.counting import queries_of
from tests.desks import audit_log, on_duty
from tests.factories import make_article, make_comment
from tests.moderation.senders import give_token
from tests.moderation.test_scale import check, explained
from tests.pages import Page, page_of, read

THREE_LINKS = "See https://a.example https://b.example https://c.example"


def try_at(client: FlaskClient, url: str, mode: str) -> Page:
    page = read(client, url)
    (button,) = [one for one in page.all("#mode-form button") if one.text.startswith("Try")]
    token = page.form("#mode-form")[1]["csrf_token"]
    sent = client.post(button.attributes["formaction"], data={"mode": mode, "csrf_token": token})
    return page_of(client, sent)


def test_a_trial_tells_what_another_mode_would_have_held_or_freed_and_saves_nothing(make_app):
    app: Flask = make_app(comments=CommentsMode.PUBLISH)
    article, other = make_article(app), make_article(app)
    known = [make_comment(app, article, name="Known") for _ in range(2)]
    for comment in known:
        give_token(app, comment)
    stranger = make_comment(app, article, name="Stranger", source="Taken down.", status="rejected")
    links = make_comment(app, article, source=THREE_LINKS, status="pending")
    make_comment(app, other)
    with app.app_context():
        old = db.session.get_one(Comment, make_comment(app, article).id)
        old.created_at = utcnow() - timedelta(days=31)
        db.session.commit()
    moderator, editor = on_duty(app), on_duty(app, Role.EDITOR)
    entries = len(audit_log(app))
    at_moderation = f"/staff/moderation/comments/{links.id}/mode"
    for client, url in ((moderator, at_moderation), (editor, f"/staff/newsroom/articles/{article.id}/comments")):
        page = try_at(client, url, "hold-all")
        assert page.status == 200 and "mode-hold-all" in [
            one.attributes["id"] for one in page.all("#mode-form input[type=radio]") if "checked" in one.attributes
        ]
        assert summary(page) == "Of 4 comments in the last 30 days, 3 would have been held that were not, and 0 freed."
        assert ways(page) == ["Would have waited, and did not: 3"]
        assert page.texts(".dry-run__states") == ["Now 2 approved, 1 rejected."]
        assert page.all(".dry-run__examples a")[0].text == f"#{stranger.id}"
        page = try_at(client, url, "hold-first")  # The first known one was a stranger then.
        assert [one.text for one in page.all(".dry-run__examples a")] == [f"#{stranger.id}", f"#{known[0].id}"]
        assert "0 would have been held" in summary(try_at(client, url, "site"))
        page = try_at(client, url, "closed")
        assert page.status == 422 and "no comments are taken then" in page.one("#mode-form").text
        assert try_at(client, url, "nonsense").status == 422
    assert len(audit_log(app)) == entries
    with app.app_context():
        assert db.session.get_one(Article, article.id).comments_mode is None


def test_a_trial_tells_what_would_have_been_free(make_app):
    app: Flask = make_app(comments=CommentsMode.HOLD_ALL)
    article = make_article(app)
    plain = make_comment(app, article, status="pending")
    links = make_comment(app, article, source=THREE_LINKS, status="pending")
    page = try_at(on_duty(app), f"/staff/moderation/comments/{links.id}/mode", "publish")
    assert ways(page) == ["Would not have waited, and did: 1"]
    assert page.all(".dry-run__examples a")[0].text == f"#{plain.id}"


def test_of_an_article_with_many_comments_a_batch_is_read_at_a_time(app: Flask):
    article = make_article(app)
    fill_comments(app, article, 3 * AT_ONCE)
    fill_comments(app, make_article(app), 3 * AT_ONCE)
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("ANALYZE"))
            db.session.commit()
        with explained(app) as plans:
            tried = try_mode(article.id, CommentsMode.HOLD_ALL, utcnow(), clock=lambda: 0.0)
        assert (tried.looked_at, tried.held, tried.is_all) == (3 * AT_ONCE, 3 * AT_ONCE, True)
    assert len([statement for statement, _ in plans if "FROM comment" in statement]) == 4
    check(plans)


def test_a_trial_over_old_comments_ends_when_its_time_is_over(app: Flask):
    article = make_article(app)
    fill_comments(app, article, 3 * AT_ONCE)
    seconds = count(step=MOST_SECONDS)
    with app.app_context(), queries_of(app) as statements:
        later = utcnow() + timedelta(days=60)
        tried = try_mode(article.id, CommentsMode.HOLD_ALL, later, clock=lambda: float(next(seconds)))
    assert (tried.looked_at, tried.oldest, tried.is_all) == (0, None, False)
    assert len([statement for statement in statements if "FROM comment" in statement]) <= 3
