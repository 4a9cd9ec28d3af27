"""What readers find: a page of articles, in their order, and how many there are.

The order is that of places, not of a score: first the articles whose headline has all that is looked for, then those
in which headline and standfirst have it, then all others; in each of the three the newest first. A reader can see why
an article stands where it does; a place stays what it is while others are published, so that pages by key stay right;
and the newest of a hundred thousand that have a word are found without looking at the others, which a score would need.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, func, literal_column, select, union_all

from davidson.articles.cards import Card
from davidson.articles.filing import LISTED, ArticleWords, author_label, first_place, section_label
from davidson.articles.lists import CARDS, PUBLIC, article, cards_from, signed
from davidson.articles.models import Author, Authorship
from davidson.database import db
from davidson.search.index import ARTICLES, HEADLINE, LEAD, Part, Sought, matching_in
from davidson.search.marking import Marker
from davidson.search.words import NO_WORDS, Words
from davidson.statements import Statement
from davidson.text.slug import slugify

PAGE_SIZE = 20
MOST_COUNTED = 1_000
"""What is counted of the articles with a word, or of a section; one more is told as "more than 1,000"."""
MOST_COUNTED_OF_SEVERAL = 100
"""What is counted of those with several words, or a phrase: between two of them the store may look at many others."""
PATIENCE_MS = 1_500
"""How long PostgreSQL may take for one statement of a search; less than it waits for a lock."""

SECOND = timedelta(seconds=1)
_NOT_COUNTED: ColumnElement[int] = literal_column("0")
_Found = CompoundSelect[int, int, int] | Select[int, int, int]
# In what of an article the words are looked for, one after the other. What is found in one is none of the next.
TIERS = (HEADLINE, LEAD, ARTICLES.whole)
NEWEST_TIERS = (ARTICLES.whole,)


class Order(StrEnum):
    """In which order articles are shown."""

    BEST = "best"
    NEWEST = "newest"


class BadPlace(ValueError):
    """The text names no place in a list of ours."""


@dataclass(frozen=True)
class Place:
    """A place in what was found: the number of the tier, and the last article's place in the order of time."""

    tier: int
    place: int

    def __str__(self) -> str:
        return f"{self.tier}.{self.place}"

    @classmethod
    def parse(cls, text: str) -> "Place":
        """Read what `str()` gave. Raises BadPlace."""
        if not _PLACE.fullmatch(text):
            raise BadPlace(text)
        tier, _, place = text.partition(".")
        return cls(int(tier), int(place))


_PLACE = re.compile(r"[0-2]\.(?:0|-?[1-9][0-9]{0,17})", re.ASCII)


@dataclass(frozen=True)
class Search:
    """What is looked for; `begins_at` and `ends_at` are those of the days that are looked at."""

    words: Words = NO_WORDS
    section_id: int | None = None
    author_id: int | None = None
    begins_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def has_order(self) -> bool:
        """Whether one article can fit better than another."""
        return bool(self.words.phrases)

    @property
    def sought(self) -> Sought:
        """What the indexes are asked for."""
        labels = [section_label(self.section_id)] if self.section_id else []
        labels += [author_label(self.author_id)] if self.author_id else []
        if not labels and not self.words.phrases:
            labels = [LISTED]
        return Sought(tuple(labels), words=self.words.signs_apart)

    @property
    def most_counted(self) -> int:
        """How far the articles are counted that fit."""
        return MOST_COUNTED if self.sought.is_one_list else MOST_COUNTED_OF_SEVERAL

    def span(self, now: datetime) -> tuple[int | None, int]:
        """The lowest place that may be shown, and the one below which all are; none is of an article to come."""
        end = min(self.ends_at, now + SECOND) if self.ends_at else now + SECOND
        return first_place(self.begins_at) if self.begins_at else None, first_place(end)


@dataclass(frozen=True)
class FoundPage:
    """The articles on a page, with what was found marked, and where the next page begins if there is one.

    A first page says how many articles fit; one more than the search's `most_counted` where there are more than that.
    """

    cards: tuple[Card, ...]
    following: Place | None
    number: int


def found_page(search: Search, at: datetime, *, order: Order, after: Place | None) -> FoundPage:
    """A page of the public articles that fit, from that place on."""
    tiers = TIERS if order is Order.BEST and search.has_order else NEWEST_TIERS
    found = db.session.execute(_later(search, at, tiers, after) if after else _first(search, at, tiers)).all()
    # A place that comes from several tiers is in the first of them.
    tier_of = {row.place: row.tier for row in sorted(found, reverse=True)}
    places = sorted((Place(tier, place) for place, tier in tier_of.items()), key=lambda one: (one.tier, -one.place))
    shown = places[:PAGE_SIZE]
    rows = _rows([one.place for one in shown], at)
    following = shown[-1] if len(places) > PAGE_SIZE else None
    return FoundPage(_marked_cards(rows, search.words), following, max((row.number for row in found), default=0))


def _between(found: Select[int], begin: int | None, end: int) -> Select[int]:
    """What was found from that place on, and before the other."""
    key = found.selected_columns[0]
    return found.where(key < end) if begin is None else found.where(key >= begin, key < end)


def prepare_search() -> None:
    """Bound what the statements of this transaction cost, where the store can."""
    if _store() == "postgresql":
        chosen = {"statement_timeout": str(PATIENCE_MS), "enable_seqscan": "off"}
        db.session.execute(select(*(func.set_config(name, value, True) for name, value in chosen.items())))


def listed_author(typed: str, at: datetime) -> int | None:
    """The author of that name or with that slug, if a public article bears their name: it may be the news to come.

    A slug stays what it was made of when an author is renamed, so it comes second.
    """
    values = {"name": typed, "slug": slugify(typed), "at": at}
    return db.session.scalar(_AUTHOR_NAMED, values) or db.session.scalar(_AUTHOR_AT, values)


_LISTED_AUTHOR = (
    select(Author.id)
    .join(Authorship, Authorship.author_id == Author.id)
    .where(Authorship.listed_at <= bindparam("at", type_=Authorship.listed_at.type))
    .order_by(Author.id)
    .limit(1)
)
_AUTHOR_NAMED = _LISTED_AUTHOR.where(func.lower(Author.name) == func.lower(bindparam("name")))
_AUTHOR_AT = _LISTED_AUTHOR.where(Author.slug == bindparam("slug"))


def _store() -> str:
    return db.engine.dialect.name


def _first(search: Search, at: datetime, tiers: Sequence[Part]) -> _Found:
    """The places of a first page: the newest of each tier's part. Those of the last, which has all, are counted too.

    What is in a part is in all that follow. Nobody takes it out there: a store would walk through all that has it. A
    part is asked for so many more instead that a page is full without those of the parts before it, which are all
    known where they don't fill it.
    """
    span, last = search.span(at), len(tiers) - 1
    newest = [
        _newest(matching_in(ARTICLES, search.sought, part, store=_store()), span, most=PAGE_SIZE * (number + 1))
        for number, part in enumerate(tiers[:last])
    ]
    every = _newest(matching_in(ARTICLES, search.sought, tiers[last], store=_store()), span, most=search.most_counted)
    counted = every.cte("counted")
    some = select(counted.c[0]).order_by(counted.c[0].desc()).limit(PAGE_SIZE * len(tiers) + 1)
    number = select(func.count()).select_from(counted).scalar_subquery()
    asked = [_of_tier(number, found) for number, found in enumerate(newest)]
    return union_all(*asked, _of_tier(last, some, number)) if asked else _of_tier(last, some, number)


def _later(search: Search, at: datetime, tiers: Sequence[Part], after: Place) -> _Found:
    """The places of a page behind a first one; a tier is only asked where those before it are not enough."""
    begin, end = search.span(at)
    asked = []
    for number in range(after.tier, len(tiers)):
        outside = tiers[number - 1] if number else None
        found = matching_in(ARTICLES, search.sought, tiers[number], outside, store=_store())
        span = begin, min(end, after.place) if number == after.tier else end
        asked.append(_of_tier(number, _newest(found, span, most=PAGE_SIZE)))
    if not asked:
        return _NOTHING
    return asked[0] if len(asked) == 1 else union_all(*asked).limit(PAGE_SIZE + 1)


def _newest(found: Select[int], span: tuple[int | None, int], *, most: int) -> Select[int]:
    """The newest of what was found, and one more than the most that are wanted.

    FTS5 gives them in that order; PostgreSQL knows whether they are few, or walks the keys.
    """
    return _between(found, *span).order_by(found.selected_columns[0].desc()).limit(most + 1)


def _of_tier(tier: int, found: Select[int], number: ColumnElement[int] = _NOT_COUNTED) -> Select[int, int, int]:
    """These places with the number of their tier, and how many there are if that was counted."""
    some = found.subquery()
    return select(literal_column(str(tier)).label("tier"), some.c[0].label("place"), number.label("number"))


_NOTHING = _of_tier(0, select(literal_column("0")).where(literal_column("1 = 0")))


@cache
def _cards_at(number: int) -> Statement:
    """The cards and the words of the articles at so many places."""
    words = ArticleWords.__table__
    places = [bindparam(f"place_{one}", type_=words.c.place.type) for one in range(number)]
    columns = (words.c.headline.label("words_headline"), words.c.standfirst.label("words_standfirst"), words.c.body)
    cards = CARDS.add_columns(words.c.place, *columns).join(words, words.c.article_id == article.id)
    return Statement(cards.where(words.c.place.in_(places), PUBLIC))


def _rows(places: Sequence[int], at: datetime) -> list[Any]:
    """The rows at these places, in their order; one that the clock or an act keeps from readers is not there."""
    if not places:
        return []
    values = {f"place_{number}": place for number, place in enumerate(places)}
    return sorted(_cards_at(len(places)).all(at=at, **values), key=lambda row: places.index(row.place))


def _marked_cards(rows: Iterable[Any], words: Words) -> tuple[Card, ...]:
    """Cards whose headline is marked, and which quote the standfirst, or the text where that has more of the words."""
    rows = list(rows)
    marker = Marker(words.signs_apart)
    cards = signed(cards_from(row[: len(CARDS.selected_columns)] for row in rows))
    return tuple(
        replace(
            card, headline=marker.marked(row.words_headline), standfirst=marker.quoted(row.words_standfirst, row.body)
        )
        for card, row in zip(cards, rows, strict=True)
    )
