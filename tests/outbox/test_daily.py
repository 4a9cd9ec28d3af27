"""Work that is done once a day: by one worker alone, and anew where it failed."""

from datetime import timedelta

import pytest
from flask import Flask

from davidson.clock import utcnow
from davidson.database import db
from davidson.outbox.daily import LEASE, WORKS, do_daily, do_what_is_due
from davidson.outbox.models import Daily
from tests.fire.people import at_once

DAY = timedelta(days=1)


class Work:
    """Counts how often it was done; fails when told to."""

    def __init__(self) -> None:
        self.done = 0
        self.fails = False

    def __call__(self) -> None:
        if self.fails:
            raise RuntimeError("about ada@example.org")
        self.done += 1


@pytest.fixture
def work(app: Flask) -> Work:
    one = Work()
    app.extensions[WORKS] = {}
    do_daily(app, "test", one)
    return one


def test_it_is_done_once_a_day(app: Flask, work: Work):
    now = utcnow()
    with app.app_context():
        assert do_what_is_due(app, now) == now + DAY
        assert do_what_is_due(app, now + DAY - timedelta(seconds=1)) == now + DAY
        assert work.done == 1
        assert do_what_is_due(app, now + DAY) == now + 2 * DAY
        assert work.done == 2


def test_what_failed_is_tried_anew_when_its_lease_is_over_and_the_log_names_nobody(app: Flask, work: Work, caplog):
    now = utcnow()
    work.fails = True
    with app.app_context():
        assert do_what_is_due(app, now) == now + LEASE
        work.fails = False
        do_what_is_due(app, now + LEASE - timedelta(seconds=1))
        assert work.done == 0
        do_what_is_due(app, now + LEASE)
        assert work.done == 1
    assert "daily work failed" in caplog.text and "ada@" not in caplog.text


@pytest.mark.parametrize("known", [True, False])
def test_of_many_workers_one_does_it(app: Flask, work: Work, known: bool):
    now = utcnow()
    if known:
        with app.app_context():
            db.session.add(Daily(name="test", due_at=now))
            db.session.commit()

    def one() -> None:
        with app.app_context():
            do_what_is_due(app, now)

    at_once(*[one] * 4)
    assert work.done == 1
