"""What a receipt's buttons need, and what is left of a comment that was withdrawn or erased."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import String, cast, inspect, select

from davidson.articles.publishing import article_to_change, retract
from davidson.audit.log import SHELL
from davidson.audit.models import AuditEntry
from davidson.clock import utcnow
from davidson.comments.models import BlockedTerm, Comment
from davidson.comments.status import CommentStatus
from davidson.config import CommentsMode
from davidson.database import db
from tests.comments.holding import (
    APPEAL,
    DATA,
    EDIT,
    ERASE,
    FORGET,
    WITHDRAW,
    buttons,
    decide,
    press,
    receipt_url,
    send,
)
from tests.factories import Made, comment_now, make_article, make_comment
from tests.pages import read


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(comments=CommentsMode.HOLD_ALL)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app, headline="Mayor resigns")


@pytest.mark.parametrize("act", [EDIT, WITHDRAW, ERASE, DATA])
@pytest.mark.parametrize("token", ["", "x", "A" * 43])
def test_a_button_without_the_pages_token_does_nothing(app, client, article, act, token):
    comment = make_comment(app, article, status="pending", source="As it was.")
    values = {"body": "Forged."} if act == EDIT else {}
    page = press(read(client, receipt_url(app, comment)), act, csrf_token=token, **values)
    assert page.status == 400
    assert "Please send it once more" in page.one("div.notice--fault").text
    assert page.one("textarea#body").raw_text().strip() == ("Forged." if act == EDIT else "As it was.")
    row = comment_now(app, comment)
    assert (row.status, row.source) == (CommentStatus.PENDING, "As it was.")


def test_the_token_of_another_receipt_is_refused(app, client, article):
    mine, theirs = (make_comment(app, article, status="pending") for _ in range(2))
    token = read(client, receipt_url(app, mine)).all("input[name=csrf_token]")[0].attributes["value"]
    page = read(client, receipt_url(app, theirs))
    assert press(page, WITHDRAW, csrf_token=token).status == 400


@pytest.mark.parametrize("headers", [{"Origin": "null"}, {"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {}])
def test_a_receipt_works_from_a_page_without_referrer(app, client, article, headers):
    comment = make_comment(app, article, status="pending")
    assert press(read(client, receipt_url(app, comment)), WITHDRAW, headers=headers).status == 303


def everything_about(app: Flask, comment: Made) -> str:
    """All that the store says of a comment: its row, and its entries in the log."""
    with app.app_context():
        columns = [cast(column, String) for column in inspect(Comment).columns]
        rows = db.session.execute(select(*columns).where(Comment.id == comment.id)).all()
        entries = [cast(column, String) for column in inspect(AuditEntry).columns]
        rows += db.session.execute(select(*entries).where(AuditEntry.subject == f"comment:{comment.id}")).all()
        return "\n".join(str(row) for row in rows)


def test_erasing_blanks_everything_in_the_log_too(app, client, article):
    with app.app_context():
        db.session.add(BlockedTerm(term="zeppelin", kind="suspect", created_at=utcnow()))
        db.session.commit()
    private = {"name": "Zebulon", "email": "zebulon@example.org", "body": "My zeppelin is at https://zeppelin.example"}
    page = read(client, send(client, article, **private, remember="y", website="zoo"))
    press(page, EDIT, body="Now my zeppelin is at https://zeppelin.example/moved")
    with app.app_context():
        comment = Made(db.session.scalars(select(Comment.id)).one())
    decide(app, comment, "rejected", reason="off-topic", note="What does he want with his zeppelin?")
    before = comment_now(app, comment)
    hashes = [before.sender, before.author_key, before.fingerprint]
    assert all(hashes) and "zeppelin" in everything_about(app, comment)
    done = press(page, ERASE)
    assert (done.status, done.headers["Location"]) == (303, page.response.request.path)
    after = everything_about(app, comment)
    assert not re.search("zeppelin|zebulon|zoo", after, re.IGNORECASE)
    assert not any(value in after for value in hashes if value)
    row = comment_now(app, comment)
    assert (row.status, row.name, row.email, row.source, row.html, row.findings) == ("deleted", "", "", "", "", [])
    assert (row.sender, row.author_key, row.fingerprint) == (None, None, None)
    with app.app_context():
        last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert last is not None
        assert (last.action, last.actor, last.from_state, last.to_state) == (
            "comment.erase",
            "reader",
            "rejected",
            "deleted",
        )


@pytest.mark.parametrize(("act", "title"), [(WITHDRAW, "Withdrawn"), (ERASE, "Erased")])
@pytest.mark.parametrize("status", ["pending", "approved", "rejected", "spam"])
def test_in_any_state_it_can_be_withdrawn_or_erased_and_twice_is_once(app, client, article, status, act, title):
    comment = make_comment(app, article, status=status, source="Gone soon.")
    page = read(client, receipt_url(app, comment))
    assert press(page, act).status == 303
    version = comment_now(app, comment).version
    assert version == comment.version + 1
    assert press(page, act).status == 303
    assert comment_now(app, comment).version == version
    shown = read(client, article.url)
    assert "Gone soon." not in shown.html
    assert shown.one("h2#comments-heading").text == "No comments yet"
    assert read(client, receipt_url(app, comment)).texts("p.notice__title") == [title]


def test_a_withdrawn_comment_is_kept_for_its_author_and_the_moderators_until_it_is_erased(app, client, article):
    comment = make_comment(app, article, name="Zebulon", source="My *zeppelin*.")
    url = receipt_url(app, comment)
    press(read(client, url), WITHDRAW)
    kept = read(client, url)
    assert kept.texts("div.comment__text em") == ["zeppelin"]
    assert comment_now(app, comment).source == "My *zeppelin*."
    assert "zeppelin" not in read(client, article.url).html
    erased = press(kept, ERASE).follow()
    assert erased.texts("p.notice__title") == ["Erased"]
    assert buttons(erased) == {DATA, FORGET}
    assert not re.search("zeppelin|zebulon", erased.html + everything_about(app, comment), re.IGNORECASE)
    row = comment_now(app, comment)
    assert (row.status, row.version) == (CommentStatus.DELETED, comment.version + 2)


def test_nothing_can_be_done_with_a_comment_that_is_gone_but_to_erase_it(app, client, article):
    comment = make_comment(app, article, status="pending", source="Gone.")
    page = read(client, receipt_url(app, comment))
    press(page, WITHDRAW)
    refused = press(page, EDIT, body="Back again?")
    assert (refused.status, refused.one("textarea#unsaved").raw_text().strip()) == (409, "Back again?")
    assert comment_now(app, comment).source == "Gone."


@pytest.mark.parametrize("act", [WITHDRAW, ERASE])
def test_one_with_replies_leaves_a_tombstone(app, client, article, act):
    first = make_comment(app, article, name="Ada")
    make_comment(app, article, parent_id=first.id, name="Bo")
    press(read(client, receipt_url(app, first)), act)
    page = read(client, article.url)
    assert page.texts("p.thread__tombstone") == ["This comment was removed."]
    assert page.texts("h3.comment__name") == ["Bo"]


@pytest.mark.parametrize("act", [WITHDRAW, ERASE])
def test_the_same_text_can_be_sent_anew_after_it_was_taken_back(app, client, article, act):
    url = send(client, article)
    press(read(client, url), act)
    assert send(client, article) != url


def test_a_receipt_outlives_the_article_and_its_comments(app, make_app, article):
    comment = make_comment(app, article)
    url = receipt_url(app, comment)
    with app.app_context():
        row = article_to_change(article.slug)
        assert row is not None
        retract(row, reason="Wrong.", actor=SHELL, now=utcnow())
        db.session.commit()
    client = make_app(comments=CommentsMode.CLOSED).test_client()
    page = read(client, url)
    assert page.texts("p.notice__title") == ["Published"]
    assert not [link for link in page.all("a") if f"{article.url}#comment-" in link.attributes["href"]]
    assert press(page, WITHDRAW).status == 303


def test_a_receipt_is_good_under_the_key_before_this_one(app, make_app, article, settings):
    comment = make_comment(app, article, status="pending")
    url = receipt_url(app, comment)
    turned = make_app(secret_keys=("another key of the site", *settings.secret_keys)).test_client()
    assert press(read(turned, url), EDIT, body="Under a new key.").status == 303


def test_only_a_post_changes_anything(app, client, article):
    comment = make_comment(app, article, status="pending")
    url = receipt_url(app, comment)
    before = everything_about(app, comment)
    for act in ("", *(f"/{one}" for one in (EDIT, APPEAL, WITHDRAW, ERASE, DATA, FORGET))):
        for method in ("GET", "HEAD", "OPTIONS"):
            client.open(url + act, method=method)
    assert everything_about(app, comment) == before
