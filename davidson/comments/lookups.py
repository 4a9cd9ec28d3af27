"""Single rows that taking a comment looks up, a few columns each: the article, the comment answered, a known sending.

They are read with every comment, as plain rows on a connection: an object, and a session too, cost many times what the
store does.
"""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, exists, func, select

from davidson.articles.closing import closing_of
from davidson.articles.models import Article, Standing
from davidson.articles.modes import mode_of
from davidson.comments.breaker import IS_LIVE, WAVE, Breaker, wave_in
from davidson.comments.draft import Wave
from davidson.comments.models import Comment
from davidson.comments.status import CommentStatus
from davidson.config import CommentsMode
from davidson.mail.models import Subscription
from davidson.pagecache.tags import SCREENING
from davidson.pagecache.versions import PageVersion
from davidson.statements import Statement

_ARTICLE = Article.__table__.c
_COMMENT = Comment.__table__.c

_DISCUSSION = select(
    _ARTICLE.id,
    _ARTICLE.slug,
    _ARTICLE.headline,
    _ARTICLE.published_at,
    _ARTICLE.retracted_at,
    _ARTICLE.comments_close_at,
    _ARTICLE.comments_mode,
    select(PageVersion.version).where(PageVersion.tag == SCREENING).scalar_subquery(),
    *WAVE,
).select_from(Article.__table__.outerjoin(Breaker.__table__, IS_LIVE))
_BY_SLUG = Statement(_DISCUSSION.where(_ARTICLE.slug == bindparam("slug")))
_WITH_ID = _DISCUSSION.where(_ARTICLE.id == bindparam("id"))
_BY_ID = Statement(_WITH_ID)
_LOCKED = Statement(_WITH_ID.with_for_update(key_share=True, of=Article.__table__))
_IS_FOLLOWED = exists().where(Subscription.comment_id == _COMMENT.id, Subscription.confirmed_at.is_not(None))
_HEAD = Comment.__table__.alias("head")
_PARENT = Statement(
    select(_COMMENT.id, _COMMENT.thread_id, _IS_FOLLOWED, _HEAD.c.heated_until)
    .select_from(Comment.__table__.join(_HEAD, _HEAD.c.id == func.coalesce(_COMMENT.thread_id, _COMMENT.id)))
    .where(
        _COMMENT.id == bindparam("id"),
        _COMMENT.article_id == bindparam("article_id"),
        _COMMENT.status == CommentStatus.APPROVED,
    )
)
_SENDING = Statement(
    select(_COMMENT.id, _COMMENT.created_at, _COMMENT.receipt_salt, _COMMENT.receipt_hash, _COMMENT.author_key).where(
        _COMMENT.fingerprint == bindparam("fingerprint")
    )
)


class Discussion(NamedTuple):
    """An article, as far as commenting on it goes, and the version of the words that screening looks for.

    `mode` is the one that counts, its own or the site's. `wave` is the last wave of spam, till somebody has written
    down that it is over.
    """

    id: int
    slug: str
    headline: str
    standing: Standing
    mode: CommentsMode
    words_version: int | None
    wave: Wave | None = None

    def takes_comments(self, at: datetime) -> bool:
        """Whether readers may comment on it at that moment."""
        return self.mode is not CommentsMode.CLOSED and self.standing.takes_comments(at)


class Parent(NamedTuple):
    """A comment that may be answered; `thread_id` is none where it began the thread itself.

    `is_followed` says whether its author is mailed about answers, `heated_until` is the end of the thread's last heat.
    """

    id: int
    thread_id: int | None
    is_followed: bool
    heated_until: datetime | None

    @property
    def head_id(self) -> int:
        """The comment that began the thread."""
        return self.thread_id or self.id


class Sending(NamedTuple):
    """A stored comment, as far as a resend of its form goes."""

    id: int
    created_at: datetime
    receipt_salt: str | None
    receipt_hash: str | None
    author_key: str | None


def discussion_by_slug(connection: Connection, slug: str) -> Discussion | None:
    """The discussion of that article, public or not."""
    return _discussion(_BY_SLUG.row(connection, {"slug": slug}))


def discussion_by_id(connection: Connection, article_id: int, *, locked: bool) -> Discussion | None:
    """The discussion as it is now; `locked` lets all who change what it shows queue up, as `lock_article_of` does."""
    statement = _LOCKED if locked else _BY_ID
    return _discussion(statement.row(connection, {"id": article_id}))


def parent_with(connection: Connection, comment_id: int, *, article_id: int) -> Parent | None:
    """That comment, if it is approved and stands under that article."""
    row = _PARENT.row(connection, {"id": comment_id, "article_id": article_id})
    return Parent(*row) if row else None


def sending_with(connection: Connection, fingerprint: str) -> Sending | None:
    """The comment that was stored from the same sending."""
    row = _SENDING.row(connection, {"fingerprint": fingerprint})
    return Sending(*row) if row else None


def _discussion(row: tuple[Any, ...] | None) -> Discussion | None:
    if row is None:
        return None
    id_, slug, headline, published_at, retracted_at, comments_close_at, own_mode, words_version, *wave = row
    standing = Standing(published_at, retracted_at, closing_of(published_at, comments_close_at))
    return Discussion(id_, slug, headline, standing, mode_of(own_mode), words_version, wave_in(wave))
