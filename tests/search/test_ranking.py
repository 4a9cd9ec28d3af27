"""What is found and in which order is what a plain reading of every article gives, on both stores."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from markupsafe import Markup
from sqlalchemy import insert, select

from davidson.articles.filing import file_articles
from davidson.articles.models import Article, Section
from davidson.clock import utcnow
from davidson.database import db
from davidson.search.articles import (
    MOST_COUNTED,
    MOST_COUNTED_OF_SEVERAL,
    PAGE_SIZE,
    FoundPage,
    Order,
    Search,
    found_page,
)
from davidson.search.words import Words, words_in

WORDS = ("heron", "ibis", "crane", "stork", "gull", "tern")
ARTICLES, SEARCHES = 200, 80


@dataclass(frozen=True)
class Told:
    """What an article says, and where it stands among the others."""

    headline: str
    standfirst: str
    body: str
    section_id: int
    at: datetime

    def tier(self, words: Words) -> int | None:
        """Which of the three it is in, if what is looked for is said in it."""
        parts = (self.headline, self.standfirst, self.body)
        if any(_says(parts, phrase) for phrase in words.without):
            return None
        fits = (all(_says(parts[: tier + 1], phrase) for phrase in words.phrases) for tier in range(3))
        return next((tier for tier, does in enumerate(fits) if does), None)


def _says(parts: Sequence[str], phrase: str) -> bool:
    return any(f" {phrase} " in f" {part} " for part in parts)


def _tell(app: Flask, chance: random.Random, number: int = ARTICLES) -> list[Told]:
    """Publish articles of few words: one second has several, and some are to come."""
    now = utcnow().replace(microsecond=0)
    with app.app_context():
        sections = [Section(slug=name, name=name.title(), position=place) for place, name in enumerate(("sea", "land"))]
        db.session.add_all(sections)
        db.session.flush()
        told = [
            Told(
                *(" ".join(chance.choices(WORDS, k=chance.randint(0, most))) for most in (3, 3, 6)),
                section_id=chance.choice(sections).id,
                at=now + timedelta(minutes=5) - timedelta(seconds=chance.randint(0, 6000)),
            )
            for _ in range(number)
        ]
        told.sort(key=lambda one: one.at)
        values = [
            {"slug": f"article-{place}", "source": "", "html": Markup("<p>{}</p>").format(one.body), "renderer": 1}
            | {"headline": one.headline, "standfirst": one.standfirst, "section_id": one.section_id, "version": 1}
            | {"created_at": one.at, "published_at": one.at}
            for place, one in enumerate(told)
        ]
        db.session.execute(insert(Article), values)
        file_articles(db.session.scalars(select(Article.id)).all())
        db.session.commit()
    return told


def _asked(chance: random.Random) -> str:
    """Some words and phrases, and sometimes what is to be missing."""
    terms = []
    for _ in range(chance.choice((1, 1, 2, 3))):
        words = chance.choices(WORDS, k=chance.choice((1, 1, 1, 2, 3)))
        terms.append(f'"{" ".join(words)}"')
    if chance.random() < 0.3:
        terms.append(f'-"{" ".join(chance.choices(WORDS, k=chance.choice((1, 2))))}"')
    return " ".join(terms)


def _pages(search: Search, at: datetime, order: Order) -> Iterator[FoundPage]:
    page = found_page(search, at, order=order, after=None)
    yield page
    while page.following:
        page = found_page(search, at, order=order, after=page.following)
        yield page


def test_every_search_finds_what_a_plain_reading_finds_in_that_order(app):
    chance = random.Random(5)
    told = _tell(app, chance)
    at = utcnow()
    assert len({one.at for one in told}) < len(told) and any(one.at > at for one in told)
    seen = {0: 0, 1: 0, 2: 0}
    with app.app_context():
        for _ in range(SEARCHES):
            words = words_in(_asked(chance))
            section = chance.choice((None, told[0].section_id))
            begins = chance.choice((None, at - timedelta(minutes=70)))
            order = chance.choice((Order.BEST, Order.BEST, Order.NEWEST))
            fitting = [
                (tier if order is Order.BEST else 0, -place)
                for place, one in enumerate(told)
                if (tier := one.tier(words)) is not None
                and one.at <= at
                and section in (None, one.section_id)
                and (begins is None or one.at >= begins.replace(microsecond=0))
            ]
            pages = list(_pages(Search(words, section, begins_at=begins), at, order))
            slugs = [card.slug for page in pages for card in page.cards]
            assert slugs == [f"article-{-place}" for _, place in sorted(fitting)], (words, order)
            counted = min(len(fitting), Search(words, section).most_counted + 1)
            assert [page.number for page in pages] == [counted, *[0] * (len(pages) - 1)], words
            assert all(len(page.cards) == PAGE_SIZE for page in pages[:-1])
            for tier, _ in fitting:
                seen[tier] += 1
    assert min(seen.values()) > SEARCHES  # Each of the tiers was tried.


def test_what_is_counted_to_a_bound_is_still_found_to_the_last(app):
    chance = random.Random(6)
    told = _tell(app, chance, MOST_COUNTED + 300)
    words = words_in("heron -nothing")
    at = utcnow()
    with app.app_context():
        fitting = [(tier, -place) for place, one in enumerate(told) if (tier := one.tier(words)) is not None]
        wanted = [f"article-{-place}" for _, place in sorted(fitting) if told[-place].at <= at]
        for typed in ("heron", "heron -nothing"):
            pages = list(_pages(Search(words_in(typed)), at, Order.BEST))
            assert [card.slug for page in pages for card in page.cards] == wanted
            most = MOST_COUNTED if typed == "heron" else MOST_COUNTED_OF_SEVERAL
            assert pages[0].number == min(len(wanted), most + 1)
