"""Pins on the front: they keep their slots, end by themselves, and make way for what is taken back."""

import json
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from davidson.articles.publishing import article_to_change, retract
from davidson.audit.log import SHELL, Act
from davidson.clock import utcnow
from davidson.database import db
from davidson.homepage.pinning import FrontChanged, NoSuchSlot, NotPinned, move, pin, state_of_front, unpin
from davidson.homepage.places import Place
from tests.counting import queries_of
from tests.desks import audit_log
from tests.factories import Made, make_article
from tests.pages import read


@pytest.fixture
def stories(app: Flask) -> list[Made]:
    """Nine articles of one section, the newest first."""
    now = utcnow()
    return [
        make_article(app, headline=f"No. {number}", slug=f"no-{number}", published_at=now - timedelta(hours=number))
        for number in range(1, 10)
    ]


def top(client: FlaskClient) -> list[str]:
    return read(client, "/").texts(".front__top h2.card__headline")


def row(client: FlaskClient) -> list[str]:
    return read(client, "/").texts(".column h3.card__headline")


def put(app: Flask, made: Made, place: Place = Place.TOP, slot: int = 1, **more) -> None:
    with app.app_context():
        article = article_to_change(made.slug)
        now = utcnow()
        pin(article, place, slot, until=more.get("until"), act=Act(SHELL, now, more.get("seen")))
        db.session.commit()


def change(app: Flask, act, made: Made, *arguments, **more) -> None:
    with app.app_context():
        act(article_to_change(made.slug), *arguments, act=Act(SHELL, utcnow(), more.pop("seen", None)), **more)
        db.session.commit()


def test_a_pin_shows_on_the_next_request_and_so_does_its_end(app: Flask, client: FlaskClient, stories: list[Made]):
    assert top(client) == ["No. 1", "No. 2", "No. 3"]
    put(app, stories[8])
    assert top(client) == ["No. 9", "No. 1", "No. 2"]
    change(app, unpin, stories[8])
    assert top(client) == ["No. 1", "No. 2", "No. 3"]
    assert [entry.action for entry in audit_log(app)][-2:] == ["front.pin", "front.unpin"]


def test_a_pin_runs_out_at_its_second_in_a_page_that_is_kept(app: Flask, client: FlaskClient, stories: list[Made]):
    begin = utcnow().replace(microsecond=0)
    put(app, stories[8], until=begin + timedelta(hours=1))
    with time_machine.travel(begin + timedelta(minutes=59, seconds=59), tick=False):
        assert top(client)[0] == "No. 9"
    with time_machine.travel(begin + timedelta(hours=1), tick=False):
        assert top(client) == ["No. 1", "No. 2", "No. 3"]


def test_a_retracted_story_leaves_and_its_slot_is_filled_by_nobodys_act(app: Flask, client: FlaskClient, stories):
    put(app, stories[7], slot=2)
    assert top(client) == ["No. 1", "No. 8", "No. 2"]
    with app.app_context():
        retract(article_to_change("no-8"), reason="Wrong.", actor=SHELL, now=utcnow())
        db.session.commit()
    assert top(client) == ["No. 1", "No. 2", "No. 3"]


def test_a_pinned_story_that_is_yet_to_appear_takes_its_slot_at_its_second(app: Flask, client: FlaskClient, stories):
    begin = utcnow().replace(microsecond=0)
    put(app, make_article(app, headline="Later", published_at=begin + timedelta(hours=1)))
    assert top(client)[0] == "No. 1"
    with time_machine.travel(begin + timedelta(hours=1), tick=False):
        assert top(client)[0] == "Later"


def test_who_is_pinned_where_another_stands_lets_them_go_one_on(app: Flask, client: FlaskClient, stories: list[Made]):
    for story in (stories[5], stories[6], stories[7], stories[8]):
        put(app, story)
    assert top(client) == ["No. 9", "No. 8", "No. 7"]
    assert [entry.action for entry in audit_log(app)].count("front.unpin") == 1


def test_neighbours_change_places(app: Flask, client: FlaskClient, stories: list[Made]):
    put(app, stories[7], slot=1)
    put(app, stories[8], slot=2)
    change(app, move, stories[8], Place.TOP, 1, shown_in=2)
    assert top(client) == ["No. 9", "No. 8", "No. 1"]
    change(app, move, stories[0], Place.TOP, 2, shown_in=3)
    assert top(client) == ["No. 9", "No. 1", "No. 8"]
    change(app, move, stories[8], Place.TOP, 2, shown_in=1)
    assert top(client) == ["No. 1", "No. 9", "No. 8"]


def test_a_move_keeps_when_a_pin_runs_out(app: Flask, client: FlaskClient, stories: list[Made]):
    begin = utcnow()
    put(app, stories[8], until=begin + timedelta(hours=1))
    change(app, move, stories[8], Place.TOP, 2, shown_in=1)
    assert top(client) == ["No. 1", "No. 9", "No. 2"]
    with time_machine.travel(begin + timedelta(hours=2), tick=False):
        assert top(client) == ["No. 1", "No. 2", "No. 3"]


def test_a_section_orders_its_own_row(app: Flask, client: FlaskClient, stories: list[Made]):
    arts = [make_article(app, section="Arts", published_at=utcnow() - timedelta(days=number)) for number in (2, 3)]
    put(app, arts[1], Place.SECTION, 1)
    assert row(client)[0] == "No. 6"  # Not the other section's.
    put(app, stories[8], Place.SECTION, 1)
    assert row(client)[:2] == ["No. 9", "No. 6"]


def test_what_cannot_be_is_refused_and_changes_nothing(app: Flask, stories: list[Made]):
    nowhere = make_article(app, section="")
    for made, place, slot in ((stories[0], Place.TOP, 4), (stories[0], Place.TOP, 0), (nowhere, Place.SECTION, 1)):
        with pytest.raises(NoSuchSlot):
            put(app, made, place, slot)
    with pytest.raises(NotPinned):
        change(app, unpin, stories[0])


def test_an_act_on_a_front_that_somebody_changed_is_refused(app: Flask, client: FlaskClient, stories: list[Made]):
    with app.app_context():
        seen = state_of_front(utcnow())
    put(app, stories[7], seen=seen)
    for act in (lambda: put(app, stories[8], seen=seen), lambda: change(app, unpin, stories[7], seen=seen)):
        with pytest.raises(FrontChanged):
            act()
    assert top(client)[0] == "No. 8"


def test_pins_that_ran_out_go_with_the_next_act(app: Flask, stories: list[Made]):
    begin = utcnow()
    put(app, stories[8], until=begin + timedelta(hours=1))
    with time_machine.travel(begin + timedelta(hours=2), tick=False):
        put(app, stories[7])
        with app.app_context():
            assert db.session.execute(db.text("SELECT count(*) FROM pin")).scalar() == 1


def test_pins_cost_no_more_queries_however_many_there_are(make_app, stories: list[Made]):
    app = make_app(page_memory=0)
    with queries_of(app) as before:
        read(app.test_client(), "/")
    for number, story in enumerate(stories[:3], 1):
        put(app, story, slot=number)
    for number, story in enumerate(stories[3:7], 1):
        put(app, story, Place.SECTION, number)
    with queries_of(app) as after:
        read(app.test_client(), "/")
    assert len(after) == len(before) <= 8


def test_the_shell_shows_pins_and_tries(app: Flask, client: FlaskClient, stories: list[Made]):
    shell = app.test_cli_runner()
    tried = shell.invoke(args=["front", "pin", "no-9", "--dry-run"])
    assert tried.exit_code == 0, tried.output
    assert "pinned until" in tried.stdout and "Nothing was changed" in tried.stderr
    assert top(client)[0] == "No. 1"
    done = shell.invoke(args=["front", "pin", "no-9", "--slot", "2", "--until", "2999-01-01 12:00"])
    assert done.exit_code == 0, done.output
    assert top(client) == ["No. 1", "No. 9", "No. 2"]
    shown = [json.loads(line) for line in shell.invoke(args=["front", "show", "--json"]).stdout.splitlines()]
    assert shown[1] == {
        "place": "top",
        "slot": 2,
        "slug": "no-9",
        "headline": "No. 9",
        "pinned_until": "2999-01-01T12:00:00Z",
    }
    assert shown[0]["pinned_until"] is None
    assert shell.invoke(args=["front", "unpin", "no-9", "--dry-run"]).exit_code == 0
    assert top(client)[1] == "No. 9"
    assert shell.invoke(args=["front", "unpin", "no-9"]).exit_code == 0
    assert top(client) == ["No. 1", "No. 2", "No. 3"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["pin", "nobody"],
        ["pin", "no-1", "--slot", "4"],
        ["pin", "no-1", "--until", "soon"],
        ["pin", "no-1", "--until", "1999-01-01 12:00"],
        ["unpin", "no-1"],
    ],
)
def test_the_shell_refuses_in_one_line(app: Flask, stories: list[Made], arguments: list[str]):
    refused = app.test_cli_runner().invoke(args=["front", *arguments])
    assert refused.exit_code in (1, 2)
    assert "Traceback" not in refused.output and refused.stderr.strip()
