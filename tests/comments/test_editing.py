"""Editing a comment that waits, from its receipt."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from davidson.audit.models import AuditEntry
from davidson.clock import utcnow
from davidson.comments.editing import EDIT_WINDOW
from davidson.comments.models import BlockedTerm, Comment
from davidson.comments.status import CommentStatus
from davidson.config import CommentsMode
from davidson.database import db
from tests.comments.holding import EDIT, buttons, decide, press, receipt_url, send
from tests.factories import Made, comment_now, make_article, make_comment
from tests.pages import read


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(comments=CommentsMode.HOLD_ALL)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app, headline="Mayor resigns")


def test_a_waiting_comment_can_be_edited_and_goes_on_waiting(app, client, article):
    url = send(client, article, body="First thoughts.")
    page = read(client, url)
    assert page.one("textarea#body").raw_text().strip() == "First thoughts."
    sent = press(page, EDIT, body="Second “thoughts”,\r\n*better*.")
    assert (sent.status, sent.headers["Location"]) == (303, url)
    shown = sent.follow()
    assert shown.texts("p.notice__title") == ["Received, and waiting for a moderator"]
    assert shown.texts("div.comment__text em") == ["better"]
    with app.app_context():
        comment = db.session.scalars(select(Comment)).one()
        assert comment.source == "Second “thoughts”,\n*better*."
        assert (comment.status, comment.version) == (CommentStatus.PENDING, 2)
        assert comment.edited_at is not None
        entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [(entry.action, entry.actor, entry.version) for entry in entries[-2:]] == [
            ("comment.submit", "reader", 1),
            ("comment.edit", "reader", 2),
        ]


@pytest.mark.parametrize(
    ("mode", "status"),
    [(CommentsMode.PUBLISH, "pending"), (CommentsMode.HOLD_FIRST, "pending"), (CommentsMode.CLOSED, "pending")],
)
def test_an_edit_never_publishes_by_itself(make_app, app, article, mode, status):
    comment = make_comment(app, article, status="pending")
    client = make_app(comments=mode).test_client()
    assert press(read(client, receipt_url(app, comment)), EDIT, body="Perfectly harmless.").status == 303
    assert comment_now(app, comment).status == status


def test_an_edit_is_screened_anew_with_every_finding_kept(app, client, article):
    with app.app_context():
        db.session.add(BlockedTerm(term="casino", kind="suspect", created_at=utcnow()))
        db.session.commit()
    url = send(client, article)
    press(read(client, url), EDIT, body="See https://example.org about the casino")
    with app.app_context():
        comment = db.session.scalars(select(Comment)).one()
        found = {finding["rule"]: finding for finding in comment.findings}
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "comment.edit")).one()
        assert entry.details["findings"] == comment.findings
    assert {"wording", "links"} <= set(found)
    assert found["wording"]["evidence"] == "casino"
    assert found["wording"]["places"] == [[34, 40]]


def test_an_edit_into_spam_is_taken_for_spam(app, client, article):
    with app.app_context():
        db.session.add(BlockedTerm(term="replica watches", kind="banned", created_at=utcnow()))
        db.session.commit()
    page = press(read(client, send(client, article)), EDIT, body="Buy replica watches").follow()
    assert page.texts("p.notice__title") == ["Not published: taken for advertising"]
    assert EDIT not in buttons(page)


def test_an_edit_does_not_wash_off_how_the_comment_was_sent(app, client, article):
    url = send(client, article, website="https://spam.example")
    press(read(client, url), EDIT, body="Nothing to see.")
    with app.app_context():
        comment = db.session.scalars(select(Comment)).one()
    assert "honeypot" in [finding["rule"] for finding in comment.findings]


def test_an_edit_is_not_taken_for_a_copy_of_its_own_first_text(app, client, article):
    text = "These are quite a few words about the mayor and the town."
    url = send(client, article, body=text)
    press(read(client, url), EDIT, body=f"{text} Well.")
    with app.app_context():
        comment = db.session.scalars(select(Comment)).one()
    assert "duplicates" not in [finding["rule"] for finding in comment.findings]


def test_the_first_form_sent_again_after_an_edit_is_still_the_same_comment(app, client, article):
    url = send(client, article)
    press(read(client, url), EDIT, body="Another text.")
    assert send(client, article) == url
    with app.app_context():
        assert db.session.query(Comment).count() == 1


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("", "Please write something."),
        ("\u200b \n", "Please write something."),
        ("x" * 5001, "5,001 characters"),
    ],
)
def test_a_faulty_edit_is_given_back_with_its_fault_and_the_text(app, client, article, body, fault):
    comment = make_comment(app, article, status="pending", source="As it was.")
    page = press(read(client, receipt_url(app, comment)), EDIT, body=body)
    assert page.status == 422
    assert fault in page.texts("p.field__fault")[0]
    assert page.one("textarea#body").raw_text().removeprefix("\r\n") == body
    assert comment_now(app, comment).source == "As it was."


@pytest.mark.parametrize("status", ["approved", "rejected", "spam", "deleted"])
def test_an_edit_after_the_decision_is_refused_and_the_text_given_back(app, client, article, status):
    """One that was approved can be edited for a quarter of an hour after it was sent."""
    long_ago = utcnow() - EDIT_WINDOW
    comment = make_comment(app, article, status="pending", source="As it was.", created_at=long_ago)
    page = read(client, receipt_url(app, comment))
    decide(app, comment, status)
    for body, code in (("Too <b>late</b>,\n\nsorry.", 409), ("y" * 5001, 422)):
        refused = press(page, EDIT, body=body)
        assert refused.status == code
        assert refused.one("textarea#unsaved").raw_text().removeprefix("\n") == body
    assert "can be changed no longer" in press(page, EDIT, body="x").one("div.notice--fault").text
    assert comment_now(app, comment).source == "As it was."
