"""What is made of a picture, in which sizes, and how its files are called. Pure: no pixels, no store.

A row keeps it as a small document: `{"name": …, "tone": …, "shapes": {"whole": [[320, 213], …], "4x3": …}}`. Every size
is there in each of FORMATS. Rows of earlier releases have a list of WebP files instead, `{"file", "width", "height"}`,
until `davidson media render` has seen them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

MAX_BYTES = 40 * 1024 * 1024
"""The largest file that is taken."""
TOO_LARGE = f"a picture of at most {MAX_BYTES // 1024 // 1024} MB is taken"
RECIPE = 1
"""Counted up whenever the same picture gives other files, so that no address ever shows two things."""

FORMATS = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
"""The best first: a browser takes the first one that it knows."""
WHOLE = "whole"
WIDTHS = (320, 480, 800, 1200, 1600, 2000)
# What pages draw, and what search engines and others ask for: each at 1200 pixels at least, where there are so many.
CROPS: Mapping[str, tuple[int, int]] = {"16x9": (16, 9), "4x3": (4, 3), "1x1": (1, 1)}
CROP_WIDTHS: Mapping[str, tuple[int, ...]] = {"16x9": (1200,), "4x3": (320, 480, 800, 1200), "1x1": (320, 1200)}
# A step of the ladder that is nearly as wide as the picture itself would be made for nothing.
NEARLY = 0.85
FOCUS = re.compile(r"([0-9]{1,3})%?(?:\s*,\s*|\s+)([0-9]{1,3})%?", re.ASCII)
FILE = re.compile(
    r"([0-9a-f]{20})-(?:[0-9]{1,4}\.webp|[0-9a-f]{6}-(?:(?:16x9|4x3|1x1)-)?[0-9]{1,4}\.(?:avif|webp|jpg))"
)

Document = Any
"""What a row keeps of its renditions."""
Size = tuple[int, int]


@dataclass(frozen=True)
class Focus:
    """What must be seen of a picture however it is cut: percent from its left and its top edge."""

    x: int = 50
    y: int = 40


def focus_from(text: str) -> Focus:
    """A focal point as somebody writes it: `50 40`, `50,40` or `50% 40%`. Raises ValueError."""
    written = FOCUS.fullmatch(text)
    if not written or max(point := (int(written[1]), int(written[2]))) > 100:
        raise ValueError(text)
    return Focus(*point)


class Rendition(NamedTuple):
    """One file, and its size in pixels."""

    file: str
    width: int
    height: int


def name_of(digest: str, focus: Focus) -> str:
    """What the names of a picture's files begin with: its content, and how they are made of it."""
    made = sha256(f"{digest} {RECIPE} {focus.x} {focus.y}".encode()).hexdigest()
    return f"{digest[:20]}-{made[:6]}"


def file_name(name: str, shape: str, width: int, format_: str) -> str:
    """How a rendition's file is called."""
    return f"{name}-{width}.{format_}" if shape == WHOLE else f"{name}-{shape}-{width}.{format_}"


def sizes(width: int, height: int, ladder: Sequence[int]) -> list[Size]:
    """The sizes to make of a picture: the ladder's steps below its own width, and its own up to the ladder's end."""
    own = min(width, ladder[-1])
    widths = [step for step in ladder if step < own * NEARLY] + [own]
    return [(step, max(1, round(height * step / width))) for step in widths]


def crop_box(width: int, height: int, shape: str, focus: Focus) -> tuple[int, int, int, int]:
    """The largest part of a picture in the shape of a crop, with the focal point as near to its middle as can be.

    Left, top, right and bottom in pixels.
    """
    across, down = CROPS[shape]
    wide, high = min(width, max(1, height * across // down)), min(height, max(1, width * down // across))
    left = min(max(0, round(width * focus.x / 100 - wide / 2)), width - wide)
    top = min(max(0, round(height * focus.y / 100 - high / 2)), height - high)
    return left, top, left + wide, top + high


def is_current(document: Document, digest: str, focus: Focus) -> bool:
    """Whether a row's renditions are those that would be made now."""
    return isinstance(document, dict) and document["name"] == name_of(digest, focus)


def renditions(document: Document, shape: str, format_: str) -> list[Rendition]:
    """The files of one shape and format, narrowest first; none where they were never made."""
    if isinstance(document, dict):
        name = document["name"]
        return [
            Rendition(file_name(name, shape, width, format_), width, height)
            for width, height in document["shapes"].get(shape, ())
        ]
    if shape == WHOLE and format_ == "webp":
        return [Rendition(made["file"], made["width"], made["height"]) for made in document or ()]
    return []


def files_of(document: Document) -> Iterator[str]:
    """The names of all files that a row's pages may ask for."""
    for shape in (WHOLE, *CROPS):
        for format_ in FORMATS:
            yield from (made.file for made in renditions(document, shape, format_))


def tone_of(document: Document) -> str:
    """The colour to show before the picture is there, as three hexadecimal digits; empty where none is known."""
    return str(document["tone"]) if isinstance(document, dict) else ""
