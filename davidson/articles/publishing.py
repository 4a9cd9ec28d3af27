"""The acts on articles that are saved: take back, and list where they stand. None commits."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from davidson.articles.models import Article, Authorship, Section, Tagging
from davidson.audit.log import Actor, record
from davidson.database import db


class NotPublished(ValueError):
    """The article is not public, so it cannot be taken back."""


def retract(article: Article, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take a public or scheduled article back: its page says why, and it leaves every list. The caller commits.

    Raises NotPublished for a draft or one that was taken back already.
    """
    if article.published_at is None or article.retracted_at is not None:
        raise NotPublished(article.slug)
    article.retracted_at, article.retraction_reason = now, reason
    article.version += 1
    list_article(article, article.section_id)
    record_act(article, "article.unpublish", actor=actor, now=now, reason=reason)


def article_to_change(slug: str) -> Article | None:
    """The article with that slug, with its lists, locked until the transaction ends."""
    statement = (
        select(Article)
        .where(Article.slug == slug)
        .options(selectinload(Article.authorships), selectinload(Article.taggings), selectinload(Article.references))
        .with_for_update()
    )
    return db.session.scalar(statement)


def list_article(article: Article, section_before: int | None) -> None:
    """Repeat for the lists of tags, authors and sections that it is in, or was in, when the article is public from."""
    listed_at = article.published_at if article.retracted_at is None else None
    places: list[Authorship | Tagging] = [*article.authorships, *article.taggings]
    for place in places:
        place.listed_at = listed_at
    db.session.flush()
    # Always in one order, so that two who move articles between two sections do not wait for each other.
    for section_id in sorted(id_ for id_ in {section_before, article.section_id} if id_ is not None):
        _list_section(section_id)


def _list_section(section_id: int) -> None:
    """Tell a section from when on it has a public article. It is locked first: two may publish in it at once."""
    statement = select(Section).where(Section.id == section_id).with_for_update(key_share=True)
    section = db.session.execute(statement.execution_options(populate_existing=True)).scalar_one()
    earliest = select(func.min(Article.published_at)).where(
        Article.section_id == section_id, Article.retracted_at.is_(None)
    )
    section.listed_from = db.session.scalar(earliest)


def record_act(article: Article, action: str, *, actor: Actor, now: datetime, reason: str = "", **details: str) -> None:
    """Write in the log what was done to an article."""
    record(
        action,
        actor=actor,
        subject=f"article:{article.id}",
        at=now,
        version=article.version,
        reason=reason,
        details={"slug": article.slug, "headline": article.headline} | details,
    )
