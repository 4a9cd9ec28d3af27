"""How often a password may be guessed, and who is not kept out by the guesses of others."""

from datetime import timedelta

import time_machine

from davidson.clock import utcnow
from davidson.database import db
from tests.desks import PASSWORD, browser, hire, log_in
from tests.pages import read

EMAIL = "ada@example.org"
HOME, GUESSER, CAFE = "192.0.2.7", "198.51.100.1", "203.0.113.9"


def guess(app, times, *, email=EMAIL, address=GUESSER, change=lambda number: {}):
    """Guess so often; gives the answers' statuses."""
    client = browser(app)
    form = read(client, "/staff/login")
    statuses = []
    for number in range(times):
        client.environ_base["REMOTE_ADDR"] = address(number) if callable(address) else address
        name = email(number) if callable(email) else email
        page = form.submit("main form", headers=change(number), email=name, password=f"wrong {number}")
        statuses.append(page.status)
    return statuses


def test_the_sixth_guess_in_five_minutes_is_not_even_tried(app):
    hire(app, email=EMAIL)
    assert guess(app, 7) == [422] * 5 + [429] * 2
    answer = log_in(browser(app, address=GUESSER), EMAIL)
    assert answer.status == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 300
    assert answer.form("main form")[1]["email"] == EMAIL
    assert answer.texts(".notice__title") == ["Too many tries. Please wait 5 minutes and try again."]


def test_who_waits_may_try_again(app):
    hire(app, email=EMAIL)
    guess(app, 6)
    with time_machine.travel(utcnow() + timedelta(minutes=6)):
        assert log_in(browser(app, address=GUESSER), EMAIL).status == 303


def test_nobody_learns_from_the_limit_who_works_here(app):
    hire(app, email=EMAIL)
    assert guess(app, 7, email="nobody@example.org") == guess(app, 7)


def test_guesses_from_one_network_do_not_keep_the_owner_out_at_another(app):
    hire(app, email=EMAIL)
    guess(app, 30)
    assert log_in(browser(app, address=CAFE), EMAIL).status == 303


def test_a_made_up_forwarding_header_does_not_dodge_the_limit(app):
    hire(app, email=EMAIL)
    statuses = guess(app, 7, change=lambda number: {"X-Forwarded-For": f"10.{number}.0.1"})
    assert statuses == [422] * 5 + [429] * 2


def test_another_spelling_of_the_address_does_not_dodge_the_limit(app):
    hire(app, email=EMAIL)
    spellings = ["ada@example.org", "ADA@example.org", " ada@example.org", "Ada@Example.Org "]
    assert guess(app, 6, email=lambda number: spellings[number % 4])[-1] == 429


def test_a_guesser_with_many_addresses_of_one_network_is_stopped_too(app):
    hire(app, email=EMAIL)
    statuses = guess(app, 22, address=lambda number: f"198.51.100.{number}")
    assert statuses == [422] * 20 + [429] * 2
    assert guess(app, 6, address=lambda number: f"2001:db8:0:1::{number:x}")[-1] == 429


def test_one_network_cannot_try_everybody(app):
    statuses = guess(app, 102, email=lambda number: f"person-{number}@example.org")
    assert statuses == [422] * 100 + [429] * 2


def test_guesses_from_everywhere_stop_but_the_owners_own_network_stays_open(app):
    hire(app, email=EMAIL)
    assert log_in(browser(app, address=HOME), EMAIL).status == 303
    assert guess(app, 100, address=lambda number: f"10.{number}.1.1")[-2:] == [422, 429]
    assert log_in(browser(app, address=CAFE), EMAIL).status == 429
    assert log_in(browser(app, address=HOME), EMAIL).status == 303


def test_a_right_password_begins_the_count_anew(app):
    hire(app, email=EMAIL)
    for _ in range(3):
        assert guess(app, 4) == [422] * 4
        assert log_in(browser(app, address=GUESSER), EMAIL).status == 303


def test_addresses_are_kept_as_keyed_hashes_only(app):
    hire(app, email=EMAIL)
    guess(app, 2)
    log_in(browser(app, address=HOME), EMAIL, PASSWORD)
    with app.app_context():
        kept = " ".join(db.session.scalars(db.text("SELECT key FROM throttle")))
    assert kept and not any(secret in kept for secret in (EMAIL, HOME, GUESSER, "198.51.100"))
