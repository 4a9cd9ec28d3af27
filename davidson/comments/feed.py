"""What the feed of the comments on an article is made of."""

from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy import bindparam, literal_column, select

from davidson.articles.models import Article
from davidson.articles.queries import is_public
from davidson.comments.models import Comment
from davidson.comments.status import CommentStatus
from davidson.pagecache.dependencies import shows
from davidson.pagecache.tags import tag_of
from davidson.statements import Statement

NEWEST = 50

_ARTICLE, _COMMENT, _PARENT = Article.__table__.c, Comment.__table__.c, Comment.__table__.alias("parent")
_DISCUSSED = Statement(
    select(
        _ARTICLE.id,
        _ARTICLE.slug,
        _ARTICLE.headline,
        _ARTICLE.lang,
        _ARTICLE.published_at,
        _ARTICLE.created_at,
    ).where(_ARTICLE.slug == bindparam("slug"), is_public(bindparam("at")))
)
_NEWEST = Statement(
    select(
        _COMMENT.id,
        _COMMENT.name,
        _COMMENT.html,
        _COMMENT.created_at,
        _COMMENT.edited_at,
        _COMMENT.parent_id,
        _PARENT.c.created_at.label("parent_created_at"),
    )
    .select_from(Comment.__table__.outerjoin(_PARENT, _PARENT.c.id == _COMMENT.parent_id))
    .where(_COMMENT.article_id == bindparam("article_id"), _COMMENT.status == CommentStatus.APPROVED)
    .order_by(_COMMENT.id.desc())
    .limit(literal_column(str(NEWEST)))
)


class Discussed(NamedTuple):
    """An article whose comments are told."""

    id: int
    slug: str
    headline: str
    lang: str
    published_at: datetime
    created_at: datetime


class ToldComment(NamedTuple):
    """An approved comment; `edited_at` is None where its text never changed."""

    id: int
    name: str
    html: Markup
    created_at: datetime
    edited_at: datetime | None
    parent_id: int | None
    parent_created_at: datetime | None

    @property
    def updated_at(self) -> datetime:
        return self.edited_at or self.created_at


def discussed_article(slug: str, at: datetime) -> Discussed | None:
    """The article with that slug, if readers see it at that moment."""
    row = _DISCUSSED.first(slug=slug, at=at)
    if row is None:
        return None
    shows(tag_of("article", row.id))
    return Discussed(*row)


def newest_comments(article_id: int) -> list[ToldComment]:
    """Its newest approved comments, at most NEWEST, newest first."""
    return [ToldComment(*row) for row in _NEWEST.all(article_id=article_id)]
