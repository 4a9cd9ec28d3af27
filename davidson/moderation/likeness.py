"""Everything like a comment: from its network, with a link to the same place, or with nearly the same text.

The comments' index gives those that may be alike, at most MOST_LOOKED_AT; links and texts are then compared themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from davidson.comments.models import Comment
from davidson.comments.screening.anchors import links_in
from davidson.comments.screening.duplicates import are_alike
from davidson.comments.status import CommentStatus
from davidson.moderation import labels
from davidson.moderation.bulk import MOST_MEMBERS, Seen
from davidson.moderation.narrowing import fitting_ids, rows_of
from davidson.search.index import Sought
from davidson.search.words import MOST_TERMS, Words, folded
from davidson.text.excerpt import excerpt

MOST_LOOKED_AT = MOST_MEMBERS + 1
EXAMPLES = 5
EXAMPLE_LENGTH = 160


class Likeness(StrEnum):
    """In which way comments are alike, from that which says least to that which says most."""

    NETWORK = "network"
    LINK = "link"
    TEXT = "text"


@dataclass(frozen=True)
class Alike:
    """What is like a comment: itself, then the others, oldest first, and some of it in short.

    `is_more` says that there may be more than was looked at.
    """

    seen: tuple[Seen, ...]
    examples: tuple[tuple[int, str, str], ...]
    is_more: bool

    @property
    def newest(self) -> int:
        """The id of the one that came last."""
        return max((one.id for one in self.seen), default=0)


def ways_of(comment: Any) -> tuple[Likeness, ...]:
    """The ways in which something may be like a comment, given as a row with `sender` and `source`."""
    has = {Likeness.NETWORK: comment.sender, Likeness.LINK: hosts_of(comment.source), Likeness.TEXT: comment.source}
    return tuple(way for way in Likeness if has[way])


def narrowest(found: Mapping[Likeness, Alike]) -> Likeness | None:
    """The way that says most of those in which anything else is alike; where nothing is, that which says most at all.

    The same text is one thing, a link may be in anything, and a network may be that of many people.
    """
    ways = [way for way in reversed(Likeness) if way in found]
    return next((way for way in ways if len(found[way].seen) > 1), next(iter(ways), None))


def told(way: Likeness, comment: Any) -> str:
    """Which comments those are, in words."""
    match way:
        case Likeness.NETWORK:
            return f"from the network of #{comment.id}"
        case Likeness.LINK:
            return f"with a link to {', '.join(sorted(hosts_of(comment.source))[:3])}"
        case Likeness.TEXT:
            return f"with nearly the text of #{comment.id}"


def alike(comment: Any, way: Likeness, status: CommentStatus, *, up_to: int | None = None) -> Alike:
    """The comments in a state that are like one in that way; `up_to` is the id of the last that may be among them."""
    columns = (Comment.id, Comment.version, Comment.article_id, Comment.name, Comment.source)
    found = rows_of(fitting_ids(_sought(comment, way, status), most=MOST_LOOKED_AT), columns)
    fitting = sorted(
        (row for row in found if (up_to is None or row.id <= up_to) and _is_alike(row, comment, way)),
        key=lambda row: (row.id != comment.id, row.id),
    )
    return Alike(
        tuple(Seen(row.id, row.version, row.article_id) for row in fitting[:MOST_MEMBERS]),
        _examples(fitting),
        is_more=len(found) == MOST_LOOKED_AT,
    )


def hosts_of(source: str) -> frozenset[str]:
    """The names of the machines that a text links to."""
    found = set()
    for link in links_in(source):
        target = link.target if "//" in link.target else f"//{link.target}"
        try:
            found.add((urlsplit(target).hostname or "").removeprefix("www."))
        except ValueError:  # An address that begins with a bracket and is none.
            continue
    return frozenset(found - {""})


def _sought(comment: Any, way: Likeness, status: CommentStatus) -> Sought:
    state = labels.state(status)
    match way:
        case Likeness.NETWORK:
            return Sought((state, labels.network(comment.sender or "")))
        case Likeness.LINK:
            phrases = [folded(host) for host in sorted(hosts_of(comment.source))]
        case Likeness.TEXT:
            phrases = _rarest(folded(comment.source))
    some = tuple(phrase for phrase in phrases if phrase)[:MOST_TERMS]
    return Sought((state,), words=Words(any_of=some)) if some else Sought((state, labels.NEVER))


def _rarest(text: str) -> list[str]:
    """Pairs of neighbouring words that few other texts have, for which their length speaks; of one word, itself."""
    words = text.split()
    pairs = {" ".join(pair) for pair in pairwise(words)} or set(words)
    return sorted(pairs, key=lambda pair: (-len(pair), pair))


def _is_alike(row: Any, comment: Any, way: Likeness) -> bool:
    match way:
        case Likeness.NETWORK:
            return True
        case Likeness.LINK:
            return bool(hosts_of(row.source) & hosts_of(comment.source))
        case Likeness.TEXT:
            return are_alike(row.source, comment.source)


def _examples(rows: Sequence[Any]) -> tuple[tuple[int, str, str], ...]:
    return tuple((row.id, row.name, excerpt(row.source, EXAMPLE_LENGTH)) for row in rows[:EXAMPLES])
