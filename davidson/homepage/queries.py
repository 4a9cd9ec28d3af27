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
    cards_of,
    due_at,
    first,
    signed,
)
from davidson.articles.models import Article
from davidson.articles.queries import public_sections
from davidson.homepage.lineup import OF_SECTION, Lineup, Pinned, line_up
from davidson.homepage.models import Pin
from davidson.homepage.places import Place
from davidson.pagecache.dependencies import due, shows
from davidson.pagecache.tags import FRONT
from davidson.statements import Statement

# From which the rails and the lead are chosen.
RECENT = 40

pin = Pin.__table__.c
HOLDS = or_(pin.until.is_(None), pin.until > bindparam("at"))
_PINS = Statement(
    select(pin.article_id, pin.place, pin.slot, pin.until).where(HOLDS).order_by(pin.place, pin.slot, pin.article_id)
)

_WAITING = Statement(
    select(article.slug, article.headline, pin.place, pin.slot, article.published_at)
    .join_from(Pin.__table__, Article.__table__, article.id == pin.article_id)
    .where(
        HOLDS,
        or_(article.published_at.is_(None), article.published_at > bindparam("at"), article.retracted_at.is_not(None)),
    )
    .order_by(pin.place, pin.slot, pin.article_id)
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
    sections = public_sections(at)
    chosen = {f"section_{number}": row.id for number, row in enumerate(sections)}
    cards = cards_of(_front(len(sections)), at=at, **chosen)
    by_url: dict[str | None, list[Card]] = {}
    for card in cards:
        by_url.setdefault(card.section.url if card.section else None, []).append(card)
    links = [Link(row.name, section_path(row.slug)) for row in sections]
    pins = _pins(cards, at)
    lineup = line_up(cards[:RECENT], [(link, by_url.get(link.url, [])) for link in links], list(pins.values()))
    return Front(lineup.with_top(signed(lineup.top)), pins)


def waiting_pins(at: datetime) -> tuple[WaitingPin, ...]:
    """The pins of articles that readers do not see at that moment."""
    return tuple(WaitingPin(*row) for row in _WAITING.all(at=at))


def _pins(cards: tuple[Card, ...], at: datetime) -> dict[int, Pinned]:
    """The pins of public articles, by the article's id. One that runs out makes the page another."""
    by_id = {card.id: card for card in cards}
    rows = _PINS.all(at=at)
    due(*(row.until for row in rows), after=at)
    return {
        row.article_id: Pinned(by_id[row.article_id], row.place, row.slot, row.until)
        for row in rows
        if row.article_id in by_id
    }


@cache
def _front(sections: int) -> Statement:
    """The newest articles, the newest of each of so many sections, and the pinned: one index walk for each."""

    def walk(length: int, *conditions: Any) -> Select[int]:
        newest = first(select(article.id).where(PUBLIC, *conditions).order_by(*NEWEST), length).subquery()
        return select(newest.c.id)

    walks = [walk(OF_SECTION, article.section_id == bindparam(f"section_{number}")) for number in range(sections)]
    pinned = select(pin.article_id).where(HOLDS)
    ids = union_all(walk(RECENT), *walks, pinned).subquery()
    return Statement(CARDS.where(PUBLIC, article.id.in_(select(ids.c.id))).order_by(*NEWEST))
