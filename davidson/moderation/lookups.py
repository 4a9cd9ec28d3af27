"""Single rows that the decisions and the desk look up: a comment as it is now, and its entries in the log."""

from typing import Any

from sqlalchemy import bindparam, select

from davidson.articles.models import Article
from davidson.audit.models import AuditEntry
from davidson.comments.models import Comment
from davidson.comments.states import subject_of
from davidson.database import db
from davidson.web.paging import MOST

# Made once, for every decision asks these.
_ARTICLE = (
    select(Article)
    .where(Article.id == select(Comment.article_id).where(Comment.id == bindparam("comment")).scalar_subquery())
    .with_for_update(key_share=True, of=Article)
    .execution_options(populate_existing=True)
)
_TALK = (
    select(
        Comment.id,
        Comment.version,
        Comment.status,
        Comment.name,
        Comment.html,
        Comment.created_at,
        Comment.staff_id,
        Comment.picked_at,
        Article.slug,
        Article.headline,
        Article.retracted_at,
    )
    .join(Article, Article.id == Comment.article_id)
    .where(Comment.id == bindparam("comment"))
)
_MODE = (
    select(Article.id, Article.slug, Article.headline, Article.comments_mode)
    .join(Comment, Comment.article_id == Article.id)
    .where(Comment.id == bindparam("comment"))
)
_COMMENT = select(Comment).where(Comment.id == bindparam("comment")).execution_options(populate_existing=True)


def lock_article_around(comment_id: int) -> Article | None:
    """The article that a comment stands under, locked as `lock_article_of` does; None where there is no such comment.

    A comment never moves to another article, so it can be asked for in the statement that locks.
    """
    if not 0 < comment_id <= MOST:  # The stores' integers end there.
        return None
    return db.session.execute(_ARTICLE, {"comment": comment_id}).scalar_one_or_none()


def comment_afresh(comment_id: int) -> Comment:
    """The comment as the store has it now, whatever this session read of it before."""
    return db.session.execute(_COMMENT, {"comment": comment_id}).scalar_one()


def comment_in_discussion(comment_id: int) -> Any | None:
    """What the page of a comment in its discussion shows, as columns; None where there is no such comment."""
    if not 0 < comment_id <= MOST:
        return None
    return db.session.execute(_TALK, {"comment": comment_id}).one_or_none()


def mode_around(comment_id: int) -> Any | None:
    """The article that a comment stands under, as far as its mode goes, as columns."""
    if not 0 < comment_id <= MOST:
        return None
    return db.session.execute(_MODE, {"comment": comment_id}).one_or_none()


def entry_at(comment_id: int, version: int) -> AuditEntry | None:
    """The entry that tells how a comment came to that version."""
    return db.session.scalar(
        select(AuditEntry).where(AuditEntry.subject == subject_of(comment_id), AuditEntry.version == version)
    )
