"""What the learned score goes by, as the store keeps it: a weight a bucket, and the lessons that these are the sum of.

`davidson.moderation.teaching` writes all of it, in the transaction of each decision.
"""

import json
from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Index,
    LargeBinary,
    Text,
    bindparam,
    cast,
    func,
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
from davidson.statements import Statement

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
# One row by the keys that a text has, as JSON: for each row the driver lets go of the interpreter's lock.
_GIVEN = func.json_each(bindparam("buckets", type_=Text())).table_valued("value")
_LEARNED = {
    "sqlite": Statement(
        select(
            _STANDING_ROW.marks_from,
            select(func.json_group_array(func.json_array(_WEIGHT.bucket, _WEIGHT.weight)))
            .where(_WEIGHT.bucket.in_(select(_GIVEN.c.value)))
            .scalar_subquery(),
        ).where(*_READY)
    ),
    "postgresql": Statement(
        select(
            _STANDING_ROW.marks_from,
            select(cast(func.json_agg(func.json_build_array(_WEIGHT.bucket, _WEIGHT.weight)), Text))
            .where(_WEIGHT.bucket == func.any(bindparam("buckets", type_=ARRAY(BigInteger))))
            .scalar_subquery(),
        ).where(*_READY)
    ),
}
_FORGET = (
    update(Lesson)
    .where(Lesson.comment_id == bindparam("comment"))
    .values(features=b"", digest=func.concat("withdrawn:", cast(Lesson.id, Text)))
    .execution_options(synchronize_session=False)
)


def learned_about(connection: Connection, draft: Draft) -> Learned | None:
    """What was learned about the features of a draft; None while there were too few lessons. One indexed read."""
    buckets = [*features_of(draft.name, draft.source).values, *SIGNS.values()]
    kind = connection.dialect.name
    row = _LEARNED[kind].row(connection, {"buckets": json.dumps(buckets) if kind == "sqlite" else buckets})
    if row is None:
        return None
    marks_from, weights = row
    return Learned(dict(json.loads(weights or "[]")), None if marks_from is None else marks_from / WHOLE)


def forget_text_of_lessons(comment_id: int) -> None:
    """Let lessons from a comment say no more what its text was. What they taught stays. The caller commits."""
    db.session.execute(_FORGET, {"comment": comment_id})
    touch(PRECISION)  # Two copies of one text may be told apart from now on.
