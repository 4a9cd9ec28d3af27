"""What is mailed: decisions, after a while in which they can be undone, and replies that readers see."""

import pytest
from flask import Flask

from davidson.audit.log import Actor
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.comments.reasons import TEXTS
from davidson.config import CommentsMode
from davidson.database import db
from davidson.moderation.decisions import Decision, decide, undo
from davidson.moderation.replies import reply
from tests.comments.holding import press
from tests.desks import on_duty
from tests.factories import Made, make_comment
from tests.mail.conftest import ORIGIN, post_office, waiting
from tests.pages import read

BEA = Actor(1, "bea@example.org")


def take(app: Flask, comment: Made, decision: Decision, **fields: str) -> None:
    with app.app_context():
        decide(comment.id, decision, version=None, actor=BEA, now=utcnow(), **fields)
        db.session.commit()


def take_back(app: Flask, comment: Made) -> None:
    with app.app_context():
        version = db.session.get_one(Comment, comment.id).version
        undo(comment.id, version=version, actor=BEA, now=utcnow())
        db.session.commit()


def subjects(sink) -> list[str]:
    return [taken.message["Subject"] for taken in sink.taken[1:]]


def test_a_decision_is_told_after_a_minute(app, sink, write):
    author = write().confirm()
    take(app, author.comment, Decision.APPROVE)
    post_office(app, later=55)
    assert subjects(sink) == []
    post_office(app, later=61)
    assert subjects(sink) == ["Your comment was published: Mayor resigns"]
    text = sink.taken[-1].text
    assert f"{ORIGIN}{author.comment.url}#comment-{author.comment.id}\n" in text
    assert "> At last.\n" in text
    assert "/comments/" not in text


def test_a_refusal_tells_its_reason_and_leads_to_the_receipt(app, sink, write):
    author = write().confirm()
    take(app, author.comment, Decision.REJECT, reason="off-topic", note="Not again, Ada.")
    post_office(app)
    assert subjects(sink) == ["Your comment was not published: Mayor resigns"]
    text = sink.taken[-1].text
    assert TEXTS["off-topic"] in text.replace("\n", " ")
    assert f"{ORIGIN}{author.receipt}\n" in text
    assert "Not again" not in text
    assert "bea" not in sink.taken[-1].raw.decode().lower()


def test_spam_is_told_as_what_it_was_taken_for(app, sink, write):
    author = write().confirm()
    take(app, author.comment, Decision.SPAM)
    post_office(app)
    assert subjects(sink) == ["Your comment was not published: taken for advertising: Mayor resigns"]


def test_what_is_undone_at_once_was_never_told(app, sink, write):
    author = write().confirm()
    take(app, author.comment, Decision.APPROVE)
    take_back(app, author.comment)
    post_office(app, later=600)
    assert subjects(sink) == []
    assert waiting(app) == []


def test_of_decisions_in_a_row_the_last_is_told_once(app, sink, write):
    author = write().confirm()
    for _ in range(3):
        take(app, author.comment, Decision.APPROVE)
        take_back(app, author.comment)
    take(app, author.comment, Decision.APPROVE)
    post_office(app, later=600)
    assert subjects(sink) == ["Your comment was published: Mayor resigns"]


def test_another_outcome_is_told_anew_and_the_same_is_not(app, sink, write):
    author = write().confirm()
    take(app, author.comment, Decision.APPROVE)
    post_office(app)
    take_back(app, author.comment)
    take(app, author.comment, Decision.APPROVE)
    post_office(app)
    take(app, author.comment, Decision.REJECT, reason="other")
    post_office(app)
    assert [subject.partition(":")[0] for subject in subjects(sink)] == [
        "Your comment was published",
        "Your comment was not published",
    ]


def test_a_decision_that_is_rolled_back_is_not_told(app, sink, write):
    author = write().confirm()
    with app.app_context():
        decide(author.comment.id, Decision.APPROVE, version=None, actor=BEA, now=utcnow())
        db.session.rollback()
    post_office(app)
    assert subjects(sink) == []


@pytest.fixture
def published(app, sink, write):
    """The author of an approved comment, who knows that."""
    author = write().confirm()
    take(app, author.comment, Decision.APPROVE)
    post_office(app)
    sink.taken.pop()
    return author


def test_a_reply_is_told_when_readers_see_it_and_never_before(app, sink, published):
    reply = make_comment(
        app, published.article, parent_id=published.comment.id, status="pending", name="Grace", source="Well said."
    )
    post_office(app, later=600)
    assert subjects(sink) == []
    take(app, reply, Decision.APPROVE)
    post_office(app)
    assert subjects(sink) == ["Your comment was answered: Mayor resigns"]
    text = sink.taken[-1].text
    assert "Grace has answered your comment" in text
    assert "> Well said.\n" in text and "> At last.\n" in text
    assert f"{ORIGIN}{reply.url}#comment-{reply.id}\n" in text


def test_a_reply_is_told_once_however_often_it_is_approved(app, sink, published):
    reply = make_comment(app, published.article, parent_id=published.comment.id, status="pending")
    for _ in range(3):
        take(app, reply, Decision.APPROVE)
        post_office(app)
        take_back(app, reply)
    take(app, reply, Decision.APPROVE)
    take_back(app, reply)
    take(app, reply, Decision.APPROVE)
    post_office(app, later=600)
    assert subjects(sink) == ["Your comment was answered: Mayor resigns"]


def test_a_reply_that_is_taken_back_in_time_is_not_told(app, sink, published):
    reply = make_comment(app, published.article, parent_id=published.comment.id, status="pending")
    take(app, reply, Decision.APPROVE)
    take(app, reply, Decision.REJECT, reason="abuse")
    post_office(app, later=600)
    assert subjects(sink) == []


def test_a_reply_that_is_published_at_once_is_told_too(make_app, mailing, sink, published):
    open_site = make_app(**mailing | {"comments": CommentsMode.PUBLISH})
    parent = str(published.comment.id)
    page = read(open_site.test_client(), published.comment.url)
    page.submit("#comment-form", name="Grace", body="Well said.", parent=parent)
    post_office(open_site)
    assert subjects(sink) == ["Your comment was answered: Mayor resigns"]


def answer_from_the_desk(app: Flask, comment: Made, *bodies: str) -> None:
    """Reply on the staff side, as a moderator's browser does."""
    desk = on_duty(app)
    for body in bodies:
        page = read(desk, f"/staff/moderation/comments/{comment.id}/talk")
        assert page.submit("#reply-form", body=body).status == 303


def test_a_reply_of_the_staff_is_told_as_a_readers_is(app, sink, published):
    answer_from_the_desk(app, published.comment, "On *Monday*.", "On *Monday*.")
    post_office(app, later=55)
    assert subjects(sink) == []
    post_office(app)
    assert subjects(sink) == ["Your comment was answered: Mayor resigns"]
    text = sink.taken[-1].text
    assert "Ada Lovelace has answered your comment" in text
    assert "> On Monday.\n" in text and "> At last.\n" in text


def test_a_reply_of_the_staff_that_is_removed_in_time_is_not_told(app, sink, published):
    answer_from_the_desk(app, published.comment, "On Monday.")
    with app.app_context():
        said = db.session.query(Comment).filter_by(parent_id=published.comment.id).one()
    take(app, Made(said.id), Decision.REJECT, reason="other")
    post_office(app, later=600)
    assert subjects(sink) == []


def test_a_reply_of_the_staff_that_is_rolled_back_is_not_told(app, sink, published):
    with app.app_context():
        reply(published.comment.id, "On Monday.", staff_id=1, name="Bea", actor=BEA, now=utcnow())
        db.session.rollback()
    post_office(app, later=600)
    assert subjects(sink) == []
    assert waiting(app) == []


def test_of_replies_of_the_staff_only_who_asked_for_mails_is_told(app, sink, published):
    answer_from_the_desk(app, make_comment(app, published.article), "On Monday.")
    press(published.open_link(), "unsubscribe")
    answer_from_the_desk(app, published.comment, "On Tuesday.")
    assert waiting(app) == []
    post_office(app, later=600)
    assert subjects(sink) == []


def test_a_reply_to_another_comment_is_not_told(app, sink, published):
    other = make_comment(app, published.article)
    make_comment(app, published.article, parent_id=other.id)
    make_comment(app, published.article)
    post_office(app, later=600)
    assert subjects(sink) == []


def test_ones_own_reply_is_not_told(app, sink, published):
    make_comment(app, published.article, parent_id=published.comment.id, email=published.address)
    post_office(app, later=600)
    assert subjects(sink) == []


def test_nobody_is_told_of_replies_to_what_they_withdrew(app, client, sink, published):
    reply = make_comment(app, published.article, parent_id=published.comment.id)
    press(read(client, published.receipt), "delete")
    post_office(app, later=600)
    assert reply.status == "approved"
    assert subjects(sink) == []
