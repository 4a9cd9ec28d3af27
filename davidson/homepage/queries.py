"""What the front is filled from: the newest articles, the newest of each section, and what is pinned."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

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
from davidson.homepage.lineup import OF_SECTION, PER_SECTION, TOP, Lineup, Pinned, line_up
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
    chosen = {f"section_{number}": row.id for number, row in enumerate(sections)}
    cards = cards_of(_front(len(sections)), at=at, **chosen)
    by_url: dict[str | None, list[Card]] = {}
    for card in cards:
        by_url.setdefault(card.section.url if card.section else None, []).append(card)
    links = [Link(row.name, section_path(row.slug)) for row in sections]
    pins = _pins(at)
    lineup = line_up(cards[:RECENT], [(link, by_url.get(link.url, [])) for link in links], list(pins.values()))
    return Front(lineup.with_top(signed(lineup.top)), pins)


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
def _front(sections: int) -> Statement:
    """The newest articles, the newest of each of so many sections: one index walk for each."""

    def walk(length: int, *conditions: Any) -> Select[int]:
        newest = first(select(article.id).where(PUBLIC, *conditions).order_by(*NEWEST), length).subquery()
        return select(newest.c.id)

    walks = [walk(OF_SECTION, article.section_id == bindparam(f"section_{number}")) for number in range(sections)]
    ids = union_all(walk(RECENT), *walks).subquery()
    return Statement(CARDS.where(article.id.in_(select(ids.c.id))).order_by(*NEWEST))
