"""Editing a comment on the page: at once, or beside the approved text until a moderator has read the new one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from davidson.clock import utcnow
from davidson.comments.editing import EDIT_WINDOW
from davidson.comments.models import Comment
from davidson.config import CommentsMode
from davidson.database import db
from tests.comments.holding import EDIT, ERASE, WITHDRAW, buttons, decide, press, receipt_url, send
from tests.desks import audit_log, on_duty
from tests.factories import Made, comment_now, make_article, make_comment
from tests.pages import Page, read

EDITS = "/staff/moderation/edits"
FIRST, SECOND = "The first words.", "The second words."


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(comments=CommentsMode.HOLD_ALL)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app, headline="Mayor resigns")


def proposed(app: Flask, client: FlaskClient, article: Made, text: str = SECOND) -> tuple[Made, str]:
    """An approved comment for which another text waits, and its receipt."""
    comment = make_comment(app, article, name="Ada", source=FIRST)
    url = receipt_url(app, comment)
    assert press(read(client, url), EDIT, body=text).status == 303
    return comment, url


def settle(page: Page, comment: Made, decision: str) -> Page:
    return page.submit(f"article#comment-{comment.id} form", decision=decision)


def test_where_comments_are_held_the_approved_text_stays_until_the_new_one_is_decided(app, client, article):
    comment, url = proposed(app, client, article)
    page = read(client, article.url)
    assert FIRST in page.html and SECOND not in page.html
    receipt = read(client, url)
    assert receipt.texts("p.notice__title") == ["Published"]
    assert "Your new text waits for a moderator" in receipt.one("div.notice").text
    assert [text.text for text in receipt.all("div.comment__text")] == [FIRST, SECOND]
    assert receipt.one("textarea#body").raw_text().strip() == SECOND
    row, last = comment_now(app, comment), audit_log(app)[-1]
    assert (row.status, row.source, row.version) == ("approved", FIRST, comment.version + 1)
    assert (last.action, last.actor, last.version, last.to_state) == (
        "comment.propose-text",
        "reader",
        row.version,
        "approved",
    )


def test_a_moderator_sees_the_difference_and_approves_the_new_text(app, client, article):
    comment, url = proposed(app, client, article)
    moderator = on_duty(app)
    desk = read(moderator, EDITS)
    card = desk.one("article.queue-card")
    assert (card.texts("del"), card.texts("ins")) == (["first"], ["second"])
    assert read(moderator, "/staff/moderation/").texts("nav.request-tabs a") == ["Edits 1", "Appeals 0"]
    done = settle(desk, comment, "approve")
    assert (done.status, done.headers["Location"]) == (303, EDITS)
    assert "No new text waits" in done.follow().html
    page = read(client, article.url)
    assert SECOND in page.html and FIRST not in page.html
    receipt = read(client, url)
    assert receipt.texts("div.comment__text") == [SECOND]
    assert receipt.texts("ol.receipt__steps span")[-1] == "A moderator approved your new text."
    assert comment_now(app, comment).edited_at is not None


def test_a_refused_text_is_gone_and_the_approved_one_stays(app, client, article):
    comment, url = proposed(app, client, article)
    settle(read(on_duty(app), EDITS), comment, "refuse")
    assert FIRST in read(client, article.url).html
    receipt = read(client, url)
    assert receipt.texts("div.comment__text") == [FIRST]
    assert receipt.texts("ol.receipt__steps span")[-1].startswith("A moderator did not take your new text.")
    assert SECOND not in receipt.html


@pytest.mark.parametrize("decision", ["approve", "refuse"])
def test_a_decision_on_a_text_can_be_undone(app, client, article, decision):
    comment, url = proposed(app, client, article)
    moderator = on_duty(app)
    settle(read(moderator, EDITS), comment, decision)
    alone = read(moderator, f"/staff/moderation/comments/{comment.id}")
    assert alone.submit("article.queue-card form", decision="undo").status == 303
    assert FIRST in read(client, article.url).html and SECOND not in read(client, article.url).html
    assert read(client, url).texts("div.comment__text") == [FIRST, SECOND]
    assert read(moderator, EDITS).texts("article.queue-card ins") == ["second"]
    row = comment_now(app, comment)
    assert (row.source, row.edited_at) == (FIRST, None)


def test_to_approve_the_comment_itself_approves_the_new_text(app, client, article):
    comment, _ = proposed(app, client, article)
    row = comment_now(app, comment)
    page = read(on_duty(app), f"/staff/moderation/comments/{comment.id}")
    action, values = page.form("article.queue-card form")
    answer = page.client.post(action, data=values | {"decision": "approve", "version": str(row.version)})
    assert answer.status_code == 303
    assert SECOND in read(client, article.url).html


def test_a_stale_decision_on_a_text_is_told(app, client, article):
    comment, url = proposed(app, client, article)
    desk = read(on_duty(app), EDITS)
    press(read(client, url), EDIT, body="The third words.")
    refused = settle(desk, comment, "approve")
    assert refused.status == 409
    assert "New text proposed by its author" in refused.one("div.notice--fault").text
    assert refused.texts("article.queue-card ins") == ["third"]
    assert FIRST in read(client, article.url).html
    press(read(client, url), WITHDRAW)
    gone = settle(refused, comment, "approve")
    assert gone.status == 409 and gone.all("article.queue-card") == []


def test_where_comments_are_published_a_clean_edit_shows_at_once(make_app, article):
    app = make_app(comments=CommentsMode.PUBLISH)
    client = app.test_client()
    url = send(client, article, body=FIRST)
    edited = press(read(client, url), EDIT, body=SECOND).follow()
    assert edited.texts("div.comment__text") == [SECOND]
    page = read(client, article.url)
    assert SECOND in page.html and FIRST not in page.html
    assert audit_log(app)[-1].action == "comment.edit"


def test_an_edit_with_findings_waits_where_comments_are_published(make_app, article):
    app = make_app(comments=CommentsMode.PUBLISH)
    client = app.test_client()
    url = send(client, article, body=FIRST)
    waiting = press(read(client, url), EDIT, body="See https://shop.example.org today").follow()
    assert waiting.texts("div.comment__text")[0] == FIRST
    page = read(client, article.url)
    assert FIRST in page.html and "shop.example" not in page.html
    proof = read(on_duty(app), EDITS).one("div.queue-proof").text
    assert "link" in proof
    # Before its quarter of an hour is over it can be mended, and then appears by itself.
    press(waiting, EDIT, body=SECOND)
    assert SECOND in read(client, article.url).html
    assert read(on_duty(app), EDITS).all("article.queue-card") == []


def test_a_strangers_first_approved_comment_does_not_vouch_for_its_own_edit(make_app, article):
    app = make_app(comments=CommentsMode.HOLD_FIRST)
    client = app.test_client()
    url = send(client, article, body=FIRST, remember="y")
    decide(app, Made(1), "approved")
    press(read(client, url), EDIT, body=SECOND)
    assert SECOND not in read(client, article.url).html
    # Somebody who is known by another comment needs no second look.
    other = send(client, article, body="From somebody known.")
    press(read(client, other), EDIT, body="Known, and changed.")
    assert "Known, and changed." in read(client, article.url).html


@pytest.mark.parametrize("mode", [CommentsMode.PUBLISH, CommentsMode.HOLD_ALL])
def test_after_a_quarter_of_an_hour_nothing_is_edited_but_what_waits(make_app, article, mode):
    app = make_app(comments=mode)
    client = app.test_client()
    comment = make_comment(app, article, source=FIRST)
    url = receipt_url(app, comment)
    page = read(client, url)
    with time_machine.travel(utcnow() + EDIT_WINDOW + timedelta(seconds=1)):
        assert EDIT not in buttons(read(client, url))
        late = press(page, EDIT, body=SECOND)
        assert late.status == 409
        assert late.one("textarea#unsaved").raw_text().strip() == SECOND
    assert comment_now(app, comment).source == FIRST


def test_a_text_that_waits_can_be_changed_and_taken_back_at_any_time(app, client, article):
    comment, url = proposed(app, client, article)
    with time_machine.travel(utcnow() + timedelta(days=2)):
        press(read(client, url), EDIT, body="The third words.")
        assert read(client, url).texts("div.comment__text") == [FIRST, "The third words."]
        back = press(read(client, url), EDIT, body=FIRST).follow()
        assert back.texts("div.comment__text") == [FIRST]
        assert back.texts("ol.receipt__steps span")[-1] == "You took your new text back."
        assert EDIT not in buttons(back)
    assert comment_now(app, comment).version == comment.version + 3


def test_an_edit_sent_twice_is_one(app, client, article):
    comment = make_comment(app, article, source=FIRST)
    page = read(client, receipt_url(app, comment))
    assert [press(page, EDIT, body=SECOND).status for _ in range(3)] == [303] * 3
    assert comment_now(app, comment).version == comment.version + 1


@pytest.mark.parametrize("act", [WITHDRAW, ERASE])
def test_a_text_waits_no_longer_for_a_comment_that_is_gone(app, client, article, act):
    _, url = proposed(app, client, article)
    press(read(client, url), act)
    assert read(on_duty(app), EDITS).all("article.queue-card") == []
    assert SECOND not in read(client, url).html
    assert "second" not in str([entry.details for entry in audit_log(app)]) or act == WITHDRAW


def test_erasing_takes_replaced_and_refused_texts_out_of_the_log(app, client, article):
    comment, url = proposed(app, client, article)
    moderator = on_duty(app)
    settle(read(moderator, EDITS), comment, "approve")
    press(read(client, url), EDIT, body="The third words.")
    settle(read(moderator, EDITS), comment, "refuse")
    kept = str([entry.details for entry in audit_log(app)])
    assert "first words" in kept and "third words" in kept
    press(read(client, url), ERASE)
    kept = str([(entry.details, entry.note) for entry in audit_log(app) if entry.subject == f"comment:{comment.id}"])
    assert "words" not in kept


def test_a_new_text_shows_what_nobody_would_see_in_it(app, client, article):
    proposed(app, client, article, text="The first\u202e words.")
    assert "U+202E" in read(on_duty(app), EDITS).one("article.queue-card").text


def test_a_pick_stays_one_while_its_text_does(app, client, article):
    comment = make_comment(app, article, name="Ada", source=FIRST)
    with app.app_context():
        db.session.get_one(Comment, comment.id).picked_at = utcnow()
        db.session.commit()
    press(read(client, receipt_url(app, comment)), EDIT, body=SECOND)
    assert comment_now(app, comment).picked_at is not None
    settle(read(on_duty(app), EDITS), comment, "approve")
    assert comment_now(app, comment).picked_at is None
