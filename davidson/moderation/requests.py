"""How much waits that readers ask for: new texts for approved comments, and appeals."""

from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, Select, func, select, true

from davidson.comments.appealing import REFUSED
from davidson.comments.models import Appeal, Comment, Proposal
from davidson.comments.status import CommentStatus
from davidson.database import db

MOST_COUNTED = 100


class Waiting(NamedTuple):
    """How many of each wait, counted no further than MOST_COUNTED."""

    edits: int
    appeals: int


def waiting_requests() -> Waiting:
    """How many new texts and appeals wait."""
    return Waiting(*db.session.execute(_NUMBERS).one())


def _number(some: Select[*tuple[Any, ...]]) -> ScalarSelect[int]:
    return select(func.count()).select_from(some.limit(MOST_COUNTED).subquery()).scalar_subquery()


# `IS TRUE` keeps SQLite from beginning with all the comments in a state.
_NUMBERS = select(
    _number(
        select(Proposal.comment_id)
        .join(Comment, Comment.id == Proposal.comment_id)
        .where((Comment.status == CommentStatus.APPROVED).is_(true()))
    ),
    _number(
        select(Appeal.comment_id)
        .join(Comment, Comment.id == Appeal.comment_id)
        .where(Appeal.answered_at.is_(None), Comment.status.in_(REFUSED).is_(true()))
    ),
)
