"""Where a long text was changed: the paragraphs that differ, with their words compared."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from davidson.text.differences import MOST_COMPARED, Change, Passage, alike, differences

MOST_PLACES = 30
"""So many changed places are told of; a text with more was written anew."""
LONGEST_PLACE = 8_000  # characters of both texts.

_BETWEEN = re.compile(r"\n(?:[ \t]*\n)+")

Place = tuple[Passage, ...]


def changed_places(before: str, after: str) -> tuple[Place, ...]:
    """Give what changed between two texts in paragraphs, place by place; each place as `differences` gives it.

    Of a place that is long only its beginning is given, and no more than MOST_PLACES.
    """
    places = _places(_BETWEEN.split(before.strip()), _BETWEEN.split(after.strip()))
    return tuple(place for _, place in zip(range(MOST_PLACES), places, strict=False))


def _places(before: Sequence[str], after: Sequence[str]) -> Iterator[Place]:
    head = alike(before, after)
    tail = alike(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if len(old) * len(new) > MOST_COMPARED:
        yield _place(old, new)
        return
    for kind, start, end, begin, stop in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield _place(old[start:end], new[begin:stop])


def _place(old: Sequence[str], new: Sequence[str]) -> Place:
    was, is_now = "\n\n".join(old), "\n\n".join(new)
    if len(was) + len(is_now) > LONGEST_PLACE:
        half = LONGEST_PLACE // 2
        return Passage(was[:half], Change.REMOVED), Passage(is_now[:half], Change.ADDED)
    return differences(was, is_now)
