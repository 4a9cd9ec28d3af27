"""Which comments wait below one article: set by editors and moderators, told to readers, and followed at once."""

from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from davidson.accounts.models import Role
from davidson.articles.models import Article
from davidson.audit.telling import told
from davidson.comments.models import Comment
from davidson.config import CommentsMode
from davidson.database import db
from tests.comments.sending import cost_of_comment, newest, send
from tests.conftest import run_davidson
from tests.desks import audit_log, on_duty
from tests.factories import Made, make_article, make_comment
from tests.pages import Page, read

SAID = {
    "hold-all": "A moderator reads each comment before it is published.",
    "hold-first": "A first comment is read by a moderator before it is published, and so are some others.",
    "publish": "Most comments are published at once; some are read by a moderator first.",
}


@pytest.fixture
def app(make_app) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app, headline="Mayor resigns")


def at_desk(article: Made) -> str:
    return f"/staff/newsroom/articles/{article.id}/comments"


def set_at_desk(app: Flask, article: Made, mode: str) -> Page:
    return read(on_duty(app, Role.EDITOR), at_desk(article)).submit("#mode-form", mode=mode)


def own_mode(app: Flask, article: Made) -> CommentsMode | None:
    with app.app_context():
        return db.session.get_one(Article, article.id).comments_mode


def promised(page: Page) -> str:
    return page.one("#comment-form p.comment-form__treatment").text


def test_an_article_without_a_mode_follows_the_site(make_app, article):
    for mode, said in SAID.items():
        client = make_app(comments=CommentsMode(mode)).test_client()
        assert promised(read(client, article.url)) == said


@pytest.mark.parametrize(
    ("mode", "state", "rules"),
    [("hold-all", "pending", {"mode"}), ("hold-first", "pending", {"strangers"}), ("publish", "approved", set())],
)
def test_an_articles_own_mode_outranks_the_sites_for_it_alone(make_app, article, mode, state, rules):
    site = CommentsMode.HOLD_ALL if mode == "publish" else CommentsMode.PUBLISH
    app = make_app(comments=site)
    other = make_article(app)
    assert set_at_desk(app, article, mode).status == 303
    client = app.test_client()
    assert promised(read(client, article.url)) == SAID[mode]
    assert promised(read(client, other.url)) == SAID[site]
    assert send(client, article).status == 303
    found = newest(app)
    assert (found[0], set(found[1])) == (state, rules)
    send(client, other, "On the other one.")
    assert newest(app)[0] == ("pending" if site is CommentsMode.HOLD_ALL else "approved")


def test_an_article_is_closed_and_opened_again_with_a_warm_cache(app, article):
    client = app.test_client()
    form = read(client, article.url)
    assert set_at_desk(app, article, "closed").status == 303
    page = read(client, article.url)
    assert page.all("#comment-form") == []
    assert page.one("section#comments p.notice").text == "Comments are closed."
    late = form.submit("#comment-form", name="Ada", body="Too late.")
    assert late.status == 403 and "Too late." in late.html
    assert set_at_desk(app, article, "site").status == 303
    assert own_mode(app, article) is None
    assert form.submit("#comment-form", name="Ada", body="In time.").status == 303
    etag = read(client, article.url).headers["ETag"]
    assert set_at_desk(app, article, "hold-all").status == 303
    changed = client.get(article.url, headers={"If-None-Match": etag})
    assert changed.status_code == 200 and SAID["hold-all"] in changed.text


def test_one_article_takes_comments_where_the_site_takes_none(make_app, article):
    app = make_app(comments=CommentsMode.CLOSED)
    assert read(app.test_client(), article.url).all("#comment-form") == []
    set_at_desk(app, article, "hold-all")
    assert send(app.test_client(), article).status == 303
    assert newest(app)[0] == "pending"


def test_the_preview_tells_the_articles_own_mode(app, article):
    set_at_desk(app, article, "hold-all")
    page = read(app.test_client(), article.url).submit("#comment-form", name="Ada", body="Words.", preview="yes")
    assert SAID["hold-all"] in page.one("p.sheet__small").text
    assert page.html.count(SAID["hold-all"]) == 1


def test_a_form_that_comes_back_tells_it_too(app, article):
    set_at_desk(app, article, "hold-all")
    page = read(app.test_client(), article.url).submit("#comment-form", name="", body="Words.")
    assert page.status == 422 and promised(page) == SAID["hold-all"]


def test_an_edit_is_screened_by_the_articles_mode(app, article):
    set_at_desk(app, article, "hold-all")
    sent = send(app.test_client(), article)
    set_at_desk(app, article, "hold-first")
    edited = sent.follow().submit(f"form[action={sent.headers['Location']}/edit]", body="Other words.")
    assert edited.status == 303
    with app.app_context():
        comment = db.session.query(Comment).one()
        assert (comment.source, comment.status) == ("Other words.", "pending")
        assert [finding["rule"] for finding in comment.findings] == ["strangers"]


def test_the_mode_costs_a_comment_no_query(make_app, article):
    app = make_app(comments=CommentsMode.PUBLISH, page_memory=0)
    cost = partial(cost_of_comment, app, article)
    cost("A first one, for what is kept.")
    before = cost("Without a mode.")
    set_at_desk(app, article, "hold-first")
    cost("A first one with it.")
    assert cost("With a mode of its own.") <= before


def test_an_editor_finds_the_mode_chosen_and_the_log_tells_of_it(app, article):
    editor = on_duty(app, Role.EDITOR)
    page = read(editor, at_desk(article))
    assert page.form("#mode-form")[1]["mode"] == "site"
    assert page.submit("#mode-form", mode="hold-first").status == 303
    again = read(editor, at_desk(article))
    assert again.form("#mode-form")[1]["mode"] == "hold-first"
    assert again.submit("#mode-form", mode="hold-first").status == 303  # No change, so no entry.
    entries = [entry for entry in audit_log(app) if entry.action == "article.comments-mode"]
    assert [(entry.from_state, entry.to_state) for entry in entries] == [("site", "hold-first")]
    sentence = told(entries[0], names={entries[0].actor_id: "Ada"}, reasons={}).sentence
    assert sentence == "Ada changed how comments wait on “Mayor resigns”, from site to hold-first"


def test_a_moderator_sets_it_from_a_comments_page(app, article):
    comment = make_comment(app, article)
    moderator = on_duty(app)
    page = read(moderator, f"/staff/moderation/comments/{comment.id}")
    (link,) = [one for one in page.all("main a") if one.text == "which comments of its article wait"]
    form = read(moderator, link.attributes["href"])
    assert form.all(".desk__about a")[0].text == "Mayor resigns"
    assert form.form("#mode-form")[1]["mode"] == "site"
    after = form.submit("#mode-form", mode="hold-all").follow()
    assert after.form("#mode-form")[1]["mode"] == "hold-all" and after.texts(".flash")
    assert own_mode(app, article) is CommentsMode.HOLD_ALL


def test_a_choice_that_there_is_not_is_refused_and_nothing_changed(app, article):
    comment = make_comment(app, article)
    for role, path in (
        (Role.EDITOR, at_desk(article)),
        (Role.MODERATOR, f"/staff/moderation/comments/{comment.id}/mode"),
    ):
        page = read(on_duty(app, role), path).submit("#mode-form", mode="open to all\0")
        assert page.status == 422 and "Choose which comments wait." in page.one(".notice--fault").text
        forged = on_duty(app, role).post(f"{path.removesuffix('/mode')}/mode", data={"mode": "closed"})
        assert forged.status_code == 400
    assert own_mode(app, article) is None


def test_only_editors_set_it_at_the_desk_and_nobody_for_what_is_not_there(app, article):
    for role in (Role.AUTHOR, Role.MODERATOR):
        assert on_duty(app, role).post(f"{at_desk(article)}/mode", data={"mode": "closed"}).status_code in (400, 403)
    moderator = on_duty(app)
    for number in (1, 10**30):
        assert moderator.get(f"/staff/moderation/comments/{number}/mode").status_code == 404
    with app.app_context():
        assert db.session.query(Comment).count() == 0
    assert own_mode(app, article) is None


def test_the_shell_sets_it(app, store, article):
    def comments(*arguments: str) -> tuple[int, str]:
        done = run_davidson(
            "article", "comments", article.slug, *arguments, url=store, instance=Path(app.instance_path)
        )
        return done.returncode, done.stdout + done.stderr

    assert comments("--mode", "hold-all") == (0, f"{article.url} takes comments, hold-all\n")
    assert own_mode(app, article) is CommentsMode.HOLD_ALL
    assert comments("--mode", "closed") == (0, f"{article.url} takes no comments\n")
    assert comments("--mode", "site", "--close", "2030-12-03 18:00") == (
        0,
        f"{article.url} takes comments until 2030-12-03T18:00:00Z\n",
    )
    assert own_mode(app, article) is None
    assert comments("--mode", "open")[0] == 2
    assert comments()[0] == 2
