"""Small charts as shapes and words at places, which a template draws as SVG. Pure: no session, request or clock.

They are drawn as a newspaper's graphics desk does: hairlines with their numbers upon them, few of these, dates at both
ends, the last value beside the line. A unit is a pixel where a chart is as wide as a telephone, so that words stay
legible there.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

WIDTH, LEFT, RIGHT = 340, 36, 54
TOP, PLOT, BOTTOM = 18, 116, 20
ROW, STRIP = 50, 24
# The baselines of two values beside lines are at least so far from each other.
LINE_OF_TEXT = 14
# What a column fills of its room, and how wide it is at the most.
FILLED, WIDEST = 0.72, 14
MOST_RULES = 4
COUNTS = tuple(factor * 10**power for power in range(9) for factor in (1, 2, 5))

Values = Sequence[float | None]
Name = Callable[[float], str]


@dataclass(frozen=True)
class Shape:
    """A path of SVG. `kind` is `rule`, `base`, `columns`, `line` or `dot`; what is less than another is `quiet`."""

    kind: str
    path: str
    quiet: bool = False


@dataclass(frozen=True)
class Word:
    """A text at a place. `kind` is `number`, `date`, `name` or `value`; `anchor` is that of SVG."""

    kind: str
    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True)
class Drawing:
    """A chart: its size, its shapes from the undermost to the topmost, and its words."""

    height: float
    shapes: tuple[Shape, ...]
    words: tuple[Word, ...]
    width: float = WIDTH


@dataclass(frozen=True)
class Scale:
    """Which share of the height a value has, from 0 to 1, and which values have a hairline."""

    share: Callable[[float], float]
    ticks: tuple[float, ...]

    def y(self, value: float) -> float:
        """How far below the top of the chart a value lies."""
        return round(TOP + PLOT * (1 - self.share(value)), 1)


@dataclass(frozen=True)
class Row:
    """One of several small charts below each other: a name, what all its values come to, and the values."""

    name: str
    total: str
    values: Sequence[float]


def linear(most: float, steps: Sequence[float] = COUNTS) -> Scale:
    """A scale from nothing to `most` or a little more, with a hairline at each of the least steps that make it few."""
    step = next((step for step in steps if step * (MOST_RULES - 1) >= most), max(most, 1))
    number = max(1, math.ceil(most / step))
    return Scale(lambda value: value / (number * step), tuple(place * step for place in range(number + 1)))


def logarithmic(least: float, most: float, steps: Sequence[float]) -> Scale:
    """A scale from the last of the rising steps below `least` to the first above `most`; all are above zero."""
    low = max((step for step in steps if step <= least), default=steps[0])
    high = next((step for step in steps if step >= most and step > low), max(most, 2 * low))
    ticks = [step for step in steps if low <= step <= high]
    if len(ticks) > MOST_RULES + 2:
        ticks = ticks[::-2][::-1]
    return Scale(lambda value: math.log(max(value, low) / low) / math.log(high / low), tuple(ticks))


def line_chart(scale: Scale, lines: Sequence[Values], *, dates: Sequence[str], name: Name) -> Drawing:
    """Lines, the last of them above the others, and each with its last value beside it.

    A line has a value for each step of time, None where there is none, and there it is broken.
    """
    shapes = [Shape("line", _line(scale, values), quiet=values is not lines[-1]) for values in lines]
    ends = [end for end in (_end(scale, values) for values in lines) if end]
    shapes += [Shape("dot", f"M{x} {y}h0", quiet=number < len(ends) - 1) for number, (x, y, _) in enumerate(ends)]
    return _framed(scale, shapes, _beside(ends, name), dates=dates, name=name)


def column_chart(scale: Scale, columns: Sequence[Sequence[float]], *, dates: Sequence[str], name: Name) -> Drawing:
    """Columns, the last of them before the others, all from the base up."""
    base = TOP + PLOT
    shapes = [
        Shape(
            "columns", _columns([PLOT * scale.share(value) for value in values], base), quiet=values is not columns[-1]
        )
        for values in columns
    ]
    return _framed(scale, shapes, [], dates=dates, name=name)


def row_chart(rows: Sequence[Row], *, dates: Sequence[str]) -> Drawing:
    """Columns of one thing below those of another, all to one scale, each under its name and its total."""
    most = max((value for row in rows for value in row.values), default=0) or 1
    shapes: list[Shape] = []
    words: list[Word] = []
    for number, row in enumerate(rows):
        base = (number + 1) * ROW
        heights = [STRIP * value / most for value in row.values]
        shapes += [Shape("columns", _columns(heights, base, left=0, right=WIDTH)), Shape("base", f"M0 {base}H{WIDTH}")]
        words += [
            Word("name", 0, base - STRIP - 6, row.name),
            Word("value", WIDTH, base - STRIP - 6, row.total, "end"),
        ]
    bottom = len(rows) * ROW
    return Drawing(bottom + BOTTOM, tuple(shapes), (*words, *_dates(dates, bottom, left=0, right=WIDTH)))


def _framed(
    scale: Scale, shapes: Sequence[Shape], words: Sequence[Word], *, dates: Sequence[str], name: Name
) -> Drawing:
    """Hairlines below what is drawn, the base above it, and the numbers and dates."""
    base, right = TOP + PLOT, WIDTH - RIGHT
    rules = [Shape("rule", f"M0 {scale.y(tick)}H{right}") for tick in scale.ticks if scale.share(tick) > 0]
    numbers = [Word("number", 0, scale.y(tick) - 4, name(tick)) for tick in scale.ticks]
    return Drawing(
        base + BOTTOM,
        (*rules, *shapes, Shape("base", f"M0 {base}H{right}")),
        (*numbers, *_dates(dates, base, left=LEFT, right=right), *words),
    )


def _dates(dates: Sequence[str], base: float, *, left: float, right: float) -> Iterator[Word]:
    """The first date under the beginning, the last under the end, and others between."""
    for number, date in enumerate(dates):
        share = number / max(1, len(dates) - 1)
        anchor = "start" if share == 0 else "end" if share == 1 else "middle"
        yield Word("date", round(left + (right - left) * share, 1), base + BOTTOM - 5, date, anchor)


def _line(scale: Scale, values: Values) -> str:
    """A line through what lies side by side; what lies alone is a point, for the ends of lines are round."""
    parts = []
    for is_gap, run in groupby(_places(scale, values), key=lambda place: place is None):
        if not is_gap:
            first, *more = (f"{place[0]} {place[1]}" for place in run if place)
            parts.append(f"M{first}" + ("".join(f"L{place}" for place in more) or "h0"))
    return "".join(parts)


def _places(scale: Scale, values: Values) -> Iterator[tuple[float, float, float] | None]:
    """Where each value lies in the middle of its step, and the value itself."""
    room = (WIDTH - RIGHT - LEFT) / max(1, len(values))
    for number, value in enumerate(values):
        yield None if value is None else (round(LEFT + room * (number + 0.5), 1), scale.y(value), value)


def _end(scale: Scale, values: Values) -> tuple[float, float, float] | None:
    return next((place for place in [*_places(scale, values)][::-1] if place), None)


def _beside(ends: Sequence[tuple[float, float, float]], name: Name) -> list[Word]:
    """The last values, from the lowest up; one that lies too near to that below it goes up."""
    words: list[Word] = []
    below = math.inf
    for x, y, value in sorted(ends, key=lambda end: -end[1]):
        below = round(min(y + 4, below - LINE_OF_TEXT), 1)
        words.append(Word("value", x + 7, below, name(value)))
    return words


def _columns(heights: Sequence[float], base: float, *, left: float = LEFT, right: float = WIDTH - RIGHT) -> str:
    """Columns that stand on a base. What there is at all is seen, however little it is."""
    room = (right - left) / max(1, len(heights))
    width = round(min(WIDEST, room * FILLED), 2)
    return "".join(
        f"M{left + room * (number + 0.5) - width / 2:.1f} {base}v-{max(1, height):.1f}h{width}V{base}z"
        for number, height in enumerate(heights)
        if height > 0
    )
