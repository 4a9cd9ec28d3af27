"""Retention: what is kept too long is forgotten to the moment, in small steps, and nothing else is touched."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from markupsafe import Markup
from sqlalchemy import String, cast, event, inspect, select, text

from davidson.audit.log import SHELL
from davidson.audit.models import AuditEntry
from davidson.clock import utcnow
from davidson.comments.forgetting import forget_networks, forget_spam
from davidson.comments.models import Appeal, Comment, Proposal, Report
from davidson.comments.queries import old_networks, old_spam
from davidson.comments.reasons import Reason
from davidson.comments.reports import report
from davidson.database import db
from davidson.moderation.bans import ended_bans
from davidson.moderation.decisions import Decision, Stale, decide
from davidson.operations.retention import forget_what_is_old
from tests.bulk import fill_comments
from tests.comments.holding import receipt_url
from tests.desks import on_duty
from tests.factories import Made, comment_now, make_article, make_comment
from tests.pages import read

DAYS = timedelta(days=30)
TICK = timedelta(microseconds=1)


def old_article(app: Flask) -> Made:
    return make_article(app, published_at=utcnow() - 12 * DAYS)


def run(app: Flask, now: datetime, **more: Any) -> dict[str, int]:
    """Forget, and give how many of each thing."""
    with app.app_context():
        settings = app.extensions["davidson-settings"]
        return {one.thing: one.number for one in forget_what_is_old(settings, now=now, **more) if one.number}


def entries(app: Flask, subject: str) -> list[AuditEntry]:
    with app.app_context():
        found = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == subject).order_by(AuditEntry.id))
        return list(found)


def verified(app: Flask) -> bool:
    return app.test_cli_runner().invoke(args=["audit", "verify"]).exit_code == 0


def test_a_network_is_forgotten_at_its_thirtieth_day_and_no_moment_sooner(app: Flask):
    article, now = old_article(app), utcnow()
    due = make_comment(app, article, created_at=now - DAYS)
    young = make_comment(app, article, created_at=now - DAYS + TICK)
    assert run(app, now) == {"networks of comments": 1}
    assert (comment_now(app, due).sender, comment_now(app, due).fingerprint) == (None, None)
    assert comment_now(app, young).sender and comment_now(app, young).fingerprint
    assert comment_now(app, due).source and comment_now(app, due).version == due.version
    assert run(app, now + TICK) == {"networks of comments": 1}
    assert run(app, now + TICK) == {}


def test_a_report_is_forgotten_with_the_network_that_made_it(app: Flask):
    article, now = old_article(app), utcnow()
    comment = make_comment(app, article)
    with app.test_request_context():
        for network, moment in (("one", now - DAYS), ("two", now - DAYS + TICK)):
            report(comment.id, Reason.ABUSE, network=network, now=moment)
        db.session.commit()
    assert run(app, now) == {"reports": 1}
    with app.app_context():
        assert db.session.scalars(select(Report.network)).all() == ["two"]


def test_spam_is_erased_thirty_days_after_it_became_spam(app: Flask):
    article, now = old_article(app), utcnow()
    due, young = (
        make_comment(app, article, status="spam", created_at=moment) for moment in (now - DAYS, now - DAYS + TICK)
    )
    old, decided_late = (
        make_comment(app, article, status=state, created_at=now - 2 * DAYS) for state in ("rejected", "pending")
    )
    with app.app_context():
        decide(decided_late.id, Decision.SPAM, version=None, actor=SHELL, now=now - timedelta(days=1))
        db.session.commit()
    assert run(app, now)["spam comments"] == 1
    assert [comment_now(app, one).status for one in (due, young, old, decided_late)] == [
        "deleted",
        "spam",
        "rejected",
        "spam",
    ]
    assert comment_now(app, young).source and comment_now(app, old).source


def everything(app: Flask) -> str:
    """All text that the store holds of comments and the log."""
    with app.app_context():
        rows: list[Any] = []
        for kind in (Comment, AuditEntry):
            rows += db.session.execute(select(*(cast(column, String) for column in inspect(kind).columns))).all()
        return "\n".join(str(row) for row in rows)


def test_nothing_of_old_spam_is_left_but_its_states(app: Flask):
    article, now = old_article(app), utcnow()
    words = {"name": "Zebulon", "email": "zebulon@example.org", "source": "My zeppelin: https://zeppelin.example/ ok"}
    spam = make_comment(app, article, status="spam", created_at=now - DAYS, network="the-network", **words)
    assert "zeppelin" in everything(app)
    run(app, now)
    left = everything(app).casefold()
    assert not [word for word in ("zeppelin", "zebulon", "the-network") if word in left]
    row, log = comment_now(app, spam), entries(app, f"comment:{spam.id}")
    assert [entry.version for entry in log] == list(range(1, row.version + 1))
    last = log[-1]
    assert (last.action, last.actor, last.from_state, last.to_state) == (
        "comment.forget",
        "retention",
        "spam",
        "deleted",
    )
    assert last.to_state == row.status and last.reason == row.reason == "old spam"
    assert verified(app)


def test_the_sum_is_written_down_once(app: Flask):
    article, now = old_article(app), utcnow()
    for _ in range(3):
        make_comment(app, article, status="spam", created_at=now - DAYS)
    for _ in range(2):
        assert run(app, now) in ({"networks of comments": 3, "spam comments": 3}, {})
    (entry,) = entries(app, "site:retention")
    assert (entry.action, entry.actor) == ("retention.run", "retention")
    assert entry.details == {"networks of comments": 3, "spam comments": 3}


def test_the_appeal_and_the_new_text_of_old_spam_go_too(app: Flask):
    article, now = old_article(app), utcnow()
    spam = make_comment(app, article, status="spam", created_at=now - DAYS)
    with app.app_context():
        db.session.add(Appeal(comment_id=spam.id, text="My zeppelin.", sent_at=now))
        text = {"source": "A zeppelin.", "html": Markup("A zeppelin."), "renderer": 1, "findings": []}
        db.session.add(Proposal(comment_id=spam.id, rules_version=1, proposed_at=now, **text))
        db.session.commit()
    assert run(app, now)["spam comments"] == 1
    with app.app_context():
        (appeal,) = db.session.scalars(select(Appeal))
        assert (appeal.text, appeal.answer, appeal.outcome, appeal.answered_at) == ("", "", "void", now)
        assert db.session.scalars(select(Proposal)).all() == []


def test_replies_to_old_spam_keep_their_place_and_pages_stay_as_they_were(app: Flask, client):
    article, now = old_article(app), utcnow()
    head = make_comment(app, article, created_at=now - DAYS)
    reply = make_comment(app, article, parent_id=head.id, created_at=now - DAYS)
    with app.app_context():
        decide(head.id, Decision.SPAM, version=None, actor=SHELL, now=now - DAYS)
        db.session.commit()
    before = read(client, article.url)
    assert len(before.all("p.thread__tombstone")) == 1
    assert run(app, now)["spam comments"] == 1
    after = read(client, article.url)
    assert after.html == before.html
    assert comment_now(app, reply).parent_id == head.id


def test_a_receipt_says_that_the_comment_was_erased_and_why(app: Flask, client):
    article, now = old_article(app), utcnow()
    spam = make_comment(app, article, status="spam", created_at=now - DAYS)
    url = receipt_url(app, spam)
    run(app, now)
    page = read(client, url)
    assert page.texts("p.notice__title") == ["Erased: it was taken for advertising"]
    desk = read(on_duty(app), f"/staff/moderation/comments/{spam.id}")
    assert "Erased: old spam." in desk.one(".desk__about").text
    assert desk.texts(".queue-card__name") == ["Erased"] and "withdrawn" not in desk.html.casefold()


def test_what_was_begun_can_be_stopped_anywhere_and_begun_anew(app: Flask):
    article, now = old_article(app), utcnow()
    for _ in range(7):
        make_comment(app, article, status="spam", created_at=now - DAYS)
    changed: list[int] = []

    def note(_connection: Any, cursor: Any, statement: str, *_more: Any) -> None:
        if "UPDATE comment" in statement:
            changed.append(1)
            if len(changed) == 3:
                raise KeyboardInterrupt

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(app, now, batch=2)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    with app.app_context():
        assert db.session.query(Comment).filter(Comment.sender.is_(None)).count() == 4  # Two steps of two.
    assert run(app, now, batch=2) == {"networks of comments": 3, "spam comments": 7}
    assert verified(app)


@pytest.mark.parametrize("kept", ["network", "spam"])
def test_what_is_to_be_kept_for_ever_is(make_app, kept: str):
    app: Flask = make_app(**{f"retention_{kept}_days": 0})
    article, now = old_article(app), utcnow()
    make_comment(app, article, status="spam", created_at=now - 10 * DAYS)
    assert f"{kept} comments" not in run(app, now)
    with app.app_context():
        (row,) = db.session.query(Comment)
        assert (row.source != "") is (kept == "spam")
        assert row.sender is None  # Erased spam has no network either.


def test_a_decision_on_what_was_seen_before_is_told(app: Flask):
    article, now = old_article(app), utcnow()
    spam = make_comment(app, article, status="spam", created_at=now - DAYS)
    run(app, now)
    with app.app_context(), pytest.raises(Stale):
        decide(spam.id, Decision.APPROVE, version=spam.version, actor=SHELL, now=now)


def test_what_somebody_decides_on_just_now_is_left_for_another_time(app: Flask):
    if app.extensions["davidson-settings"].embedded:
        pytest.skip("SQLite has one writer at a time")
    article, now = old_article(app), utcnow()
    one, other = (make_comment(app, article, status="spam", created_at=now - DAYS) for _ in range(2))
    with app.app_context(), db.engine.connect() as elsewhere:
        elsewhere.execute(text(f"UPDATE comment SET version = version + 1, status = 'approved' WHERE id = {one.id}"))
        assert forget_spam(now - DAYS, now=now, most=10) == 1
        db.session.commit()
        elsewhere.commit()
        assert forget_spam(now - DAYS, now=now, most=10) == 0
    assert comment_now(app, one).source and not comment_now(app, other).source


def test_no_more_is_forgotten_at_once_than_is_asked_however_the_store_finds_it(app: Flask):
    if app.extensions["davidson-settings"].embedded:
        pytest.skip("SQLite has one way to find it")
    article, now = old_article(app), utcnow()
    for _ in range(7):
        make_comment(app, article, status="spam", created_at=now - 9 * DAYS)
    with app.app_context():
        for way in ("hashjoin", "mergejoin", "material", "hashagg", "sort", "memoize"):
            db.session.execute(text(f"SET LOCAL enable_{way} = off"))
        assert forget_networks(now - DAYS, most=2) == 2
        assert forget_spam(now - DAYS, now=now, most=3) == 3


def plan_of(statement: Any) -> str:
    """How the store finds the rows, told in its own words."""
    raw = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    with db.engine.connect() as connection:
        if db.engine.dialect.name == "sqlite":
            return "\n".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {raw}"))
        for other_way in ("seqscan", "bitmapscan", "sort"):  # It prefers these while a table is small.
            connection.exec_driver_sql(f"SET LOCAL enable_{other_way} = off")
        return json.dumps(connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {raw}").scalar_one())


@pytest.mark.parametrize(
    ("what", "index"),
    [
        (old_networks, "ix_comment_network_kept"),
        (old_spam, "ix_comment_status_decided_at_id"),
        (ended_bans, "ix_ban_ends_at_id"),
    ],
)
def test_what_is_old_is_found_in_its_order_by_an_index(app: Flask, what: Any, index: str):
    fill_comments(app, make_article(app), 400)
    with app.app_context():
        db.session.execute(text("UPDATE comment SET sender = NULL, fingerprint = NULL WHERE id % 40 > 0"))
        db.session.execute(
            text("ANALYZE")
        )  # Of a table that it has not counted, PostgreSQL only guesses what it holds.
        db.session.commit()
        plan = plan_of(what(utcnow(), most=100))
    assert index in plan and "TEMP B-TREE" not in plan and '"Sort"' not in plan
