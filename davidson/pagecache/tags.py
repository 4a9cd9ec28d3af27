"""The names under which changes are counted: a page names what it shows, a row names the pages that show it."""

from typing import Any

from sqlalchemy import inspect

FRONT = "front"
"""Which articles stand on the homepage."""
MASTHEAD = "masthead"
"""The names of sections and which of them have articles: on every page."""
SCREENING = "screening"
"""The newsroom's terms and the names of its staff: on no page, but processes keep what drafts are compared with."""

SITEMAPS = "sitemaps"
"""Which articles there are to read, and when they changed."""
ARCHIVE = "archive"
"""On which days articles appeared."""
NEWS = "news"
"""What articles are called, of which the news sitemap tells a thousand."""
CORRECTIONS = "corrections"
"""What was wrong in articles, and which of these readers may see."""
BREAKER = "breaker"
"""Whether every comment waits because of a wave of spam: on every page with a form to comment."""

MODERATION = "moderation"
"""The public figures of moderation."""
PRECISION = "precision"
"""How far the learned score proved right, which each decision that it learns from changes."""


def tag_of(kind: str, row_id: int) -> str:
    """The tag of one row: `article:12` for an article with its discussion, `section:3` for the list of a section."""
    return f"{kind}:{row_id}"


def before_and_after(row: object, name: str) -> set[Any]:
    """The values of a column before the change that is being flushed and after it; without None.

    The column needs `active_history=True`, for SQLAlchemy does not read the old value of a row that it let go.
    """
    history = inspect(row).attrs[name].history
    return {value for value in (*(history[0] or ()), *(history[1] or ()), *(history[2] or ())) if value is not None}


def is_changed(row: object, *names: str) -> bool:
    """Whether the change that is being flushed touches one of these columns."""
    attributes = inspect(row).attrs
    return any(attributes[name].history.has_changes() for name in names)
