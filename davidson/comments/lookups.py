"""Single rows that taking a comment looks up, a few columns each: the article, the comment answered, a known sending.

They are read with every comment, as plain rows on a connection: an object, and a session too, cost many times what the
store does.
"""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, select

from davidson.articles.models import Article, Standing
from davidson.comments.models import Comment
from davidson.comments.status import CommentStatus

_ARTICLE = Article.__table__.c
_COMMENT = Comment.__table__.c

_DISCUSSION = select(
    _ARTICLE.id,
    _ARTICLE.slug,
    _ARTICLE.headline,
    _ARTICLE.published_at,
    _ARTICLE.retracted_at,
    _ARTICLE.comments_close_at,
)
_BY_SLUG = _DISCUSSION.where(_ARTICLE.slug == bindparam("slug"))
_BY_ID = _DISCUSSION.where(_ARTICLE.id == bindparam("id"))
_LOCKED = _BY_ID.with_for_update(key_share=True)
_PARENT = select(_COMMENT.id, _COMMENT.thread_id).where(
    _COMMENT.id == bindparam("id"),
    _COMMENT.article_id == bindparam("article_id"),
    _COMMENT.status == CommentStatus.APPROVED,
)
_SENDING = select(
    _COMMENT.id, _COMMENT.created_at, _COMMENT.receipt_salt, _COMMENT.receipt_hash, _COMMENT.author_key
).where(_COMMENT.fingerprint == bindparam("fingerprint"))


class Discussion(NamedTuple):
    """An article, as far as commenting on it goes."""

    id: int
    slug: str
    headline: str
    standing: Standing


class Parent(NamedTuple):
    """A comment that may be answered; `thread_id` is none where it began the thread itself."""

    id: int
    thread_id: int | None


class Sending(NamedTuple):
    """A stored comment, as far as a resend of its form goes."""

    id: int
    created_at: datetime
    receipt_salt: str | None
    receipt_hash: str | None
    author_key: str | None


def discussion_by_slug(connection: Connection, slug: str) -> Discussion | None:
    """The discussion of that article, public or not."""
    return _discussion(connection.execute(_BY_SLUG, {"slug": slug}).one_or_none())


def discussion_by_id(connection: Connection, article_id: int, *, locked: bool) -> Discussion | None:
    """The discussion as it is now; `locked` lets all who change what it shows queue up, as `lock_article_of` does."""
    statement = _LOCKED if locked else _BY_ID
    return _discussion(connection.execute(statement, {"id": article_id}).one_or_none())


def parent_with(connection: Connection, comment_id: int, *, article_id: int) -> Parent | None:
    """That comment, if it is approved and stands under that article."""
    row = connection.execute(_PARENT, {"id": comment_id, "article_id": article_id}).one_or_none()
    return Parent(*row) if row else None


def sending_with(connection: Connection, fingerprint: str) -> Sending | None:
    """The comment that was stored from the same sending."""
    row = connection.execute(_SENDING, {"fingerprint": fingerprint}).one_or_none()
    return Sending(*row) if row else None


def _discussion(row: Row[*tuple[Any, ...]] | None) -> Discussion | None:
    if row is None:
        return None
    id_, slug, headline, *moments = row
    return Discussion(id_, slug, headline, Standing(*moments))
