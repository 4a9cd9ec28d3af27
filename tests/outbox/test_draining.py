"""The outbox: a message comes with its change or not at all, and is done at least once, however often it fails."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from davidson.clock import utcnow
from davidson.database import db
from davidson.outbox.draining import LEASE, LONGEST_DELAY, PATIENCE, do, drain_once
from davidson.outbox.models import Message
from davidson.outbox.queries import next_due
from davidson.outbox.queueing import queue
from davidson.outbox.worker import Worker

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Desk:
    """Work of the kind "note", which fails as often as it is told to."""

    def __init__(self, app: Flask, *, failures: int = 0, most: int = 1) -> None:
        self.app = app
        self.failures = failures
        self.calls: list[list[int]] = []
        do(app, "note", self.work, most=most)

    def work(self, payloads: list[dict[str, Any]]) -> None:
        self.calls.append([payload["number"] for payload in payloads])
        if self.failures:
            self.failures -= 1
            raise ConnectionError("nobody there")

    def queue(self, *numbers: int, now: datetime = NOON) -> None:
        with self.app.app_context():
            for number in numbers:
                queue("note", {"number": number}, now=now)
            db.session.commit()

    def drain(self, now: datetime = NOON) -> bool:
        with self.app.app_context():
            return drain_once(self.app, now)

    def waiting(self) -> list[Message]:
        with self.app.app_context():
            return db.session.query(Message).order_by(Message.id).all()


def test_a_message_is_done_once_and_gone(app: Flask):
    desk = Desk(app)
    desk.queue(1, 2)
    assert [desk.drain(), desk.drain(), desk.drain()] == [True, True, False]
    assert desk.calls == [[1], [2]]
    assert desk.waiting() == []


def test_a_change_that_is_rolled_back_asks_for_nothing(app: Flask):
    desk = Desk(app)
    with app.app_context():
        queue("note", {"number": 1}, now=NOON)
        db.session.flush()
        db.session.rollback()
        db.session.commit()
    assert not desk.drain()


def test_messages_of_a_kind_are_done_together_up_to_its_bound(app: Flask):
    desk = Desk(app, most=3)
    do(app, "other", lambda payloads: None)
    desk.queue(1, 2)
    with app.app_context():
        queue("other", {}, now=NOON)
        db.session.commit()
    desk.queue(3, 4)
    while desk.drain():
        pass
    assert desk.calls == [[1, 2, 3], [4]]


def test_a_failure_is_kept_and_tried_again_later_and_later(app: Flask):
    desk = Desk(app, failures=100)
    desk.queue(1)
    now, delays = NOON, []
    for attempt in range(1, 15):
        assert desk.drain(now)
        [message] = desk.waiting()
        assert (message.attempts, message.last_error) == (attempt, "ConnectionError: nobody there")
        assert not desk.drain(message.due_at - timedelta(milliseconds=1))
        delays.append(message.due_at - now)
        now = message.due_at
    for number, delay in enumerate(delays):
        whole = min(timedelta(seconds=2**number), LONGEST_DELAY)
        assert whole / 2 <= delay <= whole
    desk.failures = 0
    assert desk.drain(now)
    assert desk.waiting() == []


def test_what_fails_for_days_is_given_up(app: Flask, caplog: pytest.LogCaptureFixture):
    desk = Desk(app, failures=100)
    desk.queue(1)
    desk.drain()
    desk.drain(NOON + PATIENCE)
    assert desk.waiting() == []
    assert [record.message for record in caplog.records] == ["work failed", "work failed", "work given up"]
    fields = {"kind": "note", "messages": 1, "fault": "ConnectionError"}
    assert vars(caplog.records[-1])["fields"] == fields


def test_a_kind_that_nobody_knows_waits(app: Flask):
    with app.app_context():
        queue("from a later release", {}, now=NOON)
        db.session.commit()
        assert drain_once(app, NOON)
        assert not drain_once(app, NOON)
        assert db.session.query(Message).one().last_error.startswith("KeyError")


def test_a_lease_keeps_others_away_until_it_runs_out(app: Flask, make_app):
    desk, other = Desk(app), Desk(make_app())
    desk.queue(1)
    seen: list[bool] = []

    def while_others_look(_payloads: list[dict[str, Any]]) -> None:
        seen.append(other.drain(NOON + LEASE - timedelta(seconds=1)))
        seen.append(other.drain(NOON + LEASE))
        raise ConnectionError("too late: another one has done it")

    do(app, "note", while_others_look)
    assert desk.drain()
    assert seen == [False, True]
    assert other.calls == [[1]]
    assert desk.waiting() == []


def test_a_late_failure_does_not_touch_the_lease_of_another(app: Flask, make_app):
    desk, other = Desk(app), Desk(make_app(), failures=1)
    desk.queue(1)

    def outlive_the_lease(_payloads: list[dict[str, Any]]) -> None:
        other.drain(NOON + LEASE)
        raise ConnectionError("late")

    do(app, "note", outlive_the_lease)
    assert desk.drain()
    [message] = desk.waiting()
    assert (message.attempts, message.last_error) == (2, "ConnectionError: nobody there")
    assert message.due_at > NOON + LEASE


def test_two_workers_at_once_do_not_double(app: Flask, make_app):
    desks = [Desk(app), Desk(make_app()), Desk(make_app())]
    desks[0].queue(*range(60))
    start = threading.Barrier(len(desks))

    def drain(desk: Desk) -> None:
        start.wait()
        with desk.app.app_context():
            while next_due() is not None:
                db.session.rollback()
                drain_once(desk.app, NOON)
            db.session.rollback()

    threads = [threading.Thread(target=drain, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = [number for desk in desks for call in desk.calls for number in call]
    assert sorted(done) == list(range(60))


def test_a_worker_drains_what_is_due_and_knows_when_it_is_next_asked(app: Flask):
    desk = Desk(app, failures=1)
    desk.queue(1, 2, now=utcnow())
    with app.app_context():
        due = Worker(app).drain()
    [message] = desk.waiting()
    assert sorted(desk.calls) == [[1], [2]]
    assert due == message.due_at
