"""What the desk sees: every article with its state."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from davidson.articles.cards import article_path
from davidson.articles.models import Article, Section
from davidson.config import CommentsMode
from davidson.database import db, reading

PAGE_SIZE = 50
BATCH = 500


@dataclass(frozen=True)
class ArticleState:
    """An article as the desk lists it; `state` is draft, scheduled, published or retracted."""

    id: int
    slug: str
    headline: str
    section: str
    state: str
    published_at: datetime | None
    retracted_at: datetime | None
    retraction_reason: str
    comment_count: int
    comments_close_at: datetime | None
    comments_mode: CommentsMode | None

    @property
    def url(self) -> str:
        return article_path(self.slug)


@dataclass(frozen=True)
class DeskPage:
    """A page of the desk's list, newest article first; `older` is the id before which the next page begins."""

    articles: tuple[ArticleState, ...]
    older: int | None


def all_articles(now: datetime) -> Iterator[ArticleState]:
    """Every article, the one added last first, read in batches: nobody waits while a list is being printed."""
    before: int | None = None
    while True:
        statement = _columns().order_by(Article.id.desc()).limit(BATCH)
        if before is not None:
            statement = statement.where(Article.id < before)
        with reading():
            rows = db.session.execute(statement).all()
            db.session.rollback()
        yield from (_state(row, now) for row in rows)
        if len(rows) < BATCH:
            return
        before = rows[-1].id


def desk_page(now: datetime, *, before: int | None) -> DeskPage:
    """One page of the articles, those added last first."""
    statement = _columns().order_by(Article.id.desc()).limit(PAGE_SIZE + 1)
    if before is not None:
        statement = statement.where(Article.id < before)
    rows = [_state(row, now) for row in db.session.execute(statement)]
    return DeskPage(tuple(rows[:PAGE_SIZE]), rows[PAGE_SIZE - 1].id if len(rows) > PAGE_SIZE else None)


def article_state(article_id: int, now: datetime) -> ArticleState | None:
    """One article as the desk lists it."""
    row = db.session.execute(_columns().where(Article.id == article_id)).one_or_none()
    return _state(row, now) if row else None


def _columns() -> Select[*tuple[Any, ...]]:
    return select(
        Article.id,
        Article.slug,
        Article.headline,
        Article.published_at,
        Article.retracted_at,
        Article.retraction_reason,
        Article.comment_count,
        Article.comments_close_at,
        Article.comments_mode,
        Section.name.label("section"),
    ).outerjoin(Section, Section.id == Article.section_id)


def _state(row: Any, now: datetime) -> ArticleState:
    return ArticleState(
        id=row.id,
        slug=row.slug,
        headline=row.headline,
        section=row.section or "",
        state=_state_name(row.published_at, row.retracted_at, now),
        published_at=row.published_at,
        retracted_at=row.retracted_at,
        retraction_reason=row.retraction_reason,
        comment_count=row.comment_count,
        comments_close_at=row.comments_close_at,
        comments_mode=row.comments_mode,
    )


def _state_name(published_at: datetime | None, retracted_at: datetime | None, now: datetime) -> str:
    if retracted_at is not None:
        return "retracted"
    if published_at is None:
        return "draft"
    return "published" if published_at <= now else "scheduled"
