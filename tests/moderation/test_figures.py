"""What days of moderation come to: sums, percentiles, and cells that give nobody away."""

from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from davidson.moderation.figures import LEAST_SHOWN, OTHERS, Cell, DayFigures, merged, percentile, rounded_up, sum_of

NUMBERS = st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 40), max_size=8)


@given(NUMBERS)
def test_no_cell_tells_of_fewer_than_five_comments(numbers: dict[str, int]):
    cells = merged(numbers)
    assert all(cell.number is None or cell.number >= LEAST_SHOWN for cell in cells)
    # Nor can one be had by taking the others from the sum, which the page tells as well.
    if len(cells) > 1 and any(0 < number < LEAST_SHOWN for number in numbers.values()):
        assert cells[-1].name == OTHERS
        assert cells[-1].number is not None


@given(NUMBERS)
def test_merging_loses_no_comment(numbers: dict[str, int]):
    cells = merged(numbers)
    if all(cell.number is not None for cell in cells):
        assert sum(cell.number or 0 for cell in cells) == sum(numbers.values())
    else:
        assert sum(numbers.values()) < LEAST_SHOWN


def test_the_largest_cell_comes_first_and_small_ones_last():
    numbers = {"false": 3, "abuse": 7, "advertising": 50, "other": 4}
    assert merged(numbers) == (Cell("advertising", 50), Cell("abuse", 7), Cell(OTHERS, 7))


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=60), st.integers(1, 100))
def test_a_percentile_is_the_nearest_rank_and_may_be_rounded_before_or_after(values: list[int], share: int):
    exact = sorted(values)[ceil(share * len(values) / 100) - 1]
    counted: dict[int, int] = {}
    for value in values:
        counted[rounded_up(value)] = counted.get(rounded_up(value), 0) + 1
    assert percentile(counted, share) == rounded_up(exact)


@given(st.floats(0, 10**8))
def test_rounding_up_keeps_two_figures(seconds: float):
    rounded = rounded_up(seconds)
    assert seconds <= rounded <= max(seconds + 1, seconds * 1.1)
    assert len(str(rounded).rstrip("0")) <= 2


def test_days_add_up_and_come_back_from_their_json():
    day = DayFigures(
        approved=3,
        received={"approved": 4, "pending": 6},
        refused={"abuse": 5},
        held_by={"links": 6},
        waits={"60": 9, "120": 1},
    )
    same = DayFigures.from_json(day.as_json())
    both = sum_of([day, same])
    assert (both.received, both.held, both.published_at_once, both.approved) == (20, 12, 8, 6)
    assert both.reasons == (Cell("abuse", 10),)
    assert (both.median, both.ninetieth) == (60, 60)


def test_no_day_is_no_figure():
    nothing = sum_of([])
    assert (nothing.received, nothing.median, nothing.ninetieth, nothing.reasons) == (0, None, None, ())
