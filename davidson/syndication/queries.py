"""What feeds are made of: the newest public articles of the paper, a section, a tag or an author, with their text."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from markupsafe import Markup
from sqlalchemy import select

from davidson.articles.cards import Link, Picture, article_path, picture_of, section_path
from davidson.articles.lists import (
    IN_SECTION,
    IS_LISTED,
    PAGE_SIZE,
    list_of,
    listed_in,
    names_on,
)
from davidson.articles.models import Article, Authorship, Section, Tagging
from davidson.articles.queries import is_public
from davidson.database import db
from davidson.media.models import Media
from davidson.pagecache.dependencies import shows
from davidson.pagecache.tags import FRONT, tag_of
from davidson.statements import Statement
from davidson.syndication.models import Site
from davidson.text.readalso import split
from davidson.web.paging import Cursor

article, section, media = Article.__table__.c, Section.__table__.c, Media.__table__.c

TOLD = select(
    article.id,
    article.slug,
    article.headline,
    article.standfirst,
    article.html,
    article.lang,
    article.image_alt,
    article.image_caption,
    article.image_credit,
    article.created_at,
    article.published_at,
    article.updated_at,
    article.comment_count,
    article.section_id,
    section.name.label("section_name"),
    section.slug.label("section_slug"),
    media.renditions,
).select_from(
    Article.__table__.outerjoin(Section.__table__, section.id == article.section_id).outerjoin(
        Media.__table__, media.id == article.media_id
    )
)
LISTS = {
    "site": list_of(TOLD, article.published_at, article.id, IS_LISTED),
    "section": list_of(TOLD, article.published_at, article.id, IS_LISTED, IN_SECTION),
    "tag": listed_in(TOLD, Tagging.__table__, Tagging.__table__.c.tag_id),
    "author": listed_in(TOLD, Authorship.__table__, Authorship.__table__.c.author_id),
}
IDENTITY = Statement(select(Site.__table__.c.identity))


@dataclass(frozen=True)
class ToldArticle:
    """A public article as a feed tells it; `html` is its text without the READ ALSO lines."""

    id: int
    slug: str
    headline: str
    standfirst: str
    html: Markup
    lang: str
    created_at: datetime
    published_at: datetime
    updated_at: datetime | None
    comment_count: int
    section: Link | None
    picture: Picture | None
    authors: tuple[Link, ...]
    tags: tuple[Link, ...]

    @property
    def url(self) -> str:
        return article_path(self.slug)


@dataclass(frozen=True)
class ToldPage:
    """Articles of a list, newest first, and where the older ones begin, if there are any."""

    articles: tuple[ToldArticle, ...]
    older: Cursor | None


def site_identity() -> UUID:
    """Which site this is, for good."""
    (row,) = IDENTITY.all()
    return UUID(row.identity)


def told_articles(kind: str, subject_id: int, at: datetime, *, before: Cursor | None) -> ToldPage:
    """A page of the list of that kind; `subject_id` is that of its section, tag or author, and 0 for the whole site."""
    listed = LISTS[kind]
    shows(tag_of(kind, subject_id) if subject_id else FRONT)
    rows = listed.rows(before, at=at, **_subject(kind, subject_id))
    shown = rows[:PAGE_SIZE]
    ids = [row.id for row in shown]
    authors, tags = names_on(ids, "author"), names_on(ids, "tag")
    shows(*(tag_of("article", id_) for id_ in ids))
    shows(*(tag_of("section", row.section_id) for row in shown if row.section_id))
    articles = tuple(_told(row, authors.get(row.id, ()), tags.get(row.id, ())) for row in shown)
    older = Cursor(shown[-1].published_at, shown[-1].id) if len(rows) > PAGE_SIZE else None
    return ToldPage(articles, older)


def places_showing(articles: Collection[int], at: datetime) -> list[str]:
    """The paths of the lists that show these articles, as far as they are public; the paper's own is empty."""
    statement = (
        select(article.id, section.slug)
        .outerjoin_from(Article.__table__, Section.__table__, section.id == article.section_id)
        .where(article.id.in_(articles), is_public(at))
    )
    rows = db.session.execute(statement).all()
    if not rows:
        return []
    ids = [row.id for row in rows]
    names = (link for kind in ("tag", "author") for links in names_on(ids, kind).values() for link in links)
    return sorted({"", *(section_path(row.slug) for row in rows if row.slug), *(link.url for link in names)})


def _subject(kind: str, subject_id: int) -> dict[str, int]:
    if kind == "site":
        return {}
    return {"section_id" if kind == "section" else "subject_id": subject_id}


def _told(row: Any, authors: Sequence[Link], tags: Sequence[Link]) -> ToldArticle:
    return ToldArticle(
        id=row.id,
        slug=row.slug,
        headline=row.headline,
        standfirst=row.standfirst,
        html=Markup("\n").join(split(row.html)),
        lang=row.lang,
        created_at=row.created_at,
        published_at=row.published_at,
        updated_at=row.updated_at,
        comment_count=row.comment_count,
        section=Link(row.section_name, section_path(row.section_slug)) if row.section_slug else None,
        picture=picture_of(row.renditions, alt=row.image_alt, caption=row.image_caption, credit=row.image_credit),
        authors=tuple(authors),
        tags=tuple(tags),
    )
