"""Bars as SVG, on a logarithmic scale: what is compared here lies up to a thousandfold apart."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, ROW, GAP, TOP = 900, 330, 90, 20, 34, 56
STYLE = """text { font: 12px system-ui, sans-serif; fill: #222 } .title { font-size: 15px; font-weight: 600 }
.group { font-weight: 600 } .name { text-anchor: end } .tick { text-anchor: middle; fill: #777 }
.bar { fill: #9aa7b5 } .first { fill: #1f5fa8 } line { stroke: #ddd } rect.paper { fill: #fff }"""


@dataclass(frozen=True)
class Bar:
    """A figure above zero, in a group whose first bar stands out."""

    group: str
    name: str
    value: float


def chart(title: str, bars: Sequence[Bar]) -> str:
    """The bars in their order, below their groups' titles."""
    scale = Scale(min(bar.value for bar in bars), max(bar.value for bar in bars))
    groups = [(name, list(members)) for name, members in groupby(bars, key=lambda bar: bar.group)]
    height = TOP + sum(GAP + ROW * len(members) for _, members in groups) + 20
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{_text(title)}">',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
        f'<text class="title" x="12" y="24">{_text(title)}</text>',
        *_ticks(scale, height),
        *_groups(scale, groups),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class Scale:
    """From a figure to a place: each power of ten has the same width."""

    def __init__(self, least: float, most: float) -> None:
        self.least = math.floor(math.log10(least))
        # A bar of the least power of ten would have no width.
        self.least -= 10**self.least == least
        self.most = max(math.ceil(math.log10(most)), self.least + 1)

    def width(self, value: float) -> float:
        """How long the bar of that figure is, in pixels."""
        share = (math.log10(value) - self.least) / (self.most - self.least)
        return round(share * (WIDTH - LEFT - RIGHT), 1)

    def ticks(self) -> list[float]:
        """The powers of ten that the scale spans."""
        return [10.0**power for power in range(self.least, self.most + 1)]


def _ticks(scale: Scale, height: int) -> Iterator[str]:
    for value in scale.ticks():
        x = LEFT + scale.width(value)
        yield f'<line x1="{x}" x2="{x}" y1="{TOP}" y2="{height - 12}"/>'
        yield f'<text class="tick" x="{x}" y="{TOP - 6}">{_number(value)}</text>'


def _groups(scale: Scale, groups: Sequence[tuple[str, Sequence[Bar]]]) -> Iterator[str]:
    y = TOP
    for name, members in groups:
        yield f'<text class="group" x="12" y="{y + 20}">{_text(name)}</text>'
        y += GAP - 6
        for place, bar in enumerate(members):
            kind = "bar" if place else "bar first"
            width = scale.width(bar.value)
            yield f'<text class="name" x="{LEFT - 8}" y="{y + 13}">{_text(bar.name)}</text>'
            yield f'<rect class="{kind}" x="{LEFT}" y="{y + 2}" width="{width}" height="{ROW - 5}"/>'
            yield f'<text x="{LEFT + width + 6}" y="{y + 13}">{_number(bar.value)}</text>'
            y += ROW
        y += 6


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.3g}"


def _text(text: str) -> str:
    return escape(text, {'"': "&quot;"})
