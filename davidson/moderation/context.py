"""All that a decision may go by besides the comment itself: its thread, its article's state, its sender."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from davidson.articles.closing import closing_of
from davidson.articles.models import Article, Standing
from davidson.articles.modes import mode_of
from davidson.comments.models import Comment
from davidson.config import CommentsMode
from davidson.database import db
from davidson.moderation.cards import Record
from davidson.moderation.records import SenderRecord, records_in, seen_columns
from davidson.moderation.threadlines import Spot, ThreadAround, thread_around
from davidson.web.paging import MOST


@dataclass(frozen=True)
class Discussing:
    """Whether readers may comment on the article now, until when, and which comments wait (`mode`)."""

    is_open: bool
    closes_at: datetime | None
    mode: CommentsMode


@dataclass(frozen=True)
class Context:
    """What stands around a comment. `senders` are its author token and its network, as far as they are known."""

    discussing: Discussing
    thread: ThreadAround
    senders: tuple[SenderRecord, ...]


_STANDING = (
    select(
        Comment.id,
        func.coalesce(Comment.thread_id, Comment.id).label("head_id"),
        Comment.created_at,
        Article.published_at,
        Article.retracted_at,
        Article.comments_close_at,
        Article.comments_mode,
        *seen_columns(),
    )
    .join(Article, Article.id == Comment.article_id)
    .where(Comment.id == bindparam("comment"))
)


def context_of(comment_id: int, record: Record, *, now: datetime) -> Context | None:
    """What stands around a comment, in five queries at most; `record` is that of its card."""
    row = _standing(comment_id)
    if row is None:
        return None
    return Context(
        discussing=_discussing(row, now),
        thread=thread_around(_spot(row)),
        senders=records_in(row, record, now=now),
    )


def senders_of(comment_id: int, record: Record, *, now: datetime) -> tuple[SenderRecord, ...]:
    """What is known of the author token and the network of a comment."""
    row = _standing(comment_id)
    return records_in(row, record, now=now) if row else ()


def spot_of(comment_id: int) -> Spot | None:
    """Where a comment stands; None where there is no such comment."""
    row = _standing(comment_id)
    return _spot(row) if row else None


def _standing(comment_id: int) -> Any | None:
    return db.session.execute(_STANDING, {"comment": comment_id}).one_or_none() if 0 < comment_id <= MOST else None


def _spot(row: Any) -> Spot:
    return Spot(row.id, row.head_id, row.created_at)


def _discussing(row: Any, now: datetime) -> Discussing:
    mode = mode_of(row.comments_mode)
    closes_at = closing_of(row.published_at, row.comments_close_at)
    standing = Standing(row.published_at, row.retracted_at, closes_at)
    return Discussing(mode is not CommentsMode.CLOSED and standing.takes_comments(now), closes_at, mode)
