"""What readers may see at a given moment. Being public is a comparison with the clock, here and nowhere else.

Each query says what a page that is kept shows by it, and from which moment on the clock may make that another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_, union_all
from sqlalchemy.orm import joinedload, selectinload

from davidson.articles.cards import Card, Link, author_path, picture_of, section_path
from davidson.articles.models import Article, Author, Authorship, Reference, Section, Tag, Tagging
from davidson.database import db
from davidson.media.models import Media
from davidson.pagecache.dependencies import due, shows
from davidson.pagecache.tags import FRONT, MASTHEAD, tag_of
from davidson.web.paging import Cursor

PAGE_SIZE = 20
MAX_SECTIONS = 12

Cards = Select[*tuple[Any, ...]]
"""A query whose rows make cards."""


@dataclass(frozen=True)
class CardPage:
    """One page of a list, newest first, and where the next older one begins, if there is one."""

    cards: tuple[Card, ...]
    older: Cursor | None


def is_public(at: datetime) -> ColumnElement[bool]:
    """The condition under which readers see an article at that moment."""
    return and_(Article.retracted_at.is_(None), Article.published_at <= at)


def article_for_readers(slug: str, at: datetime) -> Article | None:
    """The article with that slug if it is public then, or was and is taken back; with all that its page shows.

    One that was taken back before its time came was never public, and nobody learns of it.
    """
    was_public = or_(Article.retracted_at.is_(None), Article.published_at <= Article.retracted_at)
    statement = (
        select(Article)
        .where(Article.slug == slug, Article.published_at <= at, was_public)
        .options(
            joinedload(Article.section),
            joinedload(Article.media),
            selectinload(Article.authorships).joinedload(Authorship.author),
            selectinload(Article.taggings).joinedload(Tagging.tag),
            selectinload(Article.references)
            .joinedload(Reference.target)
            .load_only(Article.slug, Article.headline, Article.published_at, Article.retracted_at),
        )
    )
    article = db.session.scalar(statement)
    if article is not None:
        _shows_article(article, at)
    return article


def _shows_article(article: Article, at: datetime) -> None:
    targets = [reference.target for reference in article.references if reference.target]
    shows(tag_of("article", article.id), *(tag_of("article", target.id) for target in targets))
    shows(*(tag_of("author", place.author_id) for place in article.authorships))
    shows(*(tag_of("tag", place.tag_id) for place in article.taggings))
    due(article.comments_close_at, *(target.published_at for target in targets), after=at)


def masthead_sections(at: datetime) -> tuple[Link, ...]:
    """The sections in the order of the masthead; one without a public article would promise what is not there."""
    return tuple(Link(section.name, section_path(section.slug)) for section in _sections(at))


def recent_cards(at: datetime, *, limit: int) -> tuple[Card, ...]:
    """The newest public articles."""
    shows(FRONT)
    _due_with(Article.published_at, at, Article.retracted_at.is_(None))
    return _cards(_newest(_card_columns().where(is_public(at))).limit(limit))


def section_cards(at: datetime, *, each: int) -> tuple[tuple[Link, tuple[Card, ...]], ...]:
    """For each section of the masthead its `each` newest public articles; in one query, one index walk a section."""
    sections = _sections(at)
    shows(FRONT)
    if not sections:
        return ()
    walks = [
        select(
            _newest(select(Article.id)).where(is_public(at), Article.section_id == section.id).limit(each).subquery()
        )
        for section in sections
    ]
    ids = union_all(*walks).subquery()
    cards = _cards(_newest(_card_columns().where(Article.id.in_(select(ids.c.id)))))
    return tuple(
        (Link(section.name, path), tuple(card for card in cards if card.section and card.section.url == path))
        for section in sections
        for path in [section_path(section.slug)]
    )


def more_from_section(article: Article, at: datetime, *, limit: int) -> tuple[Card, ...]:
    """The section's newest public articles but this one."""
    if article.section_id is None:
        return ()
    _shows_section(article.section_id, at)
    statement = _card_columns().where(is_public(at), Article.section_id == article.section_id, Article.id != article.id)
    return _cards(_newest(statement).limit(limit))


def section_by_slug(slug: str) -> Section | None:
    """The section with that slug."""
    return db.session.scalar(select(Section).where(Section.slug == slug))


def tag_by_slug(slug: str) -> Tag | None:
    """The tag with that slug."""
    return db.session.scalar(select(Tag).where(Tag.slug == slug))


def author_by_slug(slug: str) -> Author | None:
    """The author with that slug."""
    return db.session.scalar(select(Author).where(Author.slug == slug))


def has_articles(section: Section, at: datetime) -> bool:
    """Whether the section has a public article."""
    one = select(Article.id).where(is_public(at), Article.section_id == section.id).limit(1)
    return db.session.scalar(one) is not None


def section_page(section: Section, at: datetime, *, before: Cursor | None) -> CardPage:
    """A page of the section's public articles."""
    _shows_section(section.id, at)
    statement = _card_columns().where(is_public(at), Article.section_id == section.id)
    if before:
        statement = statement.where(tuple_(Article.published_at, Article.id) < tuple_(before.at, before.id))
    return _page(_newest(statement))


def tag_page(tag: Tag, at: datetime, *, before: Cursor | None) -> CardPage:
    """A page of the public articles with that tag."""
    shows(tag_of("tag", tag.id))
    return _listed_page(Tagging, Tagging.tag_id == tag.id, at, before)


def author_page(author: Author, at: datetime, *, before: Cursor | None) -> CardPage:
    """A page of the author's public articles."""
    shows(tag_of("author", author.id))
    return _listed_page(Authorship, Authorship.author_id == author.id, at, before)


def _sections(at: datetime) -> Sequence[Any]:
    """The sections of the masthead at that moment, in its order."""
    shows(MASTHEAD)
    statement = (
        select(Section.id, Section.name, Section.slug, Section.listed_from)
        .where(Section.listed_from.is_not(None))
        .order_by(Section.position, Section.id)
    )
    sections = db.session.execute(statement).all()
    due(*(section.listed_from for section in sections), after=at)
    return [section for section in sections if section.listed_from <= at][:MAX_SECTIONS]


def _shows_section(section_id: int, at: datetime) -> None:
    shows(tag_of("section", section_id))
    _due_with(Article.published_at, at, Article.retracted_at.is_(None), Article.section_id == section_id)


def _due_with(moment: Any, at: datetime, *conditions: ColumnElement[bool]) -> None:
    """Say when the next article comes into a list: the first of these moments after `at`, by the list's own index."""
    due(db.session.scalar(select(func.min(moment)).where(moment > at, *conditions)), after=at)


def _listed_page(
    place: type[Tagging] | type[Authorship], condition: ColumnElement[bool], at: datetime, before: Cursor | None
) -> CardPage:
    _due_with(place.listed_at, at, condition)
    statement = _card_columns().join(place, place.article_id == Article.id).where(condition, place.listed_at <= at)
    if before:
        statement = statement.where(tuple_(place.listed_at, place.article_id) < tuple_(before.at, before.id))
    return _page(statement.order_by(place.listed_at.desc(), place.article_id.desc()))


def _page(statement: Cards) -> CardPage:
    cards = _cards(statement.limit(PAGE_SIZE + 1))
    shown = cards[:PAGE_SIZE]
    older = Cursor(shown[-1].published_at, shown[-1].id) if len(cards) > PAGE_SIZE else None
    return CardPage(shown, older)


def _newest(statement: Cards) -> Cards:
    return statement.order_by(Article.published_at.desc(), Article.id.desc())


def _card_columns() -> Cards:
    """The columns that a card is made of: no objects, and none of an article's text."""
    return (
        select(
            Article.id,
            Article.slug,
            Article.headline,
            Article.standfirst,
            Article.published_at,
            Article.comment_count,
            Article.lang,
            Article.image_alt,
            Section.name.label("section_name"),
            Section.slug.label("section_slug"),
            Media.renditions,
        )
        .outerjoin(Section, Section.id == Article.section_id)
        .outerjoin(Media, Media.id == Article.media_id)
    )


def _cards(statement: Cards) -> tuple[Card, ...]:
    rows = db.session.execute(statement).all()
    shows(*(tag_of("article", row.id) for row in rows))
    bylines = _bylines([row.id for row in rows])
    return tuple(_card(row, bylines.get(row.id, ())) for row in rows)


def _card(row: Any, authors: tuple[Link, ...]) -> Card:
    return Card(
        id=row.id,
        slug=row.slug,
        headline=row.headline,
        standfirst=row.standfirst,
        published_at=row.published_at,
        section=Link(row.section_name, section_path(row.section_slug)) if row.section_slug else None,
        authors=authors,
        picture=picture_of(row.renditions, alt=row.image_alt),
        comment_count=row.comment_count,
        lang=row.lang,
    )


def _bylines(article_ids: Sequence[int]) -> dict[int, tuple[Link, ...]]:
    """Who signs each of these articles, in order; in one query."""
    if not article_ids:
        return {}
    statement = (
        select(Authorship.article_id, Author.id, Author.name, Author.slug)
        .join(Author, Author.id == Authorship.author_id)
        .where(Authorship.article_id.in_(article_ids))
        .order_by(Authorship.article_id, Authorship.position)
    )
    bylines: dict[int, tuple[Link, ...]] = {}
    for row in db.session.execute(statement):
        shows(tag_of("author", row.id))
        bylines[row.article_id] = (*bylines.get(row.article_id, ()), Link(row.name, author_path(row.slug)))
    return bylines
