"""The breaker: a wave of spam lets every comment wait for a while, says so everywhere, and ends by itself."""

from datetime import UTC, datetime, timedelta
from functools import partial

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from davidson.audit.telling import told
from davidson.clock import utcnow
from davidson.comments.breaker import FRESH, HOLD, last_wave
from davidson.comments.screening.breaker import LEAST
from davidson.comments.spamcounts import SpamCount
from davidson.config import CommentsMode
from davidson.database import db
from davidson.outbox.draining import drain_once
from davidson.outbox.models import Message
from tests.comments.sending import cost_of_comment, newest, send
from tests.comments.waves import AS_USUAL, AT_PRESENT, NOON, acts, promised, spam
from tests.desks import audit_log, on_duty
from tests.factories import Made, make_article, make_comment
from tests.pages import Page, read


def queue(app: Flask) -> Page:
    return read(on_duty(app), "/staff/moderation/")


def settle(moderator: FlaskClient, comment: Made, decision: str, version: int) -> None:
    path = f"/staff/moderation/comments/{comment.id}"
    page = read(moderator, path)
    assert page.submit(f"form[action={path}]", decision=decision, version=str(version)).status == 303


def test_a_wave_holds_every_comment_and_says_so_on_pages_that_are_kept(app, client, article):
    other = make_article(app)
    assert [promised(client, one) for one in (article, other)] == [AS_USUAL] * 2
    spam(app, article, LEAST - 1)
    assert promised(client, article) == AS_USUAL
    send(client, article, "Before it.")
    assert newest(app)[0] == "approved"
    spam(app, article, 1)
    assert [promised(client, one) for one in (article, other)] == [AT_PRESENT] * 2
    assert send(client, other, "A kind word.").status == 303
    state, findings = newest(app)
    assert (state, set(findings)) == ("pending", {"breaker"})
    assert (
        findings["breaker"]["detail"] == "Every comment waits in a wave of spam: 10 in ten minutes, usually hardly any."
    )
    preview = read(client, article.url).submit("#comment-form", name="Ada", body="Words.", preview="yes")
    assert AT_PRESENT in preview.one("p.sheet__small").text


def test_moderators_are_told_with_numbers_and_since_when(app, article):
    assert queue(app).all(".wave-notice") == []
    spam(app, article, LEAST + 2)
    said = queue(app).one(".wave-notice").text
    assert "A wave of spam: every comment waits for you." in said
    assert "10 in ten minutes, usually hardly any; since 25 November 2026, 12:00 UTC." in said
    assert "It ends by itself at 12:30, unless more comes." in said
    (entry,) = [entry for entry in audit_log(app) if entry.actor == "breaker"]
    assert (entry.action, entry.details) == ("breaker.trip", {"spam": 10, "usual": 0.0})
    assert told(entry, names={}, reasons={}).sentence == "The spam breaker let every comment wait for a moderator"


def test_it_ends_by_itself_at_its_second_on_pages_that_are_kept(app, client, article, clock):
    spam(app, article)
    assert promised(client, article) == AT_PRESENT
    clock.move_to(NOON + HOLD - timedelta(seconds=1))
    assert promised(client, article) == AT_PRESENT
    send(client, article, "Just within.")
    assert newest(app)[0] == "pending"
    clock.move_to(NOON + HOLD)
    assert promised(client, article) == AS_USUAL
    assert queue(app).all(".wave-notice") == []
    send(client, article, "Just after.")
    assert newest(app)[0] == "approved"
    assert acts(app) == ["breaker.trip", "breaker.close"]
    send(client, article, "Later on.")
    assert acts(app) == ["breaker.trip", "breaker.close"]


def test_the_worker_writes_down_the_end_where_nobody_comments(app, article, clock):
    spam(app, article)
    with app.app_context():
        assert not drain_once(app, utcnow())
        clock.move_to(NOON + timedelta(minutes=20))
    spam(app, article)
    with app.app_context():
        clock.move_to(NOON + HOLD)
        assert drain_once(app, utcnow())  # It lasts, so this only looks again later.
        assert acts(app) == ["breaker.trip"]
        (message,) = db.session.scalars(select(Message))
        assert message.due_at == NOON + timedelta(minutes=20) + HOLD
        clock.move_to(message.due_at)
        db.session.rollback()
        assert drain_once(app, utcnow()) and not drain_once(app, utcnow())
    assert acts(app) == ["breaker.trip", "breaker.close"]


def test_a_wave_that_lasts_moves_its_end_on(app, client, article, clock):
    spam(app, article)
    assert promised(client, article) == AT_PRESENT
    clock.move_to(NOON + timedelta(minutes=25))
    spam(app, article, LEAST - 1)
    with app.app_context():
        assert last_wave().until == NOON + HOLD  # It was no wave just now.
    spam(app, article, 1)
    with app.app_context():
        assert last_wave().until == NOON + timedelta(minutes=25) + HOLD
        assert last_wave().since == NOON
    clock.move_to(NOON + HOLD)
    assert promised(client, article) == AT_PRESENT
    clock.move_to(NOON + timedelta(minutes=25) + HOLD)
    assert promised(client, article) == AS_USUAL
    assert acts(app) == ["breaker.trip"]
    spam(app, article)  # A second wave; the first one's end is written down before.
    assert acts(app) == ["breaker.trip", "breaker.close", "breaker.trip"]


def test_what_moderators_mark_counts_while_it_is_fresh_and_an_undo_takes_it_back(app, client, article, clock):
    decide = partial(settle, on_duty(app))
    old = [make_comment(app, article, source=f"An advertisement, {n}.") for n in range(LEAST)]
    clock.move_to(NOON + FRESH + timedelta(seconds=1))
    for comment in old:
        decide(comment, "spam", 1)
    assert promised(client, article) == AS_USUAL  # Who clears up in the morning has no wave.
    fresh = [make_comment(app, article, source=f"Another, {n}.") for n in range(LEAST)]
    for comment in fresh[:-1]:
        decide(comment, "spam", 1)
    decide(fresh[0], "undo", 2)
    decide(fresh[-1], "spam", 1)
    assert promised(client, article) == AS_USUAL
    decide(fresh[0], "spam", 3)
    assert promised(client, article) == AT_PRESENT


def test_a_wave_ends_with_the_spam_that_began_it_and_no_sooner(app, client, article, clock):
    decide = partial(settle, on_duty(app))
    other = make_article(app)
    marked = [make_comment(app, article, source=f"An advertisement, {n}.") for n in range(LEAST + 1)]
    for comment in marked:
        decide(comment, "spam", 1)
    assert [promised(client, one) for one in (article, other)] == [AT_PRESENT] * 2
    clock.move_to(NOON + timedelta(minutes=20))  # No longer among those of the last ten minutes.
    decide(marked[0], "undo", 2)
    assert promised(client, article) == AT_PRESENT  # Without that one it was a wave all the same.
    decide(marked[1], "approve", 2)
    assert [promised(client, one) for one in (article, other)] == [AS_USUAL] * 2
    assert queue(app).all(".wave-notice") == []
    send(client, article, "A kind word.")
    assert newest(app)[0] == "approved"
    assert acts(app) == ["breaker.trip", "breaker.close"]
    with app.app_context():
        clock.move_to(NOON + HOLD)
        assert drain_once(app, utcnow())
    assert acts(app) == ["breaker.trip", "breaker.close"]


def test_an_undo_takes_back_the_time_that_it_had_added_to_a_wave(app, client, article, clock):
    spam(app, article)
    clock.move_to(NOON + timedelta(minutes=25))
    spam(app, article, LEAST - 1)
    made = make_comment(app, article, source="Get REPLICA-WATCHES here", status="spam")
    with app.app_context():
        assert last_wave().until == NOON + timedelta(minutes=25) + HOLD
    settle(on_duty(app), made, "approve", made.version)
    with app.app_context():
        assert NOON + HOLD <= last_wave().until <= NOON + HOLD + timedelta(minutes=1)
    clock.move_to(NOON + HOLD + timedelta(minutes=1))
    assert promised(client, article) == AS_USUAL


def test_it_can_be_switched_off(make_app, article):
    app = make_app(comments=CommentsMode.PUBLISH, spam_breaker=0)
    spam(app, article, 2 * LEAST)
    assert promised(app.test_client(), article) == AS_USUAL
    send(app.test_client(), article)
    assert newest(app)[0] == "approved" and acts(app) == []


def test_another_number_of_times_can_be_set(make_app, article):
    app = make_app(comments=CommentsMode.PUBLISH, spam_breaker=3)
    with app.app_context():
        row = SpamCount(seconds=86400, begins_at=datetime(2026, 11, 24, tzinfo=UTC), number=4 * 144)
        db.session.add(row)
        db.session.commit()
    make_comment(app, make_article(app, published_at=NOON - timedelta(days=2)), created_at=NOON - timedelta(days=1))
    spam(app, article, 11)
    assert promised(app.test_client(), article) == AS_USUAL
    spam(app, article, 1)
    assert promised(app.test_client(), article) == AT_PRESENT


def test_where_every_comment_waits_anyway_nothing_else_is_said(make_app, article):
    app = make_app(comments=CommentsMode.HOLD_ALL)
    spam(app, article)
    assert promised(app.test_client(), article) == "A moderator reads each comment before it is published."


def test_a_comment_asks_no_more_of_the_store_in_a_wave_and_spam_a_few_sums(make_app, article):
    app = make_app(comments=CommentsMode.PUBLISH, page_memory=0)
    cost = partial(cost_of_comment, app, article)
    cost("A first one, for what is kept.")
    before = cost("As usual.")
    spam(app, article)
    cost("A first one in the wave.")
    assert cost("In the wave.") <= before  # Held, so it changes no page.
    assert cost("Replica watches in the wave.") <= before + 4  # The sums, the sweep, the counts and the row.
