"""What is asked of comments: an article's approved threads, one comment, and what is kept too long."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
)

from davidson.articles.models import Article
from davidson.comments.models import IN_THREAD_HEADS, NETWORK_KEPT, Comment, PageBegin
from davidson.comments.pages import THREADS_PER_PAGE, number_of_pages
from davidson.comments.status import CommentStatus
from davidson.comments.threads import Thread, threads_of
from davidson.database import db
from davidson.pagecache.dependencies import shows
from davidson.pagecache.tags import tag_of
from davidson.statements import Statement

APPROVED = Comment.status == CommentStatus.APPROVED


def _page(*begin: ColumnElement[bool]) -> CompoundSelect[*tuple[Any, ...]]:
    """The comments of one page: the heads of its threads, and the approved replies to them."""
    comment = Comment.__table__.c
    heads = (
        select(comment.id, comment.reply_count)
        .where(comment.article_id == bindparam("article_id"), IN_THREAD_HEADS, *begin)
        .order_by(comment.created_at, comment.id)
        .limit(literal_column(str(THREADS_PER_PAGE)))
        .cte("heads")
    )
    shown = (comment.id, comment.parent_id, comment.thread_id, comment.name, comment.html, comment.created_at)
    is_approved = comment.status == CommentStatus.APPROVED
    answered = select(heads.c.id).where(heads.c.reply_count > 0)
    # Unordered, for SQLite would take an order of both parts from an index of all comments; and `IS TRUE` keeps it from
    # the index of states, which holds nearly all of them too.
    return union_all(
        select(*shown, is_approved.label("is_shown")).where(comment.id.in_(select(heads.c.id))),
        select(*shown, true()).where(comment.thread_id.in_(answered), is_approved.is_(true())),
    )


def _begin_of_page() -> ColumnElement[bool]:
    """Whether a comment stands on the page or after it."""
    page = PageBegin.__table__.c
    here = and_(page.article_id == bindparam("article_id"), page.number == bindparam("page"))
    first_at, first_id = (select(column).where(here).scalar_subquery() for column in (page.first_at, page.first_id))
    return tuple_(Comment.__table__.c.created_at, Comment.__table__.c.id) >= tuple_(first_at, first_id)


FIRST_PAGE, LATER_PAGE = Statement(_page()), Statement(_page(_begin_of_page()))


@dataclass(frozen=True)
class ThreadPage:
    """One page of an article's discussion, oldest threads first; `pages` is at least 1."""

    threads: tuple[Thread, ...]
    page: int
    pages: int


def approved_threads(article_id: int, *, threads: int, page: int, article_path: str) -> ThreadPage | None:
    """The page of that number, counted from 1, of a discussion of so many threads; None where there is no such page."""
    shows(tag_of("article", article_id))
    pages = number_of_pages(threads)
    if not 1 <= page <= pages:
        return None
    statement = FIRST_PAGE if page == 1 else LATER_PAGE
    rows = statement.all(article_id=article_id, page=page) if threads else ()
    return ThreadPage(threads_of(rows, article_path=article_path), page, pages)


def approved_comment(comment_id: int, *, article_id: int) -> Comment | None:
    """That comment, if it is approved and stands under that article."""
    return db.session.scalar(
        select(Comment).where(Comment.id == comment_id, Comment.article_id == article_id, APPROVED)
    )


def article_by_slug(slug: str) -> Article | None:
    """The article alone, without what its page shows."""
    return db.session.scalar(select(Article).where(Article.slug == slug))


def comment_by_receipt(receipt_hash: str) -> Comment | None:
    """The comment whose receipt has that hash."""
    return db.session.scalar(select(Comment).where(Comment.receipt_hash == receipt_hash))


def old_networks(until: datetime, *, most: int) -> Select[int]:
    """The comments sent until then whose network is still kept, oldest first, that nobody else holds just now."""
    sent = select(Comment.id).where(NETWORK_KEPT, Comment.created_at <= until)
    return sent.order_by(Comment.created_at, Comment.id).limit(most).with_for_update(skip_locked=True)


def old_spam(until: datetime, *, most: int) -> Select[int]:
    """The comments that are spam since then or longer, oldest first, that nobody else holds just now."""
    spam = select(Comment.id).where(Comment.status == CommentStatus.SPAM, Comment.decided_at <= until)
    return spam.order_by(Comment.decided_at, Comment.id).limit(most).with_for_update(skip_locked=True)
