"""When spam is a wave: a comparison of counts."""

from datetime import UTC, datetime

import pytest

from davidson.comments.draft import Wave
from davidson.comments.screening.breaker import SpamCounts, is_wave
from davidson.comments.screening.rules import screen
from tests.comments.screening.samples import banned, make_draft, make_facts

DAYS = 14 * 144


@pytest.mark.parametrize(
    ("recent", "before", "days", "expected"),
    [
        (9, 0, 0, False),
        (10, 0, 0, True),  # Of a site that is younger than a day nothing is known.
        (5, 14, 14, False),  # One a day, and then five at once.
        (10, 14, 14, True),
        (19, 4 * DAYS, 14, False),
        (20, 4 * DAYS, 14, True),
        (499, 100 * DAYS, 14, False),
        (500, 100 * DAYS, 14, True),
        (20, 4 * 144 * 2, 2, True),  # A site of two days.
        (10, -3, 14, True),
    ],
)
def test_a_wave_is_five_times_the_usual_and_ten_at_least(recent, before, days, expected):
    assert is_wave(SpamCounts(recent, before, days), 5) is expected


def test_without_the_setting_nothing_is_a_wave():
    assert not is_wave(SpamCounts(10_000, 0, 14), 0)


def test_a_wave_holds_whoever_sends_and_frees_nothing():
    wave = Wave(datetime(2026, 11, 25, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC), 23, 1.44)
    held = screen(make_draft(), make_facts(wave=wave), "publish")
    assert held.status == "pending"
    (finding,) = held.findings
    assert finding.detail == "Every comment waits in a wave of spam: 23 in ten minutes, usually 1.4."
    spam = screen(make_draft("A spell caster."), make_facts(wave=wave, terms=banned("spell caster")), "publish")
    assert spam.status == "spam"
    assert screen(make_draft(), make_facts(), "publish").status == "approved"
