"""Editors' picks: comments of an article that stand above its threads too."""

from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from davidson.comments.threads import CommentRow, comment_path
from davidson.text.excerpt import excerpt

MOST_PICKS = 5
EXCERPT_LENGTH = 320


class Pick(NamedTuple):
    """A pick in short, and the address that leads to its place in the discussion."""

    name: str
    text: str
    by_staff: bool
    url: str


def picks_of(rows: Iterable[CommentRow], *, article_path: str) -> tuple[Pick, ...]:
    """The picks, the one that was picked last first."""
    return tuple(
        Pick(row.name, excerpt(row.html, EXCERPT_LENGTH), row.by_staff, comment_path(article_path, row.id))
        for row in sorted(rows, key=attrgetter("picked_at", "id"), reverse=True)
    )
