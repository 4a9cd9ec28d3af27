"""What the front is filled from: the newest articles, what is pinned, and the newest of each section besides."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, or_, select, union_all

from davidson.articles.cards import Card, Link, section_path
from davidson.articles.lists import (
    CARDS,
    NEWEST,
    NEXT_AT,
    PUBLIC,
    article,
    cards_from,
    cards_of,
    due_at,
    first,
    signed,
)
from davidson.articles.models import Article
from davidson.articles.queries import MAX_SECTIONS, prominent_sections
from davidson.homepage.lineup import PER_SECTION, TOP, Lineup, Pinned, line_up, stand_above
from davidson.homepage.models import Pin
from davidson.homepage.places import Place
from davidson.pagecache.dependencies import due, shows
from davidson.pagecache.tags import FRONT
from davidson.statements import Statement

# From which the rails and the lead are chosen.
RECENT = 40

pin = Pin.__table__.c
# No more slots than these can be seen.
MOST_PINS = TOP + PER_SECTION * MAX_SECTIONS
PLACES = (pin.place.desc(), pin.slot, pin.article_id)
HOLDS = or_(pin.until.is_(None), pin.until > bindparam("at"))
# The pins with a limit of their own: a planner that knows nothing of them yet supposes many, and reads all articles.
_HELD = (
    first(select(pin.article_id, pin.place, pin.slot, pin.until).where(HOLDS).order_by(*PLACES), MOST_PINS).subquery().c
)
_PINNED = Statement(
    CARDS.add_columns(_HELD.place, _HELD.slot, _HELD.until)
    .join(_HELD.article_id.table, _HELD.article_id == article.id)
    .where(PUBLIC)
)

_RECENT = Statement(first(CARDS.where(PUBLIC).order_by(*NEWEST), RECENT))

_WAITING = Statement(
    select(article.slug, article.headline, pin.place, pin.slot, article.published_at)
    .join_from(Pin.__table__, Article.__table__, article.id == pin.article_id)
    .where(
        HOLDS,
        or_(article.published_at.is_(None), article.published_at > bindparam("at"), article.retracted_at.is_not(None)),
    )
    .order_by(*PLACES)
)


@dataclass(frozen=True)
class Front:
    """The front at a moment: which article stands where, and which of them were pinned, by id."""

    lineup: Lineup
    pins: dict[int, Pinned]


@dataclass(frozen=True)
class WaitingPin:
    """A pin whose article readers do not see: it is not public yet, or was taken back."""

    slug: str
    headline: str
    place: Place
    slot: int
    published_at: datetime | None


def front_at(at: datetime) -> Front:
    """The front as readers see it at that moment; its lead and seconds with bylines."""
    shows(FRONT)
    due_at(NEXT_AT, at=at)
    sections = prominent_sections(at)
    links = [Link(row.name, section_path(row.slug)) for row in sections]
    pins = _pins(at)
    above = stand_above(cards_of(_RECENT, at=at), links, list(pins.values()))
    lineup = line_up(above, _newest_of([row.id for row in sections], at=at, without=above.taken))
    return Front(lineup.with_top(signed(lineup.top)), pins)


def _newest_of(sections: Sequence[int], *, at: datetime, without: Collection[int]) -> dict[str, list[Card]]:
    """The newest of each section that do not stand anywhere yet, by the section's address."""
    found: dict[str, list[Card]] = {}
    if sections:
        chosen = {f"section_{number}": id_ for number, id_ in enumerate(sections)}
        others = {f"taken_{number}": id_ for number, id_ in enumerate(without)}
        for card in cards_of(_rows(len(sections), len(without)), at=at, **chosen, **others):
            if card.section:
                found.setdefault(card.section.url, []).append(card)
    return found


def waiting_pins(at: datetime) -> tuple[WaitingPin, ...]:
    """The pins of articles that readers do not see at that moment."""
    return tuple(WaitingPin(*row) for row in _WAITING.all(at=at))


def _pins(at: datetime) -> dict[int, Pinned]:
    """The pins of public articles, by the article's id. One that runs out makes the page another."""
    rows = _PINNED.all(at=at)
    due(*(row.until for row in rows), after=at)
    cards = cards_from(row[:-3] for row in rows)
    return {card.id: Pinned(card, row.place, row.slot, row.until) for card, row in zip(cards, rows, strict=True)}


@cache
def _rows(sections: int, taken: int) -> Statement:
    """The newest of so many sections without so many articles: one index walk for each section."""
    others = [bindparam(f"taken_{number}", type_=article.id.type) for number in range(taken)]

    def walk(number: int) -> Select[int]:
        mine = article.section_id == bindparam(f"section_{number}")
        newest = select(article.id).where(PUBLIC, mine, article.id.not_in(others)).order_by(*NEWEST)
        return select(first(newest, PER_SECTION).subquery().c.id)

    ids = union_all(*map(walk, range(sections))).subquery()
    return Statement(CARDS.where(article.id.in_(select(ids.c.id))).order_by(*NEWEST))
