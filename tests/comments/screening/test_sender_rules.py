"""What the form, the clock and the name say about a sender: honeypot, pace, names."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from davidson.comments.screening.honeypot import filled_honeypot
from davidson.comments.screening.names import borrowed_name
from davidson.comments.screening.pace import too_soon
from davidson.comments.status import CommentStatus

from .samples import hostile_text, make_draft, make_facts, unhurried

NEWSROOM = make_facts(staff_names=("Jane Doe", "Ann", "Alan Merryweather"), site_name="Davidson News")


def test_a_filled_honeypot_holds_and_never_makes_spam():
    finding = filled_honeypot(make_draft(website="https://pills.example"), make_facts())
    assert (finding.rule, finding.status) == ("honeypot", CommentStatus.PENDING)
    assert finding.evidence == "https://pills.example"


@pytest.mark.parametrize("website", ["", "  \n"])
def test_an_empty_honeypot_says_nothing(website):
    assert filled_honeypot(make_draft(website=website), make_facts()) is None


@pytest.mark.parametrize("seconds", [-4.0, 0.0, 1.2, 2.999])
def test_a_form_that_comes_back_too_soon_is_held(seconds):
    assert too_soon(make_draft(seconds=seconds), make_facts(min_seconds=3)).status is CommentStatus.PENDING


def test_the_pace_is_told_in_seconds():
    finding = too_soon(make_draft(seconds=2.96), make_facts(min_seconds=3))
    assert finding.detail == "Sent 2.9 seconds after the form was first touched, sooner than the 3 that are usual."


@pytest.mark.parametrize("seconds", [None, math.nan, math.inf])
def test_an_unknown_time_is_noted_and_holds_nothing(seconds):
    assert too_soon(make_draft(seconds=seconds), make_facts()).status is CommentStatus.APPROVED


@pytest.mark.parametrize("seconds", [3.0, 3600.0])
def test_a_form_that_took_its_time_is_not_mentioned(seconds):
    assert too_soon(make_draft(seconds=seconds), make_facts(min_seconds=3)) is None


@unhurried
@given(st.none() | st.floats())
def test_pace_is_off_at_zero_seconds(seconds):
    assert too_soon(make_draft(seconds=seconds), make_facts(min_seconds=0)) is None


@unhurried
@given(st.none() | st.floats(), st.integers(1, 600))
def test_any_time_is_understood(seconds, minimum):
    finding = too_soon(make_draft(seconds=seconds), make_facts(min_seconds=minimum))
    assert finding is None or finding.rule == "pace"


@pytest.mark.parametrize(
    "name",
    [
        "Jane Doe",
        "JANE  DOE",
        "JaneDoe",
        "J\u0430ne D\u043ee",
        "J4ne D0e",
        "Jane Doe (editor)",
        "J.a.n.e D.o.e",
        "Ann",
        "ann!",
        "Davidson News",
        "Davidson\u200b News Support",
        "DavidsonNews",
        "AIan Merryweather",
        "A1an Merryvveather",
        "Mr Alan Me\u0433\u0433yweather",
        "Alan rnerryweather",
    ],
)
def test_the_names_of_staff_and_site_are_held_in_any_spelling(name):
    finding = borrowed_name(make_draft(name=name), NEWSROOM)
    assert (finding.rule, finding.status) == ("names", CommentStatus.PENDING)


@pytest.mark.parametrize(
    "name", ["Jane", "Doe", "Ann Smith", "Joanna", "Jane Doering", "David Newson", "", "Ada", "Alan Merry"]
)
def test_names_that_readers_share_with_staff_in_part_pass(name):
    assert borrowed_name(make_draft(name=name), NEWSROOM) is None


def test_the_detail_says_whose_name_it_is():
    assert "the site, “Davidson News”" in borrowed_name(make_draft(name="davidson news"), NEWSROOM).detail
    assert "a member of staff, “Jane Doe”" in borrowed_name(make_draft(name="jane doe"), NEWSROOM).detail


@unhurried
@given(hostile_text, hostile_text)
def test_any_name_can_be_compared(name, owned):
    finding = borrowed_name(make_draft(name=name), make_facts(staff_names=(owned,), site_name=name))
    assert finding is None or finding.places == ()
