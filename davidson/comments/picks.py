"""Editors' picks: comments of an article that stand above its threads too."""

from typing import NamedTuple

from sqlalchemy import bindparam, literal_column, select

from davidson.comments.models import IS_PICKED, Comment
from davidson.comments.status import CommentStatus
from davidson.comments.threads import comment_path
from davidson.statements import Statement
from davidson.text.excerpt import excerpt

MOST_PICKS = 5
EXCERPT_LENGTH = 320

_COMMENT = Comment.__table__.c
_PICKS = Statement(
    select(_COMMENT.id, _COMMENT.name, _COMMENT.html, _COMMENT.staff_id.is_not(None).label("by_staff"))
    .where(_COMMENT.article_id == bindparam("article_id"), IS_PICKED, _COMMENT.status == CommentStatus.APPROVED)
    .order_by(_COMMENT.picked_at.desc(), _COMMENT.id.desc())
    .limit(literal_column(str(MOST_PICKS)))
)


class Pick(NamedTuple):
    """A pick in short, and the address that leads to its place in the discussion."""

    name: str
    text: str
    by_staff: bool
    url: str


def picks_of(article_id: int, *, article_path: str) -> tuple[Pick, ...]:
    """The picks of an article that were picked last, at most MOST_PICKS, the last one first."""
    return tuple(
        Pick(row.name, excerpt(row.html, EXCERPT_LENGTH), row.by_staff, comment_path(article_path, row.id))
        for row in _PICKS.all(article_id=article_id)
    )
