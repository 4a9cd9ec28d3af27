"""When screening may mark spam by itself: only while its last decisions prove it right, and it says so."""

import json
from collections.abc import Sequence

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from davidson.clock import utcnow
from davidson.comments.lessons import WHOLE, Lesson
from davidson.comments.screening.features import FEATURES_VERSION
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation.precision import (
    MIN_DECISIONS,
    MIN_TEXTS,
    SCORES,
    WINDOW,
    Predicted,
    proven_score,
    screening_figures,
)
from tests.factories import Made, comment_now, make_article, make_comment
from tests.moderation.test_teaching import HAM, settle, teach_some

SURE = int(0.97 * WHOLE)


def predicted(*, spam: int = 0, ham: int = 0, wrong: int = 0, score: int = SURE) -> list[Predicted]:
    """So many that were rightly taken for spam, rightly for none, and wrongly for spam; each a text of its own."""
    right = [Predicted(f"spam-{number}", is_spam=True, score=score) for number in range(spam)]
    quiet = [Predicted(f"ham-{number}", is_spam=False, score=1000) for number in range(ham)]
    return [*right, *quiet, *(Predicted(f"wrong-{number}", is_spam=False, score=score) for number in range(wrong))]


@pytest.mark.parametrize(
    ("last", "proven"),
    [
        ([], None),
        (predicted(spam=100, ham=MIN_DECISIONS - 101), None),
        (predicted(spam=100, ham=MIN_DECISIONS - 100), 0.9),
        (predicted(spam=MIN_TEXTS - 1, ham=MIN_DECISIONS), None),
        (predicted(spam=MIN_TEXTS, ham=MIN_DECISIONS), 0.9),
        (predicted(spam=99, ham=MIN_DECISIONS, wrong=1), 0.9),
        (predicted(spam=98, ham=MIN_DECISIONS, wrong=1), None),
        (predicted(spam=200, wrong=3), None),
        ([*predicted(spam=60, ham=200), *predicted(wrong=5, score=int(0.93 * WHOLE))], 0.95),
        ([Predicted("one", is_spam=True, score=SURE)] * 400, None),
        ([*predicted(spam=60, ham=200), Predicted("spam-1", is_spam=False, score=SURE)], None),
    ],
)
def test_a_score_is_proven_by_enough_decisions_that_are_right(last: Sequence[Predicted], proven: float | None):
    assert proven_score(last) == proven


@given(
    st.lists(st.builds(Predicted, st.sampled_from("abcdefgh"), st.booleans(), st.integers(0, WHOLE)), max_size=WINDOW)
)
def test_no_fewer_texts_than_are_asked_for_ever_prove_a_score(last: list[Predicted]):
    assert proven_score(last) is None


def note(app: Flask, last: Sequence[Predicted], *, version: int = FEATURES_VERSION) -> None:
    """Lessons as such decisions leave them, the last one decided last."""
    rows = [
        {
            "comment_id": 10_000 * version + number,
            "version": 2,
            "digest": each.digest,
            "is_spam": each.is_spam,
            "score": each.score,
            "step": 0,
            "features": b"",
            "features_version": version,
            "learned_at": utcnow(),
        }
        for number, each in enumerate(last)
    ]
    with app.app_context():
        db.session.execute(insert(Lesson), rows)
        db.session.commit()


def test_what_was_predicted_in_an_earlier_way_proves_nothing(app: Flask):
    note(app, predicted(spam=200), version=FEATURES_VERSION - 1)
    note(app, predicted(spam=3))
    with app.app_context():
        figures = screening_figures()
    assert (figures.decisions, figures.predicted, figures.may_mark_spam) == (3, 3, False)


def test_a_new_site_publishes_that_it_proved_nothing(app: Flask):
    with app.app_context():
        figures = screening_figures()
    assert figures.as_json() == {
        "decisions": 0,
        "decisions_in_all": 0,
        "threshold": SCORES[0],
        "predicted": 0,
        "right": 0,
        "precision": None,
        "may_mark_spam": False,
        "lessons_spam": 0,
        "lessons_ham": 0,
    }
    assert json.loads(json.dumps(figures.as_json())) == figures.as_json()


def test_it_marks_spam_by_itself_once_that_is_proven_and_stops_when_it_errs(app: Flask):
    article = make_article(app)
    teach_some(app, article, number=60)
    text = "Hello, cheap watches here, cheap, whatsapp me cheap watches"
    held = make_comment(app, article, status="pending", source=text)
    assert held.version == 1  # It came to wait by itself: nothing was proven.

    note(app, predicted(spam=150, ham=150))
    settle(app, make_comment(app, article, status="pending", source=HAM), "approve")
    with app.app_context():
        figures = screening_figures()
    assert (figures.may_mark_spam, figures.threshold) == (True, 0.9)
    assert figures.precision is not None and figures.precision >= 0.99
    marked = make_comment(app, article, status="spam", source=text)
    assert _learned_status(app, marked) == "spam"

    note(app, predicted(wrong=3))
    settle(app, make_comment(app, article, status="pending", source=HAM), "approve")
    with app.app_context():
        figures = screening_figures()
    assert (figures.may_mark_spam, figures.precision is not None and figures.precision < 0.99) == (False, True)
    again = make_comment(app, make_article(app), status="pending", source=f"{text} now")
    assert _learned_status(app, again) == "pending"


def test_only_the_last_decisions_count(app: Flask):
    note(app, predicted(wrong=50))
    note(app, predicted(spam=100, ham=WINDOW - 100))
    with app.app_context():
        figures = screening_figures()
    assert (figures.decisions, figures.predicted, figures.right, figures.may_mark_spam) == (WINDOW, 100, 100, True)


def _learned_status(app: Flask, comment: Made) -> str:
    """What the learned score alone would have made of a comment."""
    (finding,) = (each for each in comment_now(app, comment).findings if each["rule"] == "learned")
    return CommentStatus(finding["status"]).value
