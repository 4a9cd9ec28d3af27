"""What decisions teach the learned score, in their own transactions.

What a transaction decides is gathered, and learned as the last thing before it commits, but for the counts of the pages
that changed: whoever begins anew holds the two in this order as well. Lessons come one after the other, each predicted
with all that came before it, and whoever decides holds the row that orders them only while they learn. Held from the
first decision on, it would let two who settle many comments wait for each other in a circle.
"""

import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, delete, event, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, SessionTransaction

from davidson.comments.lessons import STANDING, WHOLE, LearnedStanding, LearnedWeight, Lesson
from davidson.comments.models import Comment
from davidson.comments.screening.features import FEATURES_VERSION, digest_of_text, features_of, with_signs
from davidson.comments.screening.learned import score_of, step_of
from davidson.database import db
from davidson.moderation.precision import last_predictions, proven_score
from davidson.pagecache.tags import PRECISION
from davidson.pagecache.versions import touch

DUE = "lessons-due"
AT_ONCE = 500
"""Buckets that are named in one statement."""

_LESSON = cast("Table", Lesson.__table__)
_WEIGHT = cast("Table", LearnedWeight.__table__)
_STANDING = cast("Table", LearnedStanding.__table__)
# The insert of a row that is there changes nothing but holds it, on PostgreSQL; on SQLite a writer is alone anyway.
_HOLD = {
    dialect.__name__.rpartition(".")[2]: dialect.insert(_STANDING)
    .values(id=STANDING, spam=0, ham=0, decisions=0, marks_from=None)
    .on_conflict_do_update(index_elements=[_STANDING.c.id], set_={"id": STANDING})
    for dialect in (postgresql, sqlite)
}
_MOVE = {
    dialect.__name__.rpartition(".")[2]: dialect.insert(_WEIGHT).on_conflict_do_update(
        index_elements=[_WEIGHT.c.bucket],
        set_={"weight": _WEIGHT.c.weight + dialect.insert(_WEIGHT).excluded.weight},
    )
    for dialect in (postgresql, sqlite)
}
_NAMED = _WEIGHT.c.bucket.in_(bindparam("buckets", expanding=True))
_WEIGHTS = select(_WEIGHT.c.bucket, _WEIGHT.c.weight).where(_NAMED)
_CLEAR = delete(_WEIGHT).where(_NAMED, _WEIGHT.c.weight == 0)
_OF_COMMENT = select(_LESSON).where(_LESSON.c.comment_id == bindparam("comment")).order_by(_LESSON.c.id)
_END = update(_LESSON).where(_LESSON.c.id == bindparam("lesson")).values(ended_version=bindparam("ended"))
_DROP = delete(_LESSON).where(_LESSON.c.id == bindparam("lesson"))
_COUNT = (
    update(_STANDING)
    .where(_STANDING.c.id == STANDING)
    .values(
        spam=_STANDING.c.spam + bindparam("more_spam"),
        ham=_STANDING.c.ham + bindparam("more_ham"),
        decisions=_STANDING.c.decisions + bindparam("more_decisions"),
        marks_from=bindparam("proven"),
    )
)


@dataclass(frozen=True)
class Due:
    """A decision to learn from; without values, one that was undone. `version` is the comment's by that decision."""

    comment_id: int
    version: int
    at: datetime
    is_spam: bool = False
    digest: str = ""
    values: Mapping[int, int] | None = None


@dataclass
class Classroom:
    """The weights while lessons are learned: what the store has, and by how much they move; and the new lessons."""

    connection: Connection
    moved: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    more: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    more_decisions: int = 0
    took_back: bool = False
    fresh: list[dict[str, Any]] = field(default_factory=list)

    def move(self, values: Mapping[int, int], step: int) -> None:
        """Add a lesson to the weights, or take it away with a step that is turned around."""
        for bucket, value in values.items():
            self.moved[bucket] += step * value

    def score(self, values: Mapping[int, int]) -> float:
        """What is predicted by all that was learned so far."""
        known = stored_weights(self.connection, values)
        return score_of(values, {bucket: known.get(bucket, 0) + self.moved.get(bucket, 0) for bucket in values})

    def count(self, *, is_spam: bool, number: int, decisions: int) -> None:
        """Count lessons that came, or with negative numbers such as went."""
        self.more[is_spam] += number
        self.more_decisions += decisions

    def lessons_of(self, comment_id: int) -> Sequence[Any]:
        """The lessons from a comment, the oldest first."""
        if any(lesson["comment_id"] == comment_id for lesson in self.fresh):
            self._write()
        return self.connection.execute(_OF_COMMENT, {"comment": comment_id}).all()

    def close(self) -> None:
        """Write down the new lessons, by how much the weights moved, what counts, and how far to trust the score."""
        self._write()
        kind = self.connection.dialect.name
        moves = [{"bucket": bucket, "weight": by} for bucket, by in sorted(self.moved.items()) if by]
        if moves:
            self.connection.execute(_MOVE[kind], moves)
        if self.took_back:
            for buckets in _in_parts(sorted(self.moved)):
                self.connection.execute(_CLEAR, {"buckets": buckets})
        proven = proven_score(last_predictions())
        self.connection.execute(
            _COUNT,
            {
                "more_spam": self.more[True],
                "more_ham": self.more[False],
                "more_decisions": self.more_decisions,
                "proven": None if proven is None else round(proven * WHOLE),
            },
        )

    def _write(self) -> None:
        """Together, for a decision on many leaves many lessons."""
        if self.fresh:
            self.connection.execute(_LESSON.insert(), self.fresh)
            self.fresh = []


def teach(comment: Comment, *, is_spam: bool, now: datetime) -> None:
    """Let a decision on a comment, which has its new version already, be learned when the session commits."""
    digest = digest_of_text(comment.source)
    _note(Due(comment.id, comment.version, now, is_spam=is_spam, digest=digest, values=values_of(comment)))


def take_back(comment_id: int, *, version: int, now: datetime) -> None:
    """Let what the decision of that version taught be forgotten, and what it forgot be learned again."""
    _note(Due(comment_id, version, now))


def open_classroom(connection: Connection) -> Classroom:
    """Wait until nobody else learns, and keep others from it until the transaction ends."""
    connection.execute(_HOLD[connection.dialect.name])
    return Classroom(connection)


def stored_weights(connection: Connection, buckets: Iterable[int]) -> dict[int, int]:
    """The weights of these buckets that the store has."""
    return {
        bucket: weight
        for part in _in_parts(list(buckets))
        for bucket, weight in connection.execute(_WEIGHTS, {"buckets": part})
    }


def packed(values: Mapping[int, int]) -> bytes:
    """Buckets and values as a lesson keeps them: four bytes and one for each."""
    return struct.pack(f"<{len(values)}I{len(values)}B", *values.keys(), *values.values())


def unpacked(features: bytes) -> dict[int, int]:
    """The buckets and values that a lesson keeps."""
    number = len(features) // 5
    kept = struct.unpack(f"<{number}I{number}B", features)
    return dict(zip(kept[:number], kept[number:], strict=True))


def values_of(comment: Any) -> Mapping[int, int]:
    """What a comment, or a row with its name, text and findings, is made of for the learned score."""
    findings = [(finding["rule"], finding["status"]) for finding in comment.findings]
    return with_signs(features_of(comment.name, comment.source).values, findings)


def _note(due: Due) -> None:
    db.session().info.setdefault(DUE, []).append(due)


def _learn(session: Session) -> None:
    if session.in_nested_transaction():
        return
    lessons: list[Due] | None = session.info.pop(DUE, None)
    if not lessons:
        return
    classroom = open_classroom(session.connection())
    for due in lessons:
        if due.values is None:
            _undo(due, classroom)
        else:
            _learn_from(due, due.values, classroom)
    classroom.close()
    touch(PRECISION)


def _learn_from(due: Due, values: Mapping[int, int], classroom: Classroom) -> None:
    """Predict, then learn; an earlier lesson from the same comment gives way first, so that nothing was known of it."""
    for earlier in classroom.lessons_of(due.comment_id):
        if earlier.ended_version is None:
            classroom.connection.execute(_END, {"lesson": earlier.id, "ended": due.version})
            _turn(earlier, classroom, way=-1)
    score = classroom.score(values)
    step = step_of(values, score, is_spam=due.is_spam)
    classroom.move(values, step)
    classroom.count(is_spam=due.is_spam, number=1, decisions=1)
    lesson = {
        "comment_id": due.comment_id,
        "version": due.version,
        "ended_version": None,
        "digest": due.digest,
        "is_spam": due.is_spam,
        "score": int(score * WHOLE),
        "step": step,
        "features": packed(values),
        "features_version": FEATURES_VERSION,
        "learned_at": due.at,
    }
    classroom.fresh.append(lesson)


def _undo(due: Due, classroom: Classroom) -> None:
    for lesson in classroom.lessons_of(due.comment_id):
        if lesson.version == due.version:
            classroom.connection.execute(_DROP, {"lesson": lesson.id})
            _turn(lesson, classroom, way=-1)
        elif lesson.ended_version == due.version:
            classroom.connection.execute(_END, {"lesson": lesson.id, "ended": None})
            _turn(lesson, classroom, way=1)


def _turn(lesson: Any, classroom: Classroom, *, way: int) -> None:
    """Take a lesson away from the weights (-1), or give it back to them (1)."""
    classroom.move(unpacked(lesson.features), way * lesson.step)
    classroom.count(is_spam=lesson.is_spam, number=way, decisions=way)
    classroom.took_back = True


def _in_parts(buckets: list[int]) -> list[list[int]]:
    return [buckets[start : start + AT_ONCE] for start in range(0, len(buckets), AT_ONCE)]


def _forget(session: Session, transaction: SessionTransaction) -> None:
    """What was rolled back taught nothing."""
    if transaction.parent is None:
        session.info.pop(DUE, None)


event.listen(db.session, "before_commit", _learn, insert=True)
event.listen(db.session, "after_transaction_end", _forget)
