"""When an article stops taking comments: at its own moment, else so many days after its publication, else never."""

from datetime import datetime, timedelta

from davidson.articles.models import Article
from davidson.audit.log import Actor, record
from davidson.web.signing import settings


def closing_of(published_at: datetime | None, comments_close_at: datetime | None) -> datetime | None:
    """The moment from which an article takes no comments; `comments_close_at` is its own, which outranks the site's."""
    days = settings().comments_close_after
    if comments_close_at is not None or days is None or published_at is None:
        return comments_close_at
    try:
        return published_at + timedelta(days=days)
    except OverflowError:  # The calendar ends before.
        return None


def close_comments(article: Article, at: datetime | None, *, actor: Actor, now: datetime) -> None:
    """Let an article take comments until that moment; None leaves it to the site's setting. The caller commits."""
    article.comments_close_at = at
    article.version += 1
    record(
        "article.close-comments",
        actor=actor,
        subject=f"article:{article.id}",
        at=now,
        version=article.version,
        details={"slug": article.slug, "closes": at.isoformat(timespec="seconds") if at else "as the site does"},
    )
