"""Learning anew, after an upgrade that takes texts apart in another way, what decisions taught before."""

from flask import Flask
from sqlalchemy import delete, insert, select, text

from davidson.audit.log import SCREENING
from davidson.clock import utcnow
from davidson.comments.lessons import LearnedWeight, Lesson
from davidson.comments.models import Comment
from davidson.comments.screening.features import FEATURES_VERSION
from davidson.comments.withdrawing import erase
from davidson.database import db
from davidson.moderation.relearning import PAST, Relearned, relearn
from davidson.moderation.teaching import packed, unpacked
from davidson.outbox.daily import do_what_is_due
from tests.desks import audit_log
from tests.factories import make_article, make_comment
from tests.moderation.test_precision import note, predicted
from tests.moderation.test_scale import check, explained
from tests.moderation.test_screening_commands import run
from tests.moderation.test_teaching import HAM, SPAM, learned, lessons_of, settle, sum_of_lessons, take_back


def learn_in_an_earlier_way(app: Flask) -> None:
    """Let the store be as if all lessons had been learned while every feature had another bucket."""
    with app.app_context():
        for lesson in db.session.scalars(select(Lesson)):
            values = unpacked(lesson.features)
            lesson.features = packed({bucket ^ 1: value for bucket, value in values.items()})
            lesson.features_version = FEATURES_VERSION - 1
        db.session.commit()
    weights = [{"bucket": bucket, "weight": weight} for bucket, weight in sum_of_lessons(app).items()]
    with app.app_context():
        db.session.execute(delete(LearnedWeight))
        db.session.execute(insert(LearnedWeight), weights)
        db.session.commit()


def test_what_was_learned_before_is_learned_anew_and_its_undo_takes_the_new_lesson_back(app: Flask):
    article = make_article(app)
    spam, ham, twice, erased = (
        make_comment(app, article, status="pending", source=f"{source} {number}")
        for number, source in enumerate((SPAM, HAM, SPAM, HAM))
    )
    settle(app, spam, "spam")
    settle(app, ham, "approve")
    settle(app, twice, "approve")
    settle(app, twice, "spam")
    wanted = [(lesson.id, lesson.features) for lesson in lessons_of(app)]
    settle(app, erased, "approve")
    learn_in_an_earlier_way(app)
    gone = lessons_of(app)[-1]
    rest = {bucket: gone.step * value for bucket, value in unpacked(gone.features).items()}
    with app.test_request_context():
        erase(db.session.get_one(Comment, erased.id), now=utcnow())
        db.session.commit()
    before = learned(app)

    said = run(app, "rebuild")
    assert said.stdout == "4 learned anew; of 1 the text is gone, and what it taught stays\n"
    found = lessons_of(app)
    assert [(lesson.id, lesson.features) for lesson in found[:4]] == wanted
    assert [lesson.features_version for lesson in found] == [FEATURES_VERSION] * 4 + [PAST]
    assert {lesson.score for lesson in found} == {None}

    def check_weights() -> None:
        total = sum_of_lessons(app)
        total = {bucket: total.get(bucket, 0) + rest.get(bucket, 0) for bucket in {*total, *rest}}
        assert learned(app)["weights"] == {bucket: weight for bucket, weight in total.items() if weight}

    check_weights()
    assert learned(app)["counts"] == before["counts"] == (2, 2, 4)
    assert [step > 0 for *_, step in learned(app)["lessons"]] == [True, False, False, True, False]

    for comment, counts in ((twice, (1, 3, 4)), (spam, (0, 3, 3)), (ham, (0, 2, 2))):
        take_back(app, comment)
        check_weights()
        assert learned(app)["counts"] == counts

    assert run(app, "rebuild").stdout == "no decision was learned in an earlier way\n"
    entries = [entry for entry in audit_log(app) if entry.action == "screening.rebuild"]
    assert [(entry.actor, entry.details) for entry in entries] == [("shell", {"lessons": 4, "texts gone": 1})]


def test_the_worker_learns_anew_a_few_at_a_time(app: Flask):
    article = make_article(app)
    for number in range(3):
        settle(app, make_comment(app, article, status="pending", source=f"{SPAM} {number}"), "spam")
    learn_in_an_earlier_way(app)
    with app.app_context():
        do_what_is_due(app, utcnow())
    assert {lesson.features_version for lesson in lessons_of(app)} == {FEATURES_VERSION}
    assert learned(app)["weights"] == sum_of_lessons(app)
    learn_in_an_earlier_way(app)
    with app.app_context():
        assert relearn(actor=SCREENING, now=utcnow(), batch=2) == Relearned(learned=3)
    assert learned(app)["weights"] == sum_of_lessons(app)


def test_old_lessons_are_found_by_an_index(app: Flask):
    note(app, predicted(ham=3_000))
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("ANALYZE lesson"))
            db.session.commit()
        with explained(app) as plans:
            assert relearn(actor=SCREENING, now=utcnow()) == Relearned()
        check(plans, growing=("lesson", "comment"))
