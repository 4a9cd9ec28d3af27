"""Lists of articles: the pages of sections, tags and authors, and what the front's list is made of too.

The statements are made once, of plain columns, so that the store's compiled form of each is found at once and no row
becomes an object of the session. Limits stand in them as numbers: a planner that knows them keeps one plan.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, select, tuple_

from davidson.articles.cards import Card, Croppable, Link, Subject, author_path, section_path, tag_path
from davidson.articles.models import Article, Author, Authorship, Section, Tag, Tagging
from davidson.articles.queries import is_public
from davidson.articles.story import ReadAlso, Story
from davidson.database import UTCDateTime
from davidson.media.models import Media
from davidson.media.renditions import Document
from davidson.pagecache.dependencies import due, shows
from davidson.pagecache.tags import tag_of
from davidson.statements import Row, Statement
from davidson.web.paging import Cursor

PAGE_SIZE = 20
MORE = 4

Cards = Select[*tuple[Any, ...]]
"""A query whose rows make cards."""


@dataclass(frozen=True)
class CardPage:
    """One page of a list, newest first, and where the next older one begins, if there is one."""

    cards: tuple[Card, ...]
    older: Cursor | None


article, section, media = Article.__table__.c, Section.__table__.c, Media.__table__.c
tagging, authorship = Tagging.__table__.c, Authorship.__table__.c

# What is named on an article: its places, the names, the column that leads from one to the other, and their pages.
NAMED: dict[str, tuple[Any, Any, ColumnElement[Any], Callable[[str], str]]] = {
    "author": (Authorship.__table__, Author.__table__, authorship.author_id, author_path),
    "tag": (Tagging.__table__, Tag.__table__, tagging.tag_id, tag_path),
}

NEWEST = (article.published_at.desc(), article.id.desc())
PUBLIC = is_public(bindparam("at"))
IS_LISTED = article.retracted_at.is_(None)
IN_SECTION = article.section_id == bindparam("section_id")
# None of an article's text.
CARDS: Cards = select(
    article.id,
    article.slug,
    article.headline,
    article.standfirst,
    article.published_at,
    article.comment_count,
    article.lang,
    article.image_alt,
    section.name.label("section_name"),
    section.slug.label("section_slug"),
    media.renditions,
).select_from(
    Article.__table__.outerjoin(Section.__table__, section.id == article.section_id).outerjoin(
        Media.__table__, media.id == article.media_id
    )
)


def first(statement: Cards, number: int) -> Cards:
    """The statement for its first so many rows."""
    return statement.limit(literal_column(str(number)))


def _older_than(at: ColumnElement[Any], id_: ColumnElement[Any]) -> ColumnElement[bool]:
    return tuple_(at, id_) < tuple_(bindparam("before_at", type_=UTCDateTime()), bindparam("before_id"))


@dataclass(frozen=True)
class ArticleList:
    """The statements of a list's first page and of an older one, and of the moment when the next article joins it."""

    newest: Statement
    older: Statement
    next_at: Statement

    def rows(self, before: Cursor | None, *, at: datetime, **values: Any) -> list[Row]:
        """A page's rows, and one more where there is an older page. Says when the next article joins the list."""
        due_at(self.next_at, at=at, **values)
        return self.read(before, at=at, **values)

    def read(self, before: Cursor | None, *, at: datetime, **values: Any) -> list[Row]:
        """The same rows, where `at` is not the present moment."""
        if before and before.at <= at:
            # One bound and no second one: a planner with two may take the wrong one, and walk all that is newer.
            return self.older.all(before_at=before.at, before_id=before.id, **values)
        return self.newest.all(at=at, **values)


def list_of(
    statement: Cards, at: ColumnElement[Any], id_: ColumnElement[Any], *conditions: ColumnElement[bool]
) -> ArticleList:
    """The list of what the statement reads, in the order of that moment and id, under conditions."""
    page = first(statement.where(*conditions).order_by(at.desc(), id_.desc()), PAGE_SIZE + 1)
    newest, older = page.where(at <= bindparam("at")), page.where(_older_than(at, id_))
    return ArticleList(Statement(newest), Statement(older), next_joining(at, *conditions))


def listed_in(statement: Cards, place: Any, key: ColumnElement[Any]) -> ArticleList:
    """The articles that a table of places lists under `subject_id`, which is in the column `key`."""
    joined = statement.join(place, place.c.article_id == article.id)
    return list_of(joined, place.c.listed_at, place.c.article_id, key == bindparam("subject_id"))


def next_joining(at: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Statement:
    """The moment after `at` when the next article comes into such a list."""
    return Statement(select(func.min(at)).where(at > bindparam("at"), *conditions))


SECTION_LIST = list_of(CARDS, article.published_at, article.id, IS_LISTED, IN_SECTION)
TAG_LIST = listed_in(CARDS, Tagging.__table__, tagging.tag_id)
AUTHOR_LIST = listed_in(CARDS, Authorship.__table__, authorship.author_id)
NEXT_AT = next_joining(article.published_at, IS_LISTED)
_OTHERS = CARDS.where(PUBLIC, IN_SECTION, article.id != bindparam("article_id")).order_by(*NEWEST)
MORE_FROM_SECTION = Statement(first(_OTHERS, MORE))
# Where the text leads to some of them already.
MORE_TO_CHOOSE_FROM = Statement(first(_OTHERS, 2 * MORE))
HAS_ARTICLES = Statement(first(select(article.id).where(PUBLIC, IN_SECTION), 1))


@cache
def _names(kind: str, articles: int) -> Statement:
    """Who signed so many articles, or which tags they bear."""
    place, subject, key, _ = NAMED[kind]
    ids = [bindparam(f"article_{number}", type_=article.id.type) for number in range(articles)]
    return Statement(
        select(place.c.article_id, subject.c.id, subject.c.name, subject.c.slug)
        .join_from(place, subject, subject.c.id == key)
        .where(place.c.article_id.in_(ids))
        .order_by(place.c.article_id, place.c.position)
    )


def more_from_section(story: Story, at: datetime) -> tuple[Card, ...]:
    """The section's newest public articles but this one and those that it names as READ ALSO, without bylines."""
    if story.section_id is None:
        return ()
    shows(tag_of("section", story.section_id))
    due_at(SECTION_LIST.next_at, at=at, section_id=story.section_id)
    named = {part.url for part in story.body if isinstance(part, ReadAlso)} - {None}
    statement = MORE_TO_CHOOSE_FROM if named else MORE_FROM_SECTION
    cards = cards_of(statement, at=at, section_id=story.section_id, article_id=story.id)
    return tuple(card for card in cards if card.url not in named)[:MORE]


def has_articles(subject: Subject, at: datetime) -> bool:
    """Whether that section has a public article."""
    return HAS_ARTICLES.first(at=at, section_id=subject.id) is not None


def section_page(subject: Subject, at: datetime, *, before: Cursor | None) -> CardPage:
    """A page of the section's public articles."""
    shows(tag_of("section", subject.id))
    return _page(SECTION_LIST, before, at=at, section_id=subject.id)


def tag_page(subject: Subject, at: datetime, *, before: Cursor | None) -> CardPage:
    """A page of the public articles with that tag."""
    shows(tag_of("tag", subject.id))
    return _page(TAG_LIST, before, at=at, subject_id=subject.id)


def author_page(subject: Subject, at: datetime, *, before: Cursor | None) -> CardPage:
    """A page of the author's public articles."""
    shows(tag_of("author", subject.id))
    return _page(AUTHOR_LIST, before, at=at, subject_id=subject.id)


def signed(cards: Sequence[Card]) -> tuple[Card, ...]:
    """The cards with who signs each of them, in order; in one query."""
    bylines = names_on([card.id for card in cards], "author")
    return tuple(replace(card, authors=bylines.get(card.id, ())) for card in cards)


def names_on(articles: Sequence[int], kind: str) -> dict[int, tuple[Link, ...]]:
    """The authors or the tags of these articles by the articles' ids, in order; `kind` is `author` or `tag`."""
    names: dict[int, tuple[Link, ...]] = {}
    if not articles:
        return names
    path_of = NAMED[kind][3]
    ids = {f"article_{number}": article_id for number, article_id in enumerate(articles)}
    for article_id, subject_id, name, slug in _names(kind, len(articles)).all(**ids):
        shows(tag_of(kind, subject_id))
        names[article_id] = (*names.get(article_id, ()), Link(name, path_of(slug)))
    return names


def _page(listed: ArticleList, before: Cursor | None, *, at: datetime, **values: Any) -> CardPage:
    return card_page(listed.rows(before, at=at, **values))


def card_page(rows: Iterable[Row]) -> CardPage:
    """The page that a list's rows make, with bylines."""
    cards = cards_from(rows)
    shown = signed(cards[:PAGE_SIZE])
    older = Cursor(shown[-1].published_at, shown[-1].id) if len(cards) > PAGE_SIZE else None
    return CardPage(shown, older)


def cards_of(statement: Statement, **values: Any) -> tuple[Card, ...]:
    """The cards that a statement of CARDS gives, without bylines; a page that is being made shows them."""
    return cards_from(statement.all(**values))


def cards_from(rows: Iterable[Row]) -> tuple[Card, ...]:
    """The cards of rows of CARDS."""
    cards = tuple(_card(*row) for row in rows)
    shows(*(tag_of("article", card.id) for card in cards))
    return cards


def due_at(statement: Statement, *, at: datetime, **values: Any) -> None:
    """Say when the next article comes into a list."""
    due(*statement.all(at=at, **values)[0], after=at)


def _card(
    id_: int,
    slug: str,
    headline: str,
    standfirst: str,
    published_at: datetime,
    comment_count: int,
    lang: str,
    image_alt: str,
    section_name: str | None,
    section_slug: str | None,
    renditions: Document,
) -> Card:
    return Card(
        id=id_,
        slug=slug,
        headline=headline,
        standfirst=standfirst,
        published_at=published_at,
        section=Link(section_name or "", section_path(section_slug)) if section_slug else None,
        authors=(),
        picture=Croppable(renditions, image_alt) if renditions else None,
        comment_count=comment_count,
        lang=lang,
    )
