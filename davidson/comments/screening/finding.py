"""A finding: one thing that a rule noticed in a comment, told so that a moderator can judge it."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from davidson.comments.status import CommentStatus

MAX_PLACES = 100
"""Places kept in one finding. A text of nothing but one term would otherwise weigh more than the comment itself."""

_SEVERITY = {CommentStatus.APPROVED: 0, CommentStatus.PENDING: 1, CommentStatus.SPAM: 2}
_UNSHOWABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@dataclass(frozen=True, order=True)
class Place:
    """A span of the source as typed, in code points, `end` exclusive."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"no span of a text: {self.start} to {self.end}")


@dataclass(frozen=True)
class Finding:
    """What one rule says about one comment.

    `status` is what the finding alone would make of the comment: APPROVED for a note that holds nothing, PENDING or
    SPAM. No finding refuses a comment: REJECTED and DELETED raise ValueError, because only people decide those.
    `detail` is a plain sentence for a moderator, `evidence` the matched text or figure in short.
    """

    rule: str
    status: CommentStatus
    detail: str
    places: tuple[Place, ...] = ()
    evidence: str = ""

    def __post_init__(self) -> None:
        if self.status not in _SEVERITY:
            raise ValueError(f"screening cannot make a comment {self.status}")

    @property
    def severity(self) -> int:
        """How strict the finding is: 0 holds nothing, 1 holds, 2 takes the comment for spam."""
        return _SEVERITY[self.status]

    def as_json(self) -> dict[str, object]:
        """Give the finding as JSON values, for a column or an export; `from_json` reads it back."""
        return {
            "rule": self.rule,
            "status": self.status.value,
            "detail": self.detail,
            "places": [[place.start, place.end] for place in self.places],
            "evidence": self.evidence,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> Self:
        """Give back the finding that `as_json` stored. Raises ValueError when `stored` is not one."""
        try:
            return cls(
                rule=_text(stored["rule"]),
                status=CommentStatus(_text(stored["status"])),
                detail=_text(stored["detail"]),
                places=tuple(_place(pair) for pair in _list(stored["places"])),
                evidence=_text(stored["evidence"]),
            )
        except KeyError as missing:
            raise ValueError(f"a finding without {missing}") from missing


def excerpt(text: str, limit: int = 80) -> str:
    """Give a short piece of a reader's text that is safe to store as JSON and to show within a sentence.

    Line ends become spaces. Controls, lone surrogates and invisible characters become U+FFFD: PostgreSQL refuses
    U+0000 in JSON, and a bidi override would turn the sentence around it.
    """
    line = " ".join(text[: limit * 4].split())
    shown = "".join("\ufffd" if unicodedata.category(char) in _UNSHOWABLE else char for char in line)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def first_places(places: Iterable[Place]) -> tuple[Place, ...]:
    """Give the places in the order of the text, each once, no more than MAX_PLACES."""
    return tuple(sorted(set(places))[:MAX_PLACES])


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"a finding has text here, not {value!r}")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError(f"a finding has a list here, not {value!r}")
    return value


def _place(pair: object) -> Place:
    match pair:
        case [int(start), int(end)]:
            return Place(start, end)
    raise ValueError(f"a place is a start and an end, not {pair!r}")
