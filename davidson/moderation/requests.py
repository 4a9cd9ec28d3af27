"""What readers ask moderators for, new texts and appeals: a page of what waits, and how much of it there is.

With it come the numbers of comments in each state, which stand beside these on every page of the desk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, Select, func, literal, select, true, tuple_, union_all

from davidson.articles.cards import article_path
from davidson.articles.models import Article
from davidson.comments.appealing import REFUSED
from davidson.comments.models import Appeal, Comment, Proposal
from davidson.comments.status import CommentStatus
from davidson.database import UTCDateTime, db
from davidson.tally import TOTALS, comments_tally, tallies
from davidson.web.paging import Cursor

PAGE_SIZE = 25
MOST_COUNTED = 100


# What the card of either is made of.
ASKED = (
    Comment.id,
    Comment.version,
    Comment.name,
    Comment.source,
    Comment.created_at,
    Article.headline,
    Article.slug,
    Article.lang,
)


@dataclass(frozen=True)
class Asked:
    """What a request is about, on the desk. `version` is the comment's."""

    id: int
    version: int
    name: str
    headline: str
    article_url: str
    article_lang: str
    created_at: datetime


class Waiting(NamedTuple):
    """How many of each wait, counted no further than MOST_COUNTED."""

    edits: int
    appeals: int


def asked_in(row: Any) -> dict[str, Any]:
    """The values of an `Asked`, from a row with those columns."""
    return {
        "id": row.id,
        "version": row.version,
        "name": row.name,
        "headline": row.headline,
        "article_url": article_path(row.slug),
        "article_lang": row.lang,
        "created_at": row.created_at,
    }


def page_of_requests(
    statement: Select[*tuple[Any, ...]], at: Any, comment_id: Any, *, after: Cursor | None
) -> tuple[Sequence[Any], Cursor | None]:
    """A page of the requests of a statement, the oldest first, and where the next page begins.

    `at` is the column with the moment of a request, `comment_id` that of its comment, which the rows have as `id`.
    """
    statement = statement.order_by(at, comment_id).limit(PAGE_SIZE + 1)
    if after is not None:
        statement = statement.where(
            tuple_(at, comment_id) > tuple_(literal(after.at, UTCDateTime()), literal(after.id))
        )
    rows = db.session.execute(statement).all()
    shown = rows[:PAGE_SIZE]
    following = Cursor(getattr(shown[-1], at.key), shown[-1].id) if len(rows) > PAGE_SIZE else None
    return shown, following


def waiting_requests() -> Waiting:
    """How many new texts and appeals wait."""
    return Waiting(*db.session.execute(select(_EDITS, _APPEALS)).one())


def status_counts() -> dict[CommentStatus, int]:
    """How many comments there are in each state."""
    return _counts(tallies())


def all_counts() -> tuple[dict[CommentStatus, int], Waiting]:
    """Both of these, in one query."""
    numbers = {what: int(number) for what, number in db.session.execute(_ALL)}
    return _counts(numbers), Waiting(numbers["edits"], numbers["appeals"])


def _counts(numbers: Mapping[str, int]) -> dict[CommentStatus, int]:
    return {status: numbers.get(comments_tally(status), 0) for status in CommentStatus}


def _number(some: Select[*tuple[Any, ...]]) -> ScalarSelect[int]:
    return select(func.count()).select_from(some.limit(MOST_COUNTED).subquery()).scalar_subquery()


# Outer joins: SQLite would begin an inner one with all comments that there are. `IS TRUE` lets them stay outer ones.
_EDITS = _number(
    select(Proposal.comment_id)
    .outerjoin(Comment, Comment.id == Proposal.comment_id)
    .where((Comment.status == CommentStatus.APPROVED).is_(true()))
)
_APPEALS = _number(
    select(Appeal.comment_id)
    .outerjoin(Comment, Comment.id == Appeal.comment_id)
    .where(Appeal.answered_at.is_(None), Comment.status.in_(REFUSED).is_(true()))
)
_ALL = union_all(TOTALS, select(literal("edits"), _EDITS), select(literal("appeals"), _APPEALS))
