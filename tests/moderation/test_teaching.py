"""What decisions teach: in their own transactions, once, honestly, and so that it can be taken back."""

import pytest
from flask import Flask
from sqlalchemy import select

from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.appealing import make_appeal
from davidson.comments.editing import edit
from davidson.comments.lessons import STANDING, LearnedStanding, LearnedWeight, Lesson
from davidson.comments.models import Comment
from davidson.comments.screening.features import digest_of_text
from davidson.comments.screening.learned import MIN_LESSONS
from davidson.comments.withdrawing import erase
from davidson.database import db
from davidson.moderation.appeals import Verdict, answer_appeal
from davidson.moderation.decisions import Decision, decide, decide_each, undo
from davidson.moderation.proposals import TextDecision, decide_text
from davidson.moderation.teaching import unpacked
from tests.factories import Made, comment_now, make_article, make_comment

SPAM = "Cheap watches, whatsapp me on +44 555 0100"
HAM = "The mayor is right about the bridge"


def settle(app: Flask, comment: Made, decision: str, reason: str = "abuse") -> None:
    with app.app_context():
        decide(comment.id, Decision(decision), version=None, actor=SHELL, now=utcnow(), reason=reason)
        db.session.commit()


def take_back(app: Flask, comment: Made) -> None:
    version = comment_now(app, comment).version
    with app.app_context():
        undo(comment.id, version=version, actor=SHELL, now=utcnow())
        db.session.commit()


def learned(app: Flask) -> dict[str, object]:
    """All that the store knows of what was learned, as plain values."""
    with app.app_context():
        standing = db.session.get(LearnedStanding, STANDING)
        weights = {row.bucket: row.weight for row in db.session.scalars(select(LearnedWeight))}
        counts = (standing.spam, standing.ham, standing.decisions) if standing else (0, 0, 0)
        lessons = [
            (lesson.comment_id, lesson.version, lesson.ended_version, lesson.is_spam, lesson.score, lesson.step)
            for lesson in db.session.scalars(select(Lesson).order_by(Lesson.id))
        ]
        return {"weights": weights, "counts": counts, "lessons": lessons}


def lessons_of(app: Flask) -> list[Lesson]:
    with app.app_context():
        found = list(db.session.scalars(select(Lesson).order_by(Lesson.id)))
        db.session.expunge_all()
        return found


def sum_of_lessons(app: Flask) -> dict[int, int]:
    """The weights, added up anew from the lessons that stand."""
    total: dict[int, int] = {}
    for lesson in lessons_of(app):
        if lesson.ended_version is None:
            for bucket, value in unpacked(lesson.features).items():
                total[bucket] = total.get(bucket, 0) + lesson.step * value
    return {bucket: weight for bucket, weight in total.items() if weight}


@pytest.mark.parametrize(
    ("decision", "reason", "taught"),
    [
        ("approve", "", [False]),
        ("spam", "", [True]),
        ("reject", "advertising", [True]),
        ("reject", "abuse", []),
        ("reject", "off-topic", []),
        ("reject", "other", []),
    ],
)
def test_approval_and_spam_teach_and_tone_does_not(app: Flask, decision: str, reason: str, taught: list[bool]):
    settle(app, make_comment(app, make_article(app), status="pending", source=HAM), decision, reason)
    assert [lesson.is_spam for lesson in lessons_of(app)] == taught
    assert bool(learned(app)["weights"]) is bool(taught)


def test_what_screening_lets_through_teaches_nothing(app: Flask):
    assert make_comment(app, make_article(app)).status == "approved"
    assert learned(app) == {"weights": {}, "counts": (0, 0, 0), "lessons": []}


@pytest.mark.parametrize("decision", ["approve", "spam"])
def test_undo_takes_the_lesson_back_exactly(app: Flask, decision: str):
    article = make_article(app)
    settle(app, make_comment(app, article, status="pending", source="Cheap flights to the bridge"), "spam")
    settle(app, make_comment(app, article, status="pending", source=HAM), "approve")
    before = learned(app)
    comment = make_comment(app, article, status="pending", source=SPAM)
    settle(app, comment, decision)
    assert learned(app) != before
    take_back(app, comment)
    assert learned(app) == before


def test_undo_of_a_second_thought_brings_the_first_lesson_back(app: Flask):
    comment = make_comment(app, make_article(app), status="pending", source=SPAM)
    settle(app, comment, "approve")
    before = learned(app)
    settle(app, comment, "spam")
    assert [(lesson.is_spam, lesson.ended_version) for lesson in lessons_of(app)] == [(False, 3), (True, None)]
    assert learned(app)["counts"] == (1, 0, 1)
    take_back(app, comment)
    assert learned(app) == before


def test_an_upheld_appeal_teaches_and_its_undo_brings_the_refusals_lesson_back(app: Flask):
    comment = make_comment(app, make_article(app), source=HAM, status="pending")
    settle(app, comment, "spam")
    before = learned(app)
    with app.test_request_context():
        make_appeal(db.session.get_one(Comment, comment.id), "Why?", now=utcnow())
        db.session.commit()
    version = comment_now(app, comment).version
    with app.app_context():
        answer_appeal(comment.id, Verdict.UPHOLD, answer="So.", version=version, actor=SHELL, now=utcnow())
        db.session.commit()
    assert [(lesson.is_spam, lesson.ended_version) for lesson in lessons_of(app)] == [
        (True, version + 1),
        (False, None),
    ]
    assert learned(app)["weights"] == sum_of_lessons(app)
    take_back(app, comment)
    assert learned(app) == before


def test_an_approved_new_text_teaches_and_its_undo_takes_that_back(app: Flask):
    comment = make_comment(app, make_article(app), source=SPAM)
    before = learned(app)
    with app.test_request_context():
        row = db.session.get_one(Comment, comment.id)
        edit(row, f"{HAM} https://example.org", now=utcnow())
        db.session.commit()
    version = comment_now(app, comment).version
    with app.app_context():
        decide_text(comment.id, TextDecision.APPROVE, version=version, actor=SHELL, now=utcnow())
        db.session.commit()
    (lesson,) = lessons_of(app)
    assert (lesson.is_spam, lesson.version, lesson.digest) == (
        False,
        version + 1,
        digest_of_text(comment_now(app, comment).source),
    )
    take_back(app, comment)
    assert learned(app) == before


def test_a_removal_for_its_tone_leaves_what_was_learned(app: Flask):
    comment = make_comment(app, make_article(app), status="pending", source=HAM)
    settle(app, comment, "approve")
    before = learned(app)
    settle(app, comment, "reject")
    assert learned(app) == before
    take_back(app, comment)
    assert learned(app) == before


def test_a_prediction_is_made_before_anything_is_learned_of_its_comment(app: Flask):
    article = make_article(app)
    first, second = (make_comment(app, article, status="pending", source=SPAM) for _ in range(2))
    settle(app, first, "spam")
    assert lessons_of(app)[0].score == 500_000  # Nothing was known at all.
    settle(app, second, "spam")
    assert lessons_of(app)[1].score > 500_000
    # Decided anew: what it was first taken for must not tell.
    settle(app, first, "approve")
    settle(app, first, "spam")
    again = lessons_of(app)[-1]
    assert (again.comment_id, again.is_spam) == (first.id, True)
    assert again.score > 500_000  # By the second one, which is spam; with its own approval learned it were less.


def test_what_is_decided_in_one_transaction_is_predicted_one_after_the_other(app: Flask):
    article = make_article(app)
    made = [make_comment(app, article, status="pending", source=SPAM) for _ in range(3)]
    with app.app_context():
        assert decide_each([(one.id, 1) for one in made], Decision.SPAM, actor=SHELL, now=utcnow()) == 3
        db.session.commit()
    scores = [lesson.score or 0 for lesson in lessons_of(app)]
    assert scores[0] < scores[1] < scores[2]
    assert sum_of_lessons(app) == learned(app)["weights"]


def test_what_is_rolled_back_teaches_nothing(app: Flask):
    comment = make_comment(app, make_article(app), status="pending", source=SPAM)
    with app.app_context():
        decide(comment.id, Decision.SPAM, version=None, actor=SHELL, now=utcnow())
        db.session.rollback()
        db.session.commit()
    assert learned(app) == {"weights": {}, "counts": (0, 0, 0), "lessons": []}


def test_a_decision_and_its_undo_in_one_transaction_teach_nothing(app: Flask):
    comment = make_comment(app, make_article(app), status="pending", source=SPAM)
    with app.app_context():
        decide(comment.id, Decision.SPAM, version=1, actor=SHELL, now=utcnow())
        db.session.flush()
        undo(comment.id, version=2, actor=SHELL, now=utcnow())
        db.session.commit()
    assert learned(app) == {"weights": {}, "counts": (0, 0, 0), "lessons": []}


def test_a_withdrawn_comments_lessons_say_no_more_what_it_was(app: Flask):
    comment = make_comment(app, make_article(app), status="pending", source=SPAM)
    settle(app, comment, "spam")
    before = learned(app)["weights"]
    with app.app_context():
        erase(db.session.get_one(Comment, comment.id), now=utcnow())
        db.session.commit()
    (lesson,) = lessons_of(app)
    assert (lesson.features, lesson.digest) == (b"", f"withdrawn:{lesson.id}")
    assert learned(app)["weights"] == before


def test_the_next_comment_is_screened_by_what_was_learned(app: Flask):
    article = make_article(app)
    teach_some(app, article)
    made = make_comment(app, article, source="Hello, cheap watches here, whatsapp me today", status="pending")
    (finding,) = (each for each in comment_now(app, made).findings if each["rule"] == "learned")
    assert finding["status"] == "pending"
    assert "cheap" in finding["detail"] and finding["places"]
    fine = make_comment(app, article, source="The mayor is right about the new bridge")
    assert "learned" not in {each["rule"] for each in comment_now(app, fine).findings}


def test_too_few_lessons_say_nothing(app: Flask):
    article = make_article(app)
    for _ in range(MIN_LESSONS - 1):
        settle(app, make_comment(app, article, status="pending", source=SPAM), "spam")
    made = make_comment(app, article, source=SPAM, status="pending")
    assert "learned" not in {each["rule"] for each in comment_now(app, made).findings}


def teach_some(app: Flask, article: Made, *, number: int = MIN_LESSONS) -> None:
    """As many lessons of each kind as the score needs, in one transaction."""
    spam = [
        make_comment(app, article, status="pending", source=f"Cheap watches {n}, whatsapp me") for n in range(number)
    ]
    ham = [
        make_comment(app, article, status="pending", source=f"The mayor is right on bridge {n}") for n in range(number)
    ]
    with app.app_context():
        decide_each([(one.id, 1) for one in spam], Decision.SPAM, actor=SHELL, now=utcnow())
        decide_each([(one.id, 1) for one in ham], Decision.APPROVE, actor=SHELL, now=utcnow())
        db.session.commit()
