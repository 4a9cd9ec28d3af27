"""What readers may see at a given moment. Being public is a comparison with the clock, here and nowhere else.

Each query says what a page that is kept shows by it, and from which moment on the clock may make that another.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from davidson.articles.cards import Link, Subject, section_path
from davidson.articles.closing import closing_of
from davidson.articles.models import Article, Author, Authorship, Reference, Section, Tag, Tagging
from davidson.articles.revisions import HAS_NOTE, Revision
from davidson.articles.story import Story, TakenBack, story_of
from davidson.database import UTCDateTime
from davidson.media.models import Media
from davidson.pagecache.dependencies import due, shows
from davidson.pagecache.tags import MASTHEAD, tag_of
from davidson.statements import Statement

MAX_SECTIONS = 12


def is_public(at: datetime | BindParameter[Any]) -> ColumnElement[bool]:
    """The condition under which readers see an article at that moment."""
    return and_(Article.__table__.c.retracted_at.is_(None), Article.__table__.c.published_at <= at)


def _story() -> Select[*tuple[Any, ...]]:
    article, section, media = Article.__table__.c, Section.__table__.c, Media.__table__.c
    was_public = or_(article.retracted_at.is_(None), article.published_at <= article.retracted_at)
    return (
        select(
            article.id,
            article.slug,
            article.headline,
            article.standfirst,
            article.html,
            article.word_count,
            article.sources,
            article.lang,
            article.section_id,
            section.name.label("section_name"),
            section.slug.label("section_slug"),
            media.renditions,
            article.image_alt,
            article.image_caption,
            article.image_credit,
            article.published_at,
            article.updated_at,
            article.retracted_at,
            article.retraction_reason,
            article.comments_close_at,
            article.comments_mode,
            article.comment_count,
            article.thread_count,
        )
        .select_from(
            Article.__table__.outerjoin(Section.__table__, section.id == article.section_id).outerjoin(
                Media.__table__, media.id == article.media_id
            )
        )
        .where(article.slug == bindparam("slug"), article.published_at <= bindparam("at"), was_public)
    )


def _around_story() -> Select[*tuple[Any, ...]]:
    """What hangs on an article, in order: READ ALSO lines, authors, tags and notes of changes, in one query."""
    reference, target = Reference.__table__, Article.__table__.alias("target")
    references = (
        select(
            literal_column("'reference'").label("kind"),
            reference.c.position,
            reference.c.target_id.label("id"),
            reference.c.label.label("name"),
            target.c.slug,
            target.c.headline,
            target.c.published_at,
            target.c.retracted_at,
        )
        .select_from(reference.outerjoin(target, target.c.id == reference.c.target_id))
        .where(reference.c.article_id == bindparam("article_id"))
    )
    # The references come first, for the columns of a union have the types of its first part.
    around = union_all(
        references,
        _named("author", Authorship.__table__, Author.__table__, Authorship.__table__.c.author_id),
        _named("tag", Tagging.__table__, Tag.__table__, Tagging.__table__.c.tag_id),
        _notes(),
    ).subquery()
    return select(*around.c).order_by(around.c.position)


def _named(kind: str, place: FromClause, subject: FromClause, key: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    nothing = cast(null(), UTCDateTime())
    return (
        select(
            literal_column(f"'{kind}'"),
            place.c.position,
            subject.c.id,
            subject.c.name,
            subject.c.slug,
            subject.c.name,
            nothing,
            nothing,
        )
        .select_from(place.join(subject, subject.c.id == key))
        .where(place.c.article_id == bindparam("article_id"))
    )


def _notes() -> Select[*tuple[Any, ...]]:
    """What readers are told of changes, in the columns of what hangs on an article."""
    revision = Revision.__table__.c
    return select(
        literal_column("'note'"),
        revision.number,
        cast(null(), revision.number.type),
        revision.note,
        literal_column("''"),
        cast(revision.kind, Text()),
        revision.created_at,
        cast(null(), UTCDateTime()),
    ).where(revision.article_id == bindparam("article_id"), HAS_NOTE)


def _subject(kind: type[Section] | type[Tag] | type[Author]) -> Select[*tuple[Any, ...]]:
    columns = kind.__table__.c
    description = columns.description if "description" in columns else literal_column("''")
    return select(columns.id, columns.slug, columns.name, description).where(columns.slug == bindparam("slug"))


def _masthead() -> Select[*tuple[Any, ...]]:
    section = Section.__table__.c
    return (
        select(section.id, section.name, section.slug, section.listed_from, section.in_masthead)
        .where(section.listed_from.is_not(None))
        .order_by(section.position, section.id)
    )


# What hangs on an article by the tags of the page cache: a READ ALSO shows the article that it leads to.
TAG_KINDS = {"reference": "article", "author": "author", "tag": "tag"}
STORY = Statement(_story())
AROUND_STORY = Statement(_around_story())
SECTIONS = Statement(_masthead())
SECTION, TAG, AUTHOR = (Statement(_subject(kind)) for kind in (Section, Tag, Author))


def story_for_readers(slug: str, at: datetime) -> Story | TakenBack | None:
    """The article with that slug if it is public then, or that it was and is taken back; with all that its page shows.

    One that was taken back before its time came was never public, and nobody learns of it.
    """
    row = STORY.first(slug=slug, at=at)
    if row is None:
        return None
    if row.retracted_at is not None:
        return TakenBack(row.id, row.headline, row.retraction_reason, row.retracted_at)
    around = AROUND_STORY.all(article_id=row.id)
    shows(tag_of("article", row.id), *(tag_of(TAG_KINDS[other.kind], other.id) for other in around if other.id))
    due(closing_of(row.published_at, row.comments_close_at), *(other.published_at for other in around), after=at)
    return story_of(row, around, at)


def masthead_sections(at: datetime) -> tuple[Link, ...]:
    """The sections in the order of the masthead; one without a public article would promise what is not there."""
    return tuple(Link(section.name, section_path(section.slug)) for section in prominent_sections(at))


def public_sections(at: datetime) -> Sequence[Any]:
    """The rows of all sections that have a public article, in the same order, those out of the masthead too."""
    shows(MASTHEAD)
    sections = SECTIONS.all()
    due(*(section.listed_from for section in sections), after=at)
    return [section for section in sections if section.listed_from <= at]


def prominent_sections(at: datetime) -> Sequence[Any]:
    """The rows of those of the masthead."""
    return [section for section in public_sections(at) if section.in_masthead][:MAX_SECTIONS]


def section_by_slug(slug: str) -> Subject | None:
    """The section with that slug."""
    return _subject_with(SECTION, slug)


def tag_by_slug(slug: str) -> Subject | None:
    """The tag with that slug."""
    return _subject_with(TAG, slug)


def author_by_slug(slug: str) -> Subject | None:
    """The author with that slug."""
    return _subject_with(AUTHOR, slug)


def _subject_with(statement: Statement, slug: str) -> Subject | None:
    row = statement.first(slug=slug)
    return Subject(*row) if row else None
