"""What is asked of comments: an article's approved threads, one comment, and the facts about a sender."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from davidson.accounts.models import Staff
from davidson.articles.models import Article
from davidson.comments.draft import Facts, Recent, Term, TermKind
from davidson.comments.models import IN_THREAD_HEADS, BlockedTerm, Comment
from davidson.comments.status import CommentStatus
from davidson.comments.threads import CommentRow, Thread, threads_of
from davidson.database import db
from davidson.pagecache.dependencies import shows
from davidson.pagecache.tags import tag_of

THREADS_PER_PAGE = 50
# How far back, and how many, comments are compared with a new one.
RECENT_WINDOW = timedelta(days=3)
RECENT_LIMIT = 60

APPROVED = Comment.status == CommentStatus.APPROVED


@dataclass(frozen=True)
class ThreadPage:
    """One page of an article's discussion, oldest threads first; `pages` is at least 1."""

    threads: tuple[Thread, ...]
    page: int
    pages: int


def approved_threads(article_id: int, *, page: int, article_path: str) -> ThreadPage | None:
    """The page of that number, counted from 1; None where there is no such page."""
    shows(tag_of("article", article_id))
    heads_here = and_(Comment.article_id == article_id, IN_THREAD_HEADS)
    total = db.session.execute(select(func.count()).select_from(Comment).where(heads_here)).scalar_one()
    pages = max(1, -(-total // THREADS_PER_PAGE))
    if not 1 <= page <= pages:
        return None
    heads = _rows(
        _row_columns()
        .where(heads_here)
        .order_by(Comment.created_at, Comment.id)
        .offset((page - 1) * THREADS_PER_PAGE)
        .limit(THREADS_PER_PAGE)
    )
    replies = _rows(
        _row_columns()
        .where(Comment.thread_id.in_([head.id for head in heads]), APPROVED)
        .order_by(Comment.created_at, Comment.id)
    )
    return ThreadPage(threads_of(heads, replies, article_path=article_path), page, pages)


def page_of(comment: Comment) -> int:
    """The number of the discussion's page on which an approved comment stands."""
    head = comment if comment.thread_id is None else db.session.get_one(Comment, comment.thread_id)
    is_before: ColumnElement[bool] = and_(
        Comment.article_id == head.article_id,
        IN_THREAD_HEADS,
        or_(
            Comment.created_at < head.created_at,
            and_(Comment.created_at == head.created_at, Comment.id < head.id),
        ),
    )
    before = db.session.execute(select(func.count()).select_from(Comment).where(is_before)).scalar_one()
    return before // THREADS_PER_PAGE + 1


def approved_comment(comment_id: int, *, article_id: int) -> Comment | None:
    """That comment, if it is approved and stands under that article."""
    return db.session.scalar(
        select(Comment).where(Comment.id == comment_id, Comment.article_id == article_id, APPROVED)
    )


def article_by_slug(slug: str) -> Article | None:
    """The article alone, without what its page shows."""
    return db.session.scalar(select(Article).where(Article.slug == slug))


def comment_by_fingerprint(fingerprint: str) -> Comment | None:
    """The comment that was stored from the same sending."""
    return db.session.scalar(select(Comment).where(Comment.fingerprint == fingerprint))


def comment_by_receipt(receipt_hash: str) -> Comment | None:
    """The comment whose receipt has that hash."""
    return db.session.scalar(select(Comment).where(Comment.receipt_hash == receipt_hash))


def facts_about(
    *,
    article_id: int,
    sender: str,
    author_key: str | None,
    now: datetime,
    min_seconds: int,
    site_name: str,
    instead_of: int | None = None,
) -> Facts:
    """What screening may know of a sender; `instead_of` is the id of the comment that an edit replaces."""
    return Facts(
        known=_is_known(author_key),
        recent=_recent(article_id=article_id, sender=sender, since=now - RECENT_WINDOW, instead_of=instead_of),
        terms=tuple(Term(row.term, TermKind(row.kind)) for row in db.session.execute(_terms())),
        min_seconds=min_seconds,
        staff_names=tuple(db.session.scalars(select(Staff.name).where(Staff.disabled_at.is_(None)))),
        site_name=site_name,
    )


def _is_known(author_key: str | None) -> bool:
    if author_key is None:
        return False
    return db.session.scalar(select(Comment.id).where(Comment.author_key == author_key, APPROVED).limit(1)) is not None


def _terms() -> Select[str, str]:
    return select(BlockedTerm.term, BlockedTerm.kind)


def _recent(*, article_id: int, sender: str, since: datetime, instead_of: int | None) -> tuple[Recent, ...]:
    columns = (Comment.id, Comment.source, Comment.status, Comment.created_at, Comment.article_id, Comment.sender)
    statement = (
        select(*columns)
        .where(Comment.created_at > since, Comment.status != CommentStatus.DELETED)
        .order_by(Comment.created_at.desc())
        .limit(RECENT_LIMIT)
    )
    return tuple(
        Recent(
            id=row.id,
            source=row.source,
            status=row.status,
            created_at=row.created_at,
            same_article=row.article_id == article_id,
            same_sender=row.sender == sender,
        )
        for row in db.session.execute(statement)
        if row.id != instead_of
    )


def _row_columns() -> Select[*tuple[Any, ...]]:
    return select(
        Comment.id,
        Comment.parent_id,
        Comment.thread_id,
        Comment.name,
        Comment.html,
        Comment.created_at,
        Comment.status,
    )


def _rows(
    statement: Select[*tuple[Any, ...]],
) -> list[CommentRow]:
    return [CommentRow(*row) for row in db.session.execute(statement)]
