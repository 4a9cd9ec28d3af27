"""What one text changed of another, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MOST_COMPARED = 60_000
"""The product of two passages' numbers of words up to which they are compared; it bounds the time that takes."""

_TOKEN = re.compile(r"\s+|[^\W_]+|[\W_]")


class Change(StrEnum):
    """What became of a passage."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Passage:
    """A piece of either text."""

    text: str
    change: Change


def differences(before: str, after: str) -> tuple[Passage, ...]:
    """Cut two texts into what both have and what one alone has, in their order.

    What is the same and removed makes `before`, what is the same and added makes `after`. Long passages that have
    little in common at their ends are taken as replaced altogether.
    """
    return tuple(passage for passage in _passages(_TOKEN.findall(before), _TOKEN.findall(after)) if passage.text)


def _passages(before: list[str], after: list[str]) -> Iterator[Passage]:
    head = alike(before, after)
    rest_before, rest_after = before[head:], after[head:]
    tail = alike(rest_before[::-1], rest_after[::-1])
    inner_before, inner_after = rest_before[: len(rest_before) - tail], rest_after[: len(rest_after) - tail]
    yield Passage("".join(before[:head]), Change.SAME)
    if len(inner_before) * len(inner_after) > MOST_COMPARED:
        yield Passage("".join(inner_before), Change.REMOVED)
        yield Passage("".join(inner_after), Change.ADDED)
    else:
        yield from _compared(inner_before, inner_after)
    yield Passage("".join(before[len(before) - tail :]), Change.SAME)


def _compared(before: list[str], after: list[str]) -> Iterator[Passage]:
    for kind, start, end, begin, stop in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Passage("".join(before[start:end]), Change.SAME)
        else:
            yield Passage("".join(before[start:end]), Change.REMOVED)
            yield Passage("".join(after[begin:stop]), Change.ADDED)


def alike(before: Sequence[str], after: Sequence[str]) -> int:
    """How many pieces of text two lists begin with alike."""
    pairs = enumerate(zip(before, after, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(before), len(after)))
