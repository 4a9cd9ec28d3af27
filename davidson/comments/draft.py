"""What a reader typed, still untrusted, and what is known when it arrives."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from davidson.comments.status import CommentStatus


@dataclass(frozen=True)
class Draft:
    """A comment as it was typed, before anything was cleaned, escaped or decided.

    `source` must be the very string that is stored: findings point into it by offsets of code points.
    `website` is the honeypot, a field that people do not see. `seconds` is the time between the first focus on
    the form and its sending, None when no time was measured. `wants_mail` asks for mails about what becomes of it.
    """

    name: str
    source: str
    email: str = ""
    website: str = ""
    seconds: float | None = None
    wants_mail: bool = False


class TermKind(enum.StrEnum):
    """What a term on the newsroom's wording list does to a comment that uses it."""

    BANNED = "banned"
    SUSPECT = "suspect"


class Term(NamedTuple):
    """A word or a phrase of the wording list, in the spelling the newsroom gave it."""

    text: str
    kind: TermKind


class Recent(NamedTuple):
    """An earlier comment of the site, to compare a new one with.

    `same_article` and `same_sender` say whether it stands under the article the draft is for, and whether it came
    from the draft's sender.
    """

    id: int
    source: str
    status: CommentStatus
    same_article: bool
    same_sender: bool


@dataclass(frozen=True)
class Learned:
    """What was learned about the features of one text: the weights that are not 0, by bucket.

    `marks_from` is the score from which screening may mark spam by itself, None where it may not.
    """

    weights: Mapping[int, int]
    marks_from: float | None = None


class Wave(NamedTuple):
    """A wave of spam, for which every comment waits from `since` until `until`.

    `spam` is how much came in ten minutes when it was counted last, `usual` how much comes in ten minutes on average.
    """

    since: datetime
    until: datetime
    spam: int
    usual: float

    @property
    def told(self) -> str:
        """Both numbers in words, for a sentence."""
        usually = f"{self.usual:.1f}" if self.usual >= 0.1 else "hardly any"
        return f"{self.spam} in ten minutes, usually {usually}"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the site knows when a draft arrives; all that the rules of screening may look at besides the draft.

    `known` is true when `trust_after` approved comments carry the sender's signed author token, not counting the one
    that an edit replaces. `recent` leaves that out too, has the newest first, and should be bounded by the query that
    reads it: each one is compared with the draft. `min_seconds` is the pace below which a form came back too soon, 0
    for no such rule. `staff_names` and `site_name` are the names nobody else may go by. `learned` is None while too
    little was learned to judge by, `wave` while spam comes in as usual. The last two are the ends, which lie ahead, of
    bans on the sender; None for no ban.
    """

    known: bool
    recent: tuple[Recent, ...]
    terms: tuple[Term, ...]
    min_seconds: int
    staff_names: tuple[str, ...]
    site_name: str
    learned: Learned | None = None
    trust_after: int = 1
    wave: Wave | None = None
    network_banned_until: datetime | None = None
    token_banned_until: datetime | None = None
