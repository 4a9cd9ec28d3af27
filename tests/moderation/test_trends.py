"""What is drawn of some days, and the tables behind it: the same numbers, in steps of a day or a week."""

from datetime import date, timedelta

import pytest

from davidson.moderation.figures import DayFigures
from davidson.moderation.steps import SPANS, brief, dates_of, name_of, steps_of
from davidson.moderation.trends import Chart, charts_of

LAST = date(2026, 11, 24)


def days_back(*figures: DayFigures) -> dict[str, DayFigures]:
    """Days that end with LAST, given from the newest to the oldest."""
    return {(LAST - timedelta(days=ago)).isoformat(): day for ago, day in enumerate(figures)}


def chart(id: str, days: dict[str, DayFigures], span: int = 7) -> Chart:
    chosen = SPANS[span]
    (found,) = (one for one in charts_of(steps_of(days, chosen, last=LAST), chosen) if one.id == id)
    return found


def test_a_span_has_a_step_for_each_day_and_a_year_one_for_each_week():
    for days, span in SPANS.items():
        steps = steps_of({}, span, last=LAST)
        assert len(steps) == span.steps
        assert steps[-1].last == LAST
        assert 0 <= days - span.days <= 1
        assert {(step.last - step.first).days + 1 for step in steps} == {span.length}


def test_the_table_holds_what_is_drawn_the_newest_first():
    days = days_back(DayFigures(waiting=3, oldest=7200), DayFigures(waiting=0), DayFigures(waiting=1204, oldest=90))
    waiting, oldest = chart("waiting", days), chart("oldest", days)
    assert waiting.rows == (("24 Nov 2026", "3"), ("23 Nov 2026", "0"), ("22 Nov 2026", "1,204"))
    assert oldest.rows == (("24 Nov 2026", "2 h"), ("23 Nov 2026", "0"), ("22 Nov 2026", "90 s"))
    assert waiting.told == (
        "18 Nov 2026 to 24 Nov 2026: 3 at the end of 24 Nov 2026, 1,204 at the most, on 22 Nov 2026."
    )
    assert waiting.drawing is not None


def test_a_week_adds_up_and_ends_with_its_last_day():
    busy = DayFigures(
        received={"approved": 5, "pending": 2}, waits={"60": 1, "7200": 1}, refused={"spam": 1}, waiting=4, oldest=60
    )
    days = days_back(*[busy] * 7)
    (received,) = chart("received", days, 365).rows
    assert received == ("18 to 24 Nov 2026", "49", "35", "14", "0")
    assert chart("waiting", days, 365).rows == (("18 to 24 Nov 2026", "4"),)
    assert chart("decided", days, 365).rows == (("18 to 24 Nov 2026", "1 min", "2 h", "14"),)
    assert chart("refused", days, 365).rows == (("18 to 24 Nov 2026", "7"),)


def test_reasons_and_checks_stand_in_the_order_of_their_sums():
    days = days_back(
        DayFigures(refused={"abuse": 1, "spam": 2}, held_by={"links": 3, "strangers": 9}),
        DayFigures(refused={"abuse": 4}),
    )
    refused, held = chart("refused", days), chart("held", days)
    assert refused.head == ("Day", "Insults or threats", "Spam")
    assert refused.rows == (("24 Nov 2026", "1", "2"), ("23 Nov 2026", "4", "0"))
    assert refused.told.endswith(": Insults or threats 5, Spam 2.")
    assert held.head == ("Day", "A first comment", "Links")


@pytest.mark.parametrize("id", ["decided", "received", "refused", "held"])
def test_where_nothing_happened_nothing_is_drawn(id: str):
    assert chart(id, days_back(DayFigures(waiting=0))).drawing is None


def test_what_an_earlier_release_did_not_count_is_a_gap_and_no_nought():
    days = days_back(DayFigures(waiting=2, oldest=60), DayFigures(), DayFigures(waiting=5, oldest=60))
    waiting = chart("waiting", days)
    assert waiting.rows == (("24 Nov 2026", "2"), ("22 Nov 2026", "5"))
    assert waiting.drawing is not None
    (line,) = (shape.path for shape in waiting.drawing.shapes if shape.kind == "line")
    assert line.count("M") == 2
    assert chart("waiting", days_back(DayFigures())).drawing is None


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0"),
        (1, "1 s"),
        (60, "1 min"),
        (95, "95 s"),
        (5400, "90 min"),
        (3600, "1 h"),
        (129600, "36 h"),
        (86400, "1 day"),
    ],
)
def test_times_are_said_briefly(seconds: int, said: str):
    assert brief(seconds) == said


def test_steps_and_ends_are_named_by_their_dates():
    days, weeks = (steps_of({}, SPANS[span], last=date(2027, 1, 3)) for span in (7, 365))
    assert (name_of(days[-1]), dates_of(days)) == ("3 Jan 2027", ("28 Dec", "3 Jan"))
    assert name_of(weeks[-1]) == "28 Dec 2026 to 3 Jan 2027"
    assert dates_of(weeks) == ("Jan 2026", "Jul 2026", "Jan 2027")
