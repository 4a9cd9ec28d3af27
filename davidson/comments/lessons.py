"""What the learned score goes by, as the store keeps it: a weight a bucket, and the lessons that these are the sum of.

`davidson.moderation.teaching` writes all of it, in the transaction of each decision.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Index,
    LargeBinary,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from davidson.comments.draft import Draft, Learned
from davidson.comments.screening.features import SIGNS, features_of
from davidson.comments.screening.learned import MIN_LESSONS
from davidson.database import STRICT, Base, db
from davidson.pagecache.tags import PRECISION
from davidson.pagecache.versions import touch

WHOLE = 1_000_000
"""A score of 1, as the store keeps scores."""

STANDING = 1
"""The id of the one row of `learned_standing`."""

IS_DECISION = text("comment_id IS NOT NULL AND ended_version IS NULL")
IS_OF_FILE = text("comment_id IS NULL")
IS_OF_COMMENT = text("comment_id IS NOT NULL")


class LearnedWeight(Base):
    """The weight of the features of one bucket; a bucket without a row weighs nothing."""

    __tablename__ = "learned_weight"
    __table_args__ = STRICT

    bucket: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    weight: Mapped[int]


class LearnedStanding(Base):
    """How many lessons count, spam and not, and how many of all of them are decisions. There is one row.

    `marks_from` is the score, in parts of WHOLE, from which screening may mark spam by itself; none where it may not.
    Who learns holds the row until the end of their transaction, so that lessons come one after the other.
    """

    __tablename__ = "learned_standing"
    __table_args__ = STRICT

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    spam: Mapped[int]
    ham: Mapped[int]
    decisions: Mapped[int]
    marks_from: Mapped[int | None]


class Lesson(Base):
    """One comment learned from: one that was decided on, or one of a file.

    One of a file has no `comment_id`, `version` and `score`. `version` is the comment's version by the decision.
    `ended_version` is that by a later decision that took the lesson's place; the weights are without it then. `score`,
    in parts of WHOLE, is what was predicted before anything was learned of the comment, none once it was learned anew
    because texts are taken apart in another way. `features` are the buckets and
    values that the weights were moved by `step` times, empty where their comment was withdrawn. `digest` is the same
    for copies of one text, and tells nothing where their comment was withdrawn. `features_version` is how texts were
    taken apart then; 0 where what it taught is of an earlier way, and its text is gone.
    """

    __tablename__ = "lesson"
    __table_args__ = (
        Index(None, "comment_id"),
        Index("ix_lesson_decisions", "id", postgresql_where=IS_DECISION, sqlite_where=IS_DECISION),
        Index(
            "ix_lesson_of_files", "digest", "is_spam", unique=True, postgresql_where=IS_OF_FILE, sqlite_where=IS_OF_FILE
        ),
        Index(
            "ix_lesson_features", "features_version", "id", postgresql_where=IS_OF_COMMENT, sqlite_where=IS_OF_COMMENT
        ),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int | None]
    version: Mapped[int | None]
    ended_version: Mapped[int | None]
    digest: Mapped[str]
    is_spam: Mapped[bool]
    score: Mapped[int | None]
    step: Mapped[int]
    features: Mapped[bytes] = mapped_column(LargeBinary)
    features_version: Mapped[int] = mapped_column(server_default=text("1"))
    learned_at: Mapped[datetime]


_WEIGHT, _STANDING_ROW = LearnedWeight.__table__.c, LearnedStanding.__table__.c
_READY = (
    _STANDING_ROW.id == STANDING,
    _STANDING_ROW.spam >= MIN_LESSONS,
    _STANDING_ROW.ham >= MIN_LESSONS,
)
# Of the keys that a text has, as text: a list costs PostgreSQL's driver more than all else of a statement.
_BUCKETS = bindparam("buckets", type_=Text())
_GIVEN = func.json_each(_BUCKETS).table_valued("value")
_NO_WEIGHTS = literal_column("'[]'", Text())
_WEIGHTS = {
    "sqlite": select(func.json_group_array(func.json_array(_WEIGHT.bucket, _WEIGHT.weight))).where(
        _WEIGHT.bucket.in_(select(_GIVEN.c.value))
    ),
    "postgresql": select(
        func.coalesce(cast(func.json_agg(func.json_build_array(_WEIGHT.bucket, _WEIGHT.weight)), Text), _NO_WEIGHTS)
    ).where(_WEIGHT.bucket == func.any(cast(_BUCKETS, ARRAY(BigInteger)))),
}
LEARNED = {
    kind: (
        select(_STANDING_ROW.marks_from).where(*_READY).scalar_subquery().label("marks_from"),
        select(weights.scalar_subquery())
        .select_from(LearnedStanding)
        .where(*_READY)
        .scalar_subquery()
        .label("weights"),
    )
    for kind, weights in _WEIGHTS.items()
}
"""Columns that tell what was learned about the features of a draft, for a statement that is given `buckets_of` it."""
_FORGET = (
    update(Lesson)
    .where(Lesson.comment_id == bindparam("comment"))
    .values(features=b"", digest=func.concat("withdrawn:", cast(Lesson.id, Text)))
    .execution_options(synchronize_session=False)
)


def buckets_of(draft: Draft, kind: str) -> str:
    """What the columns LEARNED take as `buckets` on that kind of store."""
    buckets = ",".join(map(str, (*features_of(draft.name, draft.source).values, *SIGNS.values())))
    return f"[{buckets}]" if kind == "sqlite" else f"{{{buckets}}}"


def learned_in(columns: Sequence[Any]) -> Learned | None:
    """What the columns LEARNED tell; None while there were too few lessons."""
    marks_from, weights = columns
    if weights is None:
        return None
    return Learned(dict(json.loads(weights)), None if marks_from is None else marks_from / WHOLE)


def forget_text_of_lessons(comment_id: int) -> None:
    """Let lessons from a comment say no more what its text was. What they taught stays. The caller commits."""
    db.session.execute(_FORGET, {"comment": comment_id})
    touch(PRECISION)  # Two copies of one text may be told apart from now on.
