"""A comment's text as a moderator reads it: as typed, cut where findings point and where something cannot be seen."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from davidson.comments.screening.finding import Place
from davidson.text.normalise import normalised_with_offsets

MOST_NAMED = 3


class Look(StrEnum):
    """How a piece of a text is set."""

    PLAIN = "plain"
    MARKED = "marked"
    HIDDEN = "hidden"


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
    looks = [Look.PLAIN] * len(source)
    for place in places:
        end = min(place.end, len(source))
        looks[place.start : end] = [Look.MARKED] * max(0, end - place.start)
    for offset in _invisible(source):
        looks[offset] = Look.HIDDEN
    cuts = groupby(range(len(source)), key=looks.__getitem__)
    pieces = ((look, source[run[0] : run[-1] + 1]) for look, run in ((look, list(run)) for look, run in cuts))
    return tuple(Segment(_named(text) if look is Look.HIDDEN else text, look) for look, text in pieces)


def _invisible(source: str) -> set[int]:
    """The offsets of the characters that readers are not shown."""
    _, kept = normalised_with_offsets(source)
    return set(range(len(source))).difference(kept)


def _named(characters: Sequence[str]) -> str:
    """Name characters by their code points: `U+202E`, `U+200B ×12`, the first few kinds of them."""
    kinds = Counter(characters)
    named = [
        f"U+{ord(character):04X}" + (f" ×{times}" if times > 1 else "")
        for character, times in list(kinds.items())[:MOST_NAMED]
    ]
    return " ".join(named) + (" …" if len(kinds) > MOST_NAMED else "")
