"""Counting against a limit inside the request's own transaction, and in one of its own."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from limits import parse
from sqlalchemy import func, select

from davidson.clock import utcnow
from davidson.database import db
from davidson.web.limits import SWEEP_EVERY, Throttle, is_within, seconds_left, seconds_to_wait

TWO = parse("2 per minute")


def kept(app: Flask) -> int:
    with app.app_context():
        return db.session.execute(select(func.count()).select_from(Throttle)).scalar_one()


def test_what_is_counted_in_a_transaction_counts_once_that_is_committed(app: Flask):
    with app.app_context():
        for _ in range(2):
            assert is_within(TWO, "comment", "ada")
            db.session.commit()
        assert not is_within(TWO, "comment", "ada")
        assert is_within(TWO, "comment", "bo")
        db.session.rollback()
        assert 0 < seconds_left(TWO, "comment", "ada") <= 60
        assert seconds_left(TWO, "comment", "bo") == 0


def test_what_is_rolled_back_does_not_count(app: Flask):
    with app.app_context():
        for _ in range(5):
            assert is_within(TWO, "comment", "ada")
            db.session.rollback()


def test_both_ways_of_counting_are_one_count(app: Flask):
    with app.app_context():
        assert seconds_to_wait(TWO, "comment", "ada") == 0
        assert is_within(TWO, "comment", "ada")
        db.session.commit()
        assert seconds_to_wait(TWO, "comment", "ada") > 0


def test_where_there_is_no_limit_nothing_is_counted(app: Flask):
    with app.app_context():
        assert is_within(None, "comment", "ada")
    assert kept(app) == 0


def test_a_count_of_its_own_is_refused_inside_a_transaction(app: Flask):
    with app.app_context():
        is_within(TWO, "comment", "ada")
        with pytest.raises(RuntimeError):
            seconds_to_wait(TWO, "comment", "ada")


def test_windows_that_are_over_are_swept_away(app: Flask):
    with app.app_context():
        seconds_to_wait(TWO, "comment", "ada")
        with time_machine.travel(utcnow() + timedelta(minutes=3) + SWEEP_EVERY):
            seconds_to_wait(TWO, "comment", "bo")
    assert kept(app) == 1
