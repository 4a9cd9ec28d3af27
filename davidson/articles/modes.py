"""Who is published below an article before a moderator has looked: by its own mode, else by the site's."""

from datetime import datetime

from davidson.articles.models import Article
from davidson.audit.log import Actor, record
from davidson.config import CommentsMode
from davidson.web.signing import settings

AS_THE_SITE = "site"
"""What an article without a mode of its own is called, in forms, commands and the audit log."""


def mode_of(own: CommentsMode | None) -> CommentsMode:
    """The mode that counts for an article; `own` is what was set for it alone, which outranks the site's."""
    return own or settings().comments


def set_mode(article: Article, mode: CommentsMode | None, *, actor: Actor, now: datetime) -> None:
    """Give an article a mode of its own; None leaves it to the site's setting. The caller commits.

    What waits goes on waiting, and what readers see stays: a mode is for what comes in.
    """
    was = article.comments_mode
    if mode is was:
        return
    article.comments_mode = mode
    article.version += 1
    record(
        "article.comments-mode",
        actor=actor,
        subject=f"article:{article.id}",
        at=now,
        version=article.version,
        from_state=was or AS_THE_SITE,
        to_state=mode or AS_THE_SITE,
        details={"headline": article.headline, "slug": article.slug},
    )
