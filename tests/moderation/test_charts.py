"""Charts as places: every value lies within the drawing, where its scale says, and nothing covers anything."""

import re
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from davidson.moderation.charts import (
    MOST_RULES,
    PLOT,
    TOP,
    WIDTH,
    Drawing,
    Row,
    column_chart,
    line_chart,
    linear,
    logarithmic,
    row_chart,
)
from davidson.moderation.trends import EVEN_TIMES, MAGNITUDES

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
VALUES = st.lists(st.none() | st.integers(0, 10**7), min_size=1, max_size=400)
BASE = TOP + PLOT


def numbers_in(path: str) -> list[float]:
    return [float(number) for number in NUMBER.findall(path)]


def plain(value: float) -> str:
    return f"{value:g}"


def line_places(drawing: Drawing, *, quiet: bool = False) -> list[float]:
    (path,) = (shape.path for shape in drawing.shapes if shape.kind == "line" and shape.quiet is quiet)
    return numbers_in(path.replace("h0", ""))


def most(values: Sequence[int | None]) -> int:
    return max((value for value in values if value is not None), default=0)


@given(VALUES)
def test_a_line_goes_through_every_value_and_through_nothing_else(values: list[int | None]):
    scale = linear(most(values), EVEN_TIMES)
    drawing = line_chart(scale, [values], dates=("a", "b"), name=plain)
    places = line_places(drawing)
    known = [value for value in values if value is not None]
    assert places[1::2] == [scale.y(value) for value in known]
    assert all(TOP <= y <= BASE for y in places[1::2])
    assert places[::2] == sorted(places[::2])
    assert all(0 < x < WIDTH for x in places[::2])
    assert [word.text for word in drawing.words if word.kind == "value"] == [plain(value) for value in known[-1:]]


def test_a_line_is_broken_where_nothing_is_known_and_a_lone_value_is_a_point():
    drawing = line_chart(linear(3), [[1, 2, None, 3, None]], dates=("a", "b"), name=plain)
    (path,) = (shape.path for shape in drawing.shapes if shape.kind == "line")
    assert re.fullmatch(r"M\S+ \S+L\S+ \S+M\S+ \S+h0", path)


@given(st.integers(0, 10**9))
def test_a_scale_has_few_hairlines_from_nothing_to_the_most(value: int):
    scale = linear(value)
    assert 2 <= len(scale.ticks) <= MOST_RULES
    assert scale.ticks[0] == 0
    assert value <= scale.ticks[-1] <= max(1, 2.5 * value)
    assert (scale.y(0), scale.y(scale.ticks[-1])) == (BASE, TOP)


@given(st.integers(1, 10**8), st.integers(1, 10**8))
def test_a_scale_of_magnitudes_holds_what_it_is_made_for(one: int, other: int):
    least, greatest = sorted((one, other))
    scale = logarithmic(least, greatest, MAGNITUDES)
    assert len(scale.ticks) <= MOST_RULES + 2
    assert TOP - 0.1 <= scale.y(greatest) <= scale.y(least) <= BASE


@given(st.integers(0, 100), st.integers(0, 100))
def test_values_beside_lines_do_not_cover_each_other(one: int, other: int):
    drawing = line_chart(linear(100), [[one], [other]], dates=("a",), name=plain)
    heights = sorted(word.y for word in drawing.words if word.kind == "value")
    assert heights[1] - heights[0] > 13.9


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=100))
def test_columns_stand_on_the_base_and_are_seen_however_low(values: list[int]):
    drawing = column_chart(linear(max(values)), [values], dates=("a", "b"), name=plain)
    (path,) = (shape.path for shape in drawing.shapes if shape.kind == "columns")
    columns = [numbers_in(column) for column in path.split("z") if column]
    assert len(columns) == sum(value > 0 for value in values)
    for x, base, height, width, foot in columns:
        assert base == foot == BASE
        assert 1 <= -height <= PLOT
        assert x >= 0 and x + width <= WIDTH


def test_rows_have_one_scale_their_names_and_their_sums():
    rows = [Row("Links", "30", [10, 20]), Row("Wording", "1", [0, 1])]
    drawing = row_chart(rows, dates=("a", "b"))
    heights = [-numbers_in(column)[2] for shape in drawing.shapes for column in shape.path.split("z") if "v" in column]
    assert heights == [12, 24, 1.2]
    assert [word.text for word in drawing.words] == ["Links", "30", "Wording", "1", "a", "b"]
    assert all(0 <= word.y <= drawing.height for word in drawing.words)
