"""All comments, or all that wait, in batches: neither memory nor a transaction grows with how many there are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import select, tuple_

from davidson.articles.models import Article
from davidson.comments.models import Comment
from davidson.comments.status import CommentStatus
from davidson.database import db, reading

BATCH = 200


@dataclass(frozen=True)
class ListedComment:
    """A comment as the command line lists it; `article` is the slug, `findings` as they were stored."""

    id: int
    article: str
    parent: int | None
    name: str
    status: CommentStatus
    reason: str
    source: str
    html: Markup
    created_at: datetime
    version: int
    findings: list[dict[str, Any]]


def all_comments(status: CommentStatus | None, *, size: int = BATCH) -> Iterator[ListedComment]:
    """Every comment, or those in that state, in the order in which they came in; read in batches of that size."""
    last = 0
    while True:
        statement = select(
            Comment.id,
            Article.slug,
            Comment.parent_id,
            Comment.name,
            Comment.status,
            Comment.reason,
            Comment.source,
            Comment.html,
            Comment.created_at,
            Comment.version,
            Comment.findings,
        ).join(Article, Article.id == Comment.article_id)
        if status is not None:
            statement = statement.where(Comment.status == status)
        with reading():
            rows = db.session.execute(statement.where(Comment.id > last).order_by(Comment.id).limit(size)).all()
            db.session.rollback()
        if not rows:
            return
        yield from (ListedComment(*row) for row in rows)
        last = rows[-1].id


def waiting_batches(until: datetime, *, size: int) -> Iterator[list[tuple[int, int]]]:
    """The comments that wait since `until` or before, as (id, version): oldest first, each batch ordered by article.

    Read anew for each batch, so the caller may commit between two.
    """
    after: tuple[datetime, int] | None = None
    while True:
        statement = select(Comment.id, Comment.version, Comment.article_id, Comment.created_at)
        statement = statement.where(Comment.status == CommentStatus.PENDING, Comment.created_at <= until)
        if after:
            statement = statement.where(tuple_(Comment.created_at, Comment.id) > after)
        batch = db.session.execute(statement.order_by(Comment.created_at, Comment.id).limit(size)).all()
        if not batch:
            return
        after = (batch[-1].created_at, batch[-1].id)
        yield [(row.id, row.version) for row in sorted(batch, key=lambda row: (row.article_id, row.id))]
