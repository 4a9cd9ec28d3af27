"""The public figures: counted once a day from the log, the same by the page's own questions, and telling of nobody."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.appealing import make_appeal
from davidson.comments.models import Comment
from davidson.comments.reasons import Reason
from davidson.comments.withdrawing import erase, withdraw
from davidson.database import db, reading
from davidson.moderation.appeals import Verdict, answer_appeal
from davidson.moderation.days import make_days
from davidson.moderation.decisions import Decision, decide, undo
from davidson.moderation.figures import percentile, rounded_up
from davidson.moderation.precision import screening_figures
from davidson.moderation.training import forget_everything
from tests.counting import queries_of
from tests.factories import Made, comment_now, make_article, make_comment
from tests.moderation.test_precision import note, predicted
from tests.pages import read

URL = "/about/moderation"


def test_a_new_site_has_rules_and_no_figures_yet(client: FlaskClient):
    page = read(client, URL)
    assert "Insults or threats" in page.one("main").text
    assert "when the first day is over" in page.one("main").text
    assert json.loads(client.get(f"{URL}.json").data) is None


def decided(app: Flask, article: Made, decision: Decision, *, sent: datetime, waited: timedelta, **more: str) -> Made:
    """A comment that was held, and what a moderator made of it."""
    comment = make_comment(app, article, status="pending", created_at=sent, source="See https://example.org/", **more)
    with app.app_context():
        actor, when = SHELL, sent + waited
        reason = Reason.ABUSE if decision is Decision.REJECT else ""
        decide(comment.id, decision, version=None, actor=actor, now=when, reason=reason)
        db.session.commit()
    return comment


def two_days(app: Flask) -> datetime:
    """Comments of the day before yesterday and of yesterday, and one of today; gives the beginning of today."""
    today = utcnow().replace(hour=0, minute=0, second=0, microsecond=0)
    article = make_article(app, published_at=today - timedelta(days=9))
    for minutes in range(1, 9):
        sent = today - timedelta(days=2) + timedelta(hours=minutes)
        decided(app, article, Decision.APPROVE, sent=sent, waited=timedelta(minutes=minutes))
    for number in range(6):
        sent = today - timedelta(hours=12 - number)
        decided(app, article, Decision.REJECT, sent=sent, waited=timedelta(minutes=100))
    last = decided(app, article, Decision.SPAM, sent=today - timedelta(hours=3), waited=timedelta(hours=2))
    with app.app_context():
        undo(last.id, version=2, actor=SHELL, now=today - timedelta(minutes=5))
        make_days(today - timedelta(seconds=1))  # Yesterday is not over yet.
        db.session.commit()
    decided(app, article, Decision.APPROVE, sent=today, waited=timedelta(0))
    return today


def test_the_figures_of_whole_days_are_told_and_todays_are_not(app: Flask, client: FlaskClient):
    today = two_days(app)
    before = json.loads(client.get(f"{URL}.json").data)
    assert (before["received"], before["approved"], before["refused"]) == (8, 8, 0)
    with app.app_context():
        assert make_days(today) == 1
        assert make_days(today) == 0
    after = json.loads(client.get(f"{URL}.json").data)
    assert (after["received"], after["held"], after["approved"], after["refused"]) == (15, 15, 8, 7)
    assert (after["undone"], after["withdrawn"]) == (1, 0)
    assert after["until"] == today.isoformat().replace("+00:00", "Z")
    assert after["median"] == 480
    assert after["ninetieth"] == 6000
    page = read(client, URL)
    assert "Half of the held comments were decided on within 8 minutes" in page.one("main").text
    assert "nine in ten within 100 minutes" in page.one("main").text


def test_a_cell_with_few_comments_is_not_told_alone(app: Flask, client: FlaskClient):
    today = two_days(app)
    with app.app_context():
        make_days(today)
    reasons = json.loads(client.get(f"{URL}.json").data)["reasons"]
    # Six for abuse and one for spam: the one would say what became of somebody's comment.
    assert [(cell["id"], cell["comments"]) for cell in reasons] == [("others", 7)]


def test_the_pages_own_questions_give_the_same_figures(app: Flask, client: FlaskClient):
    today = two_days(app)
    with app.app_context():
        make_days(today)
    told = json.loads(client.get(f"{URL}.json").data)
    page = read(client, URL)
    moments, *questions = page.texts("pre")[:4]
    since, until = re.findall(r":\w+ = (\S+)", moments)
    kind = app.extensions["davidson-settings"].database_url.get_backend_name()
    span = {"since": since, "until": until}
    if kind == "sqlite":  # Which keeps moments as text, without the letters.
        span = {name: moment.replace("T", " ").replace("Z", ".000000") for name, moment in span.items()}
    with app.app_context(), reading():
        acts, rules, waits = ([tuple(row) for row in db.session.execute(text(one), span)] for one in questions)
    assert sum(row[4] for row in acts if row[0] == "comment.submit") == told["received"]
    assert sum(row[4] for row in acts if row[0] in ("comment.reject", "comment.spam")) == told["refused"]
    assert sum(row[4] for row in acts if row[0] == "comment.uphold") == told["upheld"]
    assert {row[0]: row[1] for row in rules} == {cell["id"]: cell["comments"] for cell in told["rules"]}
    seconds = [rounded_up(float(row[0])) for row in waits]
    assert percentile({value: seconds.count(value) for value in seconds}, 90) == told["ninetieth"]


def test_appeals_that_were_upheld_are_told_and_what_is_withdrawn_and_then_erased_counts_once(app: Flask, client):
    today = utcnow().replace(hour=0, minute=0, second=0, microsecond=0)
    at = today - timedelta(hours=2)
    article = make_article(app, published_at=today - timedelta(days=9))
    refused = decided(app, article, Decision.SPAM, sent=at, waited=timedelta(minutes=1))
    gone, erased = (make_comment(app, article, created_at=at) for _ in range(2))
    with app.test_request_context():
        make_appeal(db.session.get_one(Comment, refused.id), "Why?", now=at)
        answer_appeal(refused.id, Verdict.UPHOLD, answer="So.", version=3, actor=SHELL, now=at)
        withdraw(db.session.get_one(Comment, gone.id), now=at)
        for comment in (gone, erased):
            erase(db.session.get_one(Comment, comment.id), now=at)
        db.session.commit()
        make_days(today)
    told = json.loads(client.get(f"{URL}.json").data)
    assert (told["upheld"], told["withdrawn"]) == (1, 2)
    assert "Published after an appeal" in read(client, URL).all("table")[0].text


def test_the_page_names_nobody_and_quotes_nothing(app: Flask, client: FlaskClient):
    article = make_article(app)
    make_comment(app, article, status="pending", name="Adalbert", source="Unspeakable words", email="ada@example.org")
    with app.app_context():
        make_days(utcnow() + timedelta(days=1))
    for url in (URL, f"{URL}.json"):
        said = client.get(url).text
        assert not any(word in said for word in ("Adalbert", "Unspeakable", "ada@example.org"))


def test_figures_cost_the_same_after_one_day_and_after_a_year(app: Flask, client: FlaskClient):
    def cost() -> int:
        with queries_of(app) as asked:
            client.get(f"{URL}?no-cache={utcnow().timestamp()}")
        return len(asked)

    two_days(app)
    few = cost()
    with app.app_context():
        make_days(utcnow() + timedelta(days=365))
    assert cost() == few


def test_the_learned_check_is_told_to_rest_on_too_little_on_a_new_site(client: FlaskClient):
    text = read(client, URL).one("main").text
    assert "rests on fewer than 5 decisions" in text
    assert "does not mark any comment as spam by itself" in text


def count_a_day(app: Flask) -> None:
    make_article(app)
    with app.app_context():
        make_days(utcnow() + timedelta(days=1))


def learned(client: FlaskClient) -> dict[str, object]:
    told: dict[str, object] = json.loads(client.get(f"{URL}.json").data)["learned"]
    return told


def test_the_precision_of_the_last_decisions_is_told_and_when_it_suffices(app: Flask, client: FlaskClient):
    count_a_day(app)
    note(app, predicted(spam=99, ham=100, wrong=1, score=990_000))
    assert learned(client) == {"decisions": 200, "threshold": 0.9, "precision": 0.99, "marks_spam": True}
    text = read(client, URL).one("main").text
    assert "judged by the last 200 decisions; the last 500 count, once there are so many" in text
    assert "a score of 0.9 or more, it was right 99 times in a hundred" in text
    assert "marks such comments as spam by itself, and stops as soon as it rests on fewer than 200 decisions" in text
    assert "right less than 99 times in a hundred" in text


@pytest.mark.parametrize(
    ("last", "decisions", "precision"),
    [
        (predicted(ham=4), None, None),
        (predicted(spam=49, ham=100), 149, None),  # Of so few the wrong ones could be told.
        (predicted(spam=99, ham=99, wrong=1), 199, 0.99),
        (predicted(spam=199, wrong=3), 202, 0.98),
        (predicted(spam=100, ham=500), 500, None),
    ],
)
def test_what_does_not_suffice_is_told_as_it_is(app: Flask, client: FlaskClient, last, decisions, precision):
    count_a_day(app)
    note(app, last)
    told = learned(client)
    assert (told["decisions"], told["precision"], told["marks_spam"]) == (decisions, precision, False)
    assert "does not mark any comment as spam by itself" in read(client, URL).one("main").text


def test_the_question_about_the_learned_check_gives_the_same(app: Flask, client: FlaskClient):
    note(app, predicted(spam=100, ham=500, wrong=2))
    question = read(client, URL).texts("pre")[-1]
    with app.app_context(), reading():
        asked = tuple(db.session.execute(text(question), {"threshold": 0.9}).one())
        figures = screening_figures()
    assert asked == (figures.decisions, figures.predicted, figures.right) == (500, 2, 0)


def test_each_decision_is_told_by_the_very_next_answer(app: Flask, client: FlaskClient):
    article = make_article(app)
    comments = [make_comment(app, article, status="pending") for _ in range(6)]

    def told_after(act: Callable[..., object], *values: object, **more: object) -> list[str]:
        with app.app_context():
            act(*values, **more, actor=SHELL, now=utcnow())
            db.session.commit()
        return re.findall(r"last (\d+) decisions", client.get(URL).text)

    said = [told_after(decide, comment.id, Decision.SPAM, version=None) for comment in comments]
    said.append(told_after(undo, comments[0].id, version=comment_now(app, comments[0]).version))
    said.append(told_after(forget_everything))
    assert said == [[], [], [], [], ["5"], ["6"], ["5"], []]
