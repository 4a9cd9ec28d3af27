"""A comment's text as a moderator reads it: as typed, cut where findings point and where something cannot be seen."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from davidson.comments.screening.finding import Place
from davidson.text.normalise import normalised_with_offsets

MOST_NAMED = 3


class Look(StrEnum):
    """How a piece of a text is set."""

    PLAIN = "plain"
    MARKED = "marked"
    HIDDEN = "hidden"


LOOKS = {b"p": Look.PLAIN, b"m": Look.MARKED, b"h": Look.HIDDEN}
RUN = re.compile(rb"(.)\1*")


@dataclass(frozen=True)
class Segment:
    """A piece of a text: as typed, marked because a finding points at it, or the names of what nobody would see."""

    text: str
    look: Look


def segments_of(source: str, places: Iterable[Place]) -> tuple[Segment, ...]:
    """Cut a text at the places, which may overlap, touch, or point past its end.

    Invisible characters (bidi overrides, zero-width spaces, controls) are named in a piece of their own: they can
    turn or split the words that a moderator judges.
    """
    looks = bytearray(b"p" * len(source))  # A byte a character.
    for place in places:
        end = min(place.end, len(source))
        looks[place.start : end] = b"m" * max(0, end - place.start)
    for offset in _invisible(source):
        looks[offset] = ord("h")
    return tuple(_segment(source[run.start() : run.end()], LOOKS[run[1]]) for run in RUN.finditer(looks))


def _segment(text: str, look: Look) -> Segment:
    return Segment(_named(text) if look is Look.HIDDEN else text, look)


def _invisible(source: str) -> set[int]:
    """The offsets of the characters that readers are not shown."""
    _, kept = normalised_with_offsets(source)
    if len(kept) > len(source):  # All of them and the end: most texts hide nothing.
        return set()
    return set(range(len(source))).difference(kept)


def _named(characters: Sequence[str]) -> str:
    """Name characters by their code points: `U+202E`, `U+200B ×12`, the first few kinds of them."""
    kinds = Counter(characters)
    named = [
        f"U+{ord(character):04X}" + (f" ×{times}" if times > 1 else "")
        for character, times in list(kinds.items())[:MOST_NAMED]
    ]
    return " ".join(named) + (" …" if len(kinds) > MOST_NAMED else "")
