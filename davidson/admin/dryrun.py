"""Trying a change of the wording lists, or of an article's mode, on the last weeks' comments. It changes nothing.

The comments are walked by key, the newest first and some at a time, until the span, a number or a time is over; how far
it came is told with what was found.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, exists, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from davidson.articles.modes import mode_of
from davidson.comments.models import Comment
from davidson.comments.screening.finding import Place
from davidson.comments.screening.mode import Mode
from davidson.comments.screening.trying import Change, Effect, Findings, effect_of, effect_of_mode
from davidson.comments.status import CommentStatus
from davidson.config import CommentsMode
from davidson.database import UTCDateTime, db
from davidson.moderation.history import STATES
from davidson.moderation.marking import Segment, segments_of
from davidson.moderation.narrowing import without
from davidson.web.paging import MOST
from davidson.web.signing import settings

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
_SHOWN = (
    Comment.id,
    Comment.name,
    Comment.source,
    Comment.status,
    Comment.findings,
    Comment.created_at,
    Comment.staff_id,
)
Earlier = aliased(Comment)
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
    """One comment that a change treats otherwise, or in which it finds other terms, as it was decided."""

    id: int
    name: tuple[Segment, ...]
    text: tuple[Segment, ...]
    created_at: datetime
    state: str


@dataclass
class Group:
    """The comments that a change treats in one way: how they were decided, and some of them."""

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
        return self._number((APPROVED, PENDING))

    @property
    def to_spam(self) -> int:
        """How many would have gone to spam that were published or held."""
        return self._number((APPROVED, SPAM), (PENDING, SPAM))

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

    def effect(row: Any, findings: Findings) -> Effect | None:
        return effect_of(change, name=row.name, source=row.source, findings=findings)

    return _tried(_rows(now - SPAN), effect, since=now - SPAN, clock=clock, most=most, seconds=seconds)


def try_mode(article_id: int, own: CommentsMode | None, now: datetime, *, clock: Callable[[], float]) -> Tried:
    """Look through an article's comments of the last 30 days for what another mode would have treated otherwise.

    The mode is one that takes comments, or None for the site's; `clock` as in `try_change`.
    """
    mode, trust_after = Mode(mode_of(own)), settings().trust_after

    def effect(row: Any, findings: Findings) -> Effect | None:
        return effect_of_mode(mode, is_known=row.is_known, findings=findings)

    return _tried(_rows_of_article(article_id, trust_after=trust_after), effect, since=now - SPAN, clock=clock)


def _tried(
    rows: Iterable[Any],
    effect: Callable[[Any, Findings], Effect | None],
    *,
    since: datetime,
    clock: Callable[[], float],
    most: int = MOST_COMMENTS,
    seconds: float = MOST_SECONDS,
) -> Tried:
    tried = Tried()
    ends_at = clock() + seconds
    for number, row in enumerate(rows):
        if number == most or (number and number % AT_ONCE == 0 and clock() > ends_at):
            tried.is_all = False
            return tried
        if row.created_at < since:
            continue
        tried.oldest = row.created_at
        if row.status is not CommentStatus.DELETED and row.staff_id is None:
            tried.looked_at += 1
            findings = [
                (finding["rule"], finding["status"]) for finding in row.findings if finding["rule"] not in LATER
            ]
            _note(tried, row, effect(row, findings))
    return tried


def _note(tried: Tried, row: Any, effect: Effect | None) -> None:
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


def _rows_of_article(article_id: int, *, trust_after: int) -> Iterator[Any]:
    """The comments below an article, the last first, each with whether its author was known when it came.

    An old one may follow young ones, for what is imported comes later than it was written; so all are given.
    Who was known is told by what is approved now of what was sent before: what was approved then is not kept apart.
    """
    values = {"article": article_id, "before": MOST, "others": trust_after - 1}
    while True:
        with without("seqscan"):
            rows = db.session.execute(_OF_ARTICLE, values).all()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        values["before"] = rows[-1].id


@cache
def _page(*, later: bool) -> Select[*tuple[Any, ...]]:
    at, id_ = bindparam("at", type_=UTCDateTime()), bindparam("id", type_=BigInteger())
    statement = (
        select(*_SHOWN)
        .where(Comment.created_at >= bindparam("since", type_=UTCDateTime()))
        .order_by(Comment.created_at.desc(), Comment.id.desc())
        .limit(AT_ONCE)
    )
    if later:
        statement = statement.where(Comment.created_at <= at, or_(Comment.created_at < at, Comment.id < id_))
    return statement


def _newest_of(status: CommentStatus) -> Select[int]:
    """The newest ids of an article's comments in a state, which one index gives in their order."""
    found = select(Comment.id).where(
        Comment.article_id == bindparam("article", type_=BigInteger()),
        Comment.status == status,
        Comment.id < bindparam("before", type_=BigInteger()),
    )
    return select(found.order_by(Comment.id.desc()).limit(AT_ONCE).subquery().c.id)


def _of_article() -> Select[*tuple[Any, ...]]:
    approved = select(literal(1)).where(
        Earlier.author_key == Comment.author_key,
        Earlier.status == APPROVED,
        Earlier.created_at < Comment.created_at,
    )
    is_known = exists(approved.offset(bindparam("others", type_=BigInteger())).limit(1)).label("is_known")
    newest = union_all(*(_newest_of(status) for status in CommentStatus if status is not CommentStatus.DELETED))
    return (
        select(*_SHOWN, is_known)
        .where(Comment.id.in_(select(newest.subquery().c.id)))
        .order_by(Comment.id.desc())
        .limit(AT_ONCE)
    )


_OF_ARTICLE = _of_article()
