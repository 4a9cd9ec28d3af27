"""Trying a change of the wording lists on the comments of the last weeks, before it is made. It changes nothing.

The comments are walked by key, the newest first and some at a time, until the span, a number or a time is over; how far
it came is told with what was found.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, or_, select

from davidson.comments.models import Comment
from davidson.comments.screening.finding import Place
from davidson.comments.screening.trying import Change, Effect, effect_of
from davidson.comments.status import CommentStatus
from davidson.database import UTCDateTime, db
from davidson.moderation.history import STATES
from davidson.moderation.marking import Segment, segments_of

SPAN = timedelta(days=30)
MOST_COMMENTS = 20_000
MOST_SECONDS = 3.0
MOST_EXAMPLES = 10
AT_ONCE = 200
AROUND = 60
"""Characters of a text before and after the first place that is marked in it."""
# What came to a comment after its screening says nothing of that.
LATER = frozenset({"reports"})
APPROVED, PENDING, SPAM = CommentStatus.APPROVED, CommentStatus.PENDING, CommentStatus.SPAM
OUTCOMES = {
    (APPROVED, PENDING): "Would have waited, and did not",
    (APPROVED, SPAM): "Would have gone to spam, and did not",
    (PENDING, SPAM): "Would have gone to spam instead of waiting",
    (SPAM, PENDING): "Would have waited instead of going to spam",
    (PENDING, APPROVED): "Would not have waited, and did",
    (SPAM, APPROVED): "Would not have gone to spam, and did",
    **dict.fromkeys([(APPROVED, APPROVED), (PENDING, PENDING), (SPAM, SPAM)], "Found, and treated the same"),
}
"""What a change makes of comments, by what screening gives before it and after, in the order in which it is told."""


@dataclass(frozen=True)
class Example:
    """One comment with altered terms, as it was decided."""

    id: int
    name: tuple[Segment, ...]
    text: tuple[Segment, ...]
    created_at: datetime
    state: str


@dataclass
class Group:
    """The comments with altered terms that a change treats in one way: how they were decided, and some of them."""

    states: Counter[str] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.states.total()


@dataclass
class Tried:
    """What a change would have done to so many comments, back to the one of the moment `oldest`.

    `is_all` says whether there are no others in the span.
    """

    looked_at: int = 0
    oldest: datetime | None = None
    is_all: bool = True
    groups: dict[str, Group] = field(default_factory=lambda: {words: Group() for words in OUTCOMES.values()})

    @property
    def held(self) -> int:
        """How many would have been held that were published at once."""
        return self._number((APPROVED, PENDING), (APPROVED, SPAM))

    @property
    def freed(self) -> int:
        """How many would have been published at once that were held."""
        return self._number((PENDING, APPROVED), (SPAM, APPROVED))

    @property
    def told(self) -> list[tuple[str, Group]]:
        """Each way in which some are treated, in words, with those."""
        return [(words, group) for words, group in self.groups.items() if group.number]

    def _number(self, *outcomes: tuple[CommentStatus, CommentStatus]) -> int:
        return sum(self.groups[OUTCOMES[outcome]].number for outcome in outcomes)


def try_change(
    change: Change,
    now: datetime,
    *,
    clock: Callable[[], float],
    most: int = MOST_COMMENTS,
    seconds: float = MOST_SECONDS,
) -> Tried:
    """Look through the comments of the last 30 days for what a change would have treated otherwise.

    `clock` gives seconds, and after so many of them no further comments are read.
    """
    tried = Tried()
    ends_at = clock() + seconds
    for number, row in enumerate(_rows(now - SPAN)):
        if number == most or (number and number % AT_ONCE == 0 and clock() > ends_at):
            tried.is_all = False
            return tried
        tried.oldest = row.created_at
        if row.status is not CommentStatus.DELETED and row.staff_id is None:
            _look(tried, change, row)
    return tried


def _look(tried: Tried, change: Change, row: Any) -> None:
    tried.looked_at += 1
    findings = [(finding["rule"], finding["status"]) for finding in row.findings if finding["rule"] not in LATER]
    effect = effect_of(change, name=row.name, source=row.source, findings=findings)
    if effect is None:
        return
    group = tried.groups[OUTCOMES[effect.before, effect.after]]
    group.states[STATES[row.status]] += 1
    if len(group.examples) < MOST_EXAMPLES:
        group.examples.append(_example(row, effect))


def _example(row: Any, effect: Effect) -> Example:
    return Example(
        id=row.id,
        name=segments_of(row.name, effect.in_name),
        text=_around(row.source, effect.in_text),
        created_at=row.created_at,
        state=STATES[row.status],
    )


def _around(source: str, places: tuple[Place, ...]) -> tuple[Segment, ...]:
    """The text around the first place with all that is marked there; its beginning where nothing is."""
    first = places[0].start if places else 0
    begin, end = max(0, first - AROUND), first + 2 * AROUND
    lead = "…" if begin else ""
    shift = begin - len(lead)
    marked = [
        Place(max(place.start, begin) - shift, min(place.end, end) - shift)
        for place in places
        if place.start < end and place.end > begin
    ]
    return segments_of(f"{lead}{source[begin:end]}{'…' if end < len(source) else ''}", marked)


def _rows(since: datetime) -> Iterator[Any]:
    """The comments since then, the newest first. Those without words are among them: none is passed over unseen."""
    values: dict[str, Any] = {"since": since}
    while True:
        rows = db.session.execute(_page(later="id" in values), values).all()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        values |= {"at": rows[-1].created_at, "id": rows[-1].id}


@cache
def _page(*, later: bool) -> Select[*tuple[Any, ...]]:
    at, id_ = bindparam("at", type_=UTCDateTime()), bindparam("id", type_=BigInteger())
    shown = (Comment.id, Comment.name, Comment.source, Comment.status, Comment.findings, Comment.created_at)
    statement = (
        select(*shown, Comment.staff_id)
        .where(Comment.created_at >= bindparam("since", type_=UTCDateTime()))
        .order_by(Comment.created_at.desc(), Comment.id.desc())
        .limit(AT_ONCE)
    )
    if later:
        statement = statement.where(Comment.created_at <= at, or_(Comment.created_at < at, Comment.id < id_))
    return statement
