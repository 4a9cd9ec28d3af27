"""What a decision changes, together or not at all: the comment, the counts that pages show, and the log."""

import pytest
from flask import Flask
from sqlalchemy import select

from davidson.articles.models import Article
from davidson.audit.log import SHELL, Actor, record
from davidson.audit.models import AuditEntry
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.comments.states import subject_of
from davidson.comments.status import CommentStatus
from davidson.comments.withdrawing import erase
from davidson.database import db
from davidson.moderation.decisions import (
    BadReason,
    Decided,
    Decision,
    NoSuchComment,
    NotDecidable,
    Stale,
    decide,
    decide_each,
    undo,
)
from tests.factories import Made, comment_now, make_article, make_comment

ADA = Actor(7, "ada@example.org")
BOB = Actor(8, "bob@example.org")


def settle(
    app: Flask, comment: Made, decision: str, *, version: int | None = None, actor: Actor = ADA, note: str = ""
) -> Decided:
    """Take a decision on the version that is there, or on the one that is named, and commit it."""
    with app.app_context():
        reason = "abuse" if decision == "reject" else ""
        seen = comment_now(app, comment).version if version is None else version
        chosen = Decision(decision)
        done = decide(comment.id, chosen, version=seen, actor=actor, now=utcnow(), reason=reason, note=note)
        db.session.commit()
        return done


def take_back(app: Flask, comment: Made, *, actor: Actor = ADA) -> Decided:
    with app.app_context():
        done = undo(comment.id, version=comment_now(app, comment).version, actor=actor, now=utcnow())
        db.session.commit()
        return done


def log_of(app: Flask, comment: Made) -> list[AuditEntry]:
    with app.app_context():
        entries = select(AuditEntry).where(AuditEntry.subject == subject_of(comment.id)).order_by(AuditEntry.id)
        return list(db.session.scalars(entries))


def counts(app: Flask, article: Made) -> int:
    with app.app_context():
        return db.session.get_one(Article, article.id).comment_count


@pytest.mark.parametrize(
    ("start", "decision", "state"),
    [
        ("pending", "approve", "approved"),
        ("pending", "reject", "rejected"),
        ("pending", "spam", "spam"),
        ("approved", "reject", "rejected"),
        ("approved", "spam", "spam"),
        ("rejected", "approve", "approved"),
        ("spam", "approve", "approved"),
    ],
)
def test_a_decision_moves_a_comment_and_is_written_down(app: Flask, start: str, decision: str, state: str):
    article = make_article(app)
    comment = make_comment(app, article, status=start)
    settle(app, comment, decision, note="Seen twice.")
    after, last = comment_now(app, comment), log_of(app, comment)[-1]
    assert (after.status, after.version) == (state, comment.version + 1)
    assert (last.action, last.actor_id, last.actor) == (f"comment.{decision}", 7, "ada@example.org")
    assert (last.from_state, last.to_state, last.version, last.note) == (start, state, after.version, "Seen twice.")
    assert after.reason == last.reason == ("abuse" if decision == "reject" else "")
    assert after.decided_at == last.at
    assert counts(app, article) == (state == "approved")


@pytest.mark.parametrize(("start", "decision"), [("rejected", "spam"), ("spam", "reject")])
def test_what_was_refused_is_not_refused_in_another_way(app: Flask, start: str, decision: str):
    comment = make_comment(app, make_article(app), status=start)
    with pytest.raises(NotDecidable):
        settle(app, comment, decision)
    assert comment_now(app, comment).status == start


def test_deleted_is_final(app: Flask):
    comment = make_comment(app, make_article(app))
    with app.test_request_context():
        erase(db.session.get_one(Comment, comment.id), now=utcnow())
        db.session.commit()
    for decision in Decision:
        with pytest.raises(NotDecidable):
            settle(app, comment, decision)
    with pytest.raises(NotDecidable):
        take_back(app, comment)
    assert comment_now(app, comment).status is CommentStatus.DELETED


def test_the_same_decision_again_changes_nothing(app: Flask):
    article = make_article(app)
    comment = make_comment(app, article, status="pending")
    assert settle(app, comment, "approve").changed
    assert not settle(app, comment, "approve").changed
    assert comment_now(app, comment).version == comment.version + 1
    assert len(log_of(app, comment)) == 2
    assert counts(app, article) == 1


def test_a_decision_on_a_version_that_is_gone_changes_nothing(app: Flask):
    comment = make_comment(app, make_article(app), status="pending")
    settle(app, comment, "reject")
    with pytest.raises(Stale):
        settle(app, comment, "approve", version=comment.version, actor=BOB)
    assert comment_now(app, comment).status is CommentStatus.REJECTED
    assert [entry.action for entry in log_of(app, comment)] == ["comment.submit", "comment.reject"]


def test_a_writer_that_held_no_lock_makes_a_decision_stale_and_loses_nothing_else(app: Flask):
    article = make_article(app)
    comment, other = (make_comment(app, article, status="pending") for _ in range(2))
    with app.app_context():
        decide(other.id, Decision.APPROVE, version=other.version, actor=ADA, now=utcnow())
        record("x", actor=SHELL, subject=subject_of(comment.id), at=utcnow(), version=comment.version + 1)
        db.session.flush()
        with pytest.raises(Stale):
            decide(comment.id, Decision.APPROVE, version=comment.version, actor=ADA, now=utcnow())
        db.session.commit()
    assert comment_now(app, comment).status is CommentStatus.PENDING
    assert comment_now(app, other).status is CommentStatus.APPROVED
    assert counts(app, article) == 1


@pytest.mark.parametrize("reason", ["", "because", "ABUSE"])
def test_a_rejection_takes_a_reason_from_the_list(app: Flask, reason: str):
    comment = make_comment(app, make_article(app), status="pending")
    with app.app_context(), pytest.raises(BadReason):
        decide(comment.id, Decision.REJECT, version=1, actor=ADA, now=utcnow(), reason=reason)
    assert comment_now(app, comment).status is CommentStatus.PENDING


@pytest.mark.parametrize("comment_id", [0, -1, 99, 2**63, 10**30])
def test_there_may_be_no_such_comment(app: Flask, comment_id: int):
    with app.app_context(), pytest.raises(NoSuchComment):
        decide(comment_id, Decision.APPROVE, version=1, actor=ADA, now=utcnow())


@pytest.mark.parametrize("start", ["pending", "approved"])
def test_an_undo_gives_back_the_state_before_and_says_what_it_undoes(app: Flask, start: str):
    article = make_article(app)
    comment = make_comment(app, article, status=start)
    settle(app, comment, "reject")
    decision = log_of(app, comment)[-1]
    take_back(app, comment, actor=BOB)
    after, last = comment_now(app, comment), log_of(app, comment)[-1]
    assert (after.status, after.reason) == (start, "")
    assert (last.action, last.actor, last.details) == ("comment.undo", "bob@example.org", {"undoes": decision.id})
    assert counts(app, article) == (start == "approved")


def test_an_undo_brings_the_reason_of_a_rejection_back(app: Flask):
    comment = make_comment(app, make_article(app), status="pending")
    settle(app, comment, "reject")
    settle(app, comment, "approve")
    assert comment_now(app, comment).reason == ""
    take_back(app, comment)
    assert (comment_now(app, comment).status, comment_now(app, comment).reason) == ("rejected", "abuse")


def test_only_a_decision_that_nothing_followed_can_be_undone(app: Flask):
    comment = make_comment(app, make_article(app), status="pending")
    with pytest.raises(NotDecidable):
        take_back(app, comment)
    settle(app, comment, "spam")
    take_back(app, comment)
    with pytest.raises(NotDecidable):
        take_back(app, comment)
    assert comment_now(app, comment).status is CommentStatus.PENDING


def test_a_tombstones_replies_are_counted_through_it(app: Flask):
    article = make_article(app)
    head = make_comment(app, article)
    reply = make_comment(app, article, status="pending", parent_id=head.id)
    settle(app, reply, "approve")
    settle(app, head, "reject")
    assert counts(app, article) == 1
    assert comment_now(app, head).reply_count == 1
    settle(app, reply, "spam")
    assert counts(app, article) == 0
    assert comment_now(app, head).reply_count == 0


def test_a_wave_is_decided_with_an_entry_each_and_what_changed_meanwhile_is_left_alone(app: Flask):
    article = make_article(app)
    wave = [make_comment(app, article, status="pending") for _ in range(5)]
    settle(app, wave[2], "approve", actor=BOB)
    seen = [(comment.id, comment.version) for comment in wave] + [(999, 1)]
    with app.app_context():
        decided = decide_each(seen, Decision.SPAM, actor=SHELL, now=utcnow())
        db.session.commit()
    assert decided == 4
    assert [comment_now(app, comment).status.value for comment in wave] == ["spam", "spam", "approved", "spam", "spam"]
    assert all(log_of(app, comment)[-1].actor == "shell" for comment in wave if comment is not wave[2])
