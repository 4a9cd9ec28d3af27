"""What another wording list or mode would make of comments that are there: pure, and as screening would do it.

The other rules are not run again, for what they knew when a comment came is gone. Their findings are kept with it, and
stand as they were.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from davidson.comments.draft import Term
from davidson.comments.screening.finding import Place
from davidson.comments.screening.matching import find_terms
from davidson.comments.screening.mode import BY_MODE, Mode
from davidson.comments.screening.strangers import RULE as STRANGERS
from davidson.comments.screening.wording import RULE, status_by_terms
from davidson.comments.status import CommentStatus

Findings = Iterable[tuple[str, str]]
"""The rules of a comment's findings, and the status that each would have given it."""

_STRICTER = (CommentStatus.APPROVED, CommentStatus.PENDING, CommentStatus.SPAM)


@dataclass(frozen=True)
class Change:
    """The terms of both lists before a change and after it."""

    before: tuple[Term, ...]
    after: tuple[Term, ...]

    @cached_property
    def altered(self) -> tuple[str, ...]:
        """The terms that come, go or move: what holds none of them is treated as before."""
        return tuple(sorted({term.text for term in set(self.before) ^ set(self.after)}))


class Effect(NamedTuple):
    """What a comment's screening gives before a change and after it; the places are those of the altered terms."""

    before: CommentStatus
    after: CommentStatus
    in_text: tuple[Place, ...]
    in_name: tuple[Place, ...]


def effect_of(change: Change, *, name: str, source: str, findings: Findings) -> Effect | None:
    """What a change makes of a comment; None where that holds none of the terms that are altered."""
    in_text, in_name = (find_terms(text, change.altered) for text in (source, name))
    if not in_text and not in_name:
        return None
    others = [CommentStatus(status) for rule, status in findings if rule != RULE]
    before, after = (
        _strictest((*others, status_by_terms(name, source, terms))) for terms in (change.before, change.after)
    )
    return Effect(before, after, _places(in_text.values()), _places(in_name.values()))


def effect_of_mode(mode: Mode, *, is_known: bool, findings: Findings) -> Effect | None:
    """What a mode makes of a comment, beside what its screening gave; None where that is the same.

    `is_known` says whether its author was known when it came, as far as its findings do not say.
    """
    given = [(rule, CommentStatus(status)) for rule, status in findings]
    is_stranger = not is_known or STRANGERS in {rule for rule, _ in given}
    waits = mode is Mode.HOLD_ALL or (mode is Mode.HOLD_FIRST and is_stranger)
    by_mode = CommentStatus.PENDING if waits else CommentStatus.APPROVED
    before = _strictest(status for _, status in given)
    after = _strictest((by_mode, *(status for rule, status in given if rule not in BY_MODE)))
    return Effect(before, after, (), ()) if before is not after else None


def _strictest(statuses: Iterable[CommentStatus]) -> CommentStatus:
    return max(statuses, key=_STRICTER.index, default=CommentStatus.APPROVED)


def _places(found: Iterable[list[Place]]) -> tuple[Place, ...]:
    return tuple(sorted(place for places in found for place in places))
