"""Warming the learned score up with labelled comments, trying it on others, and beginning anew.

To learn takes seconds, which happen ahead of the transaction that writes it down: the site's one writer waits for none.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import bindparam, delete, func, insert, select, update

from davidson.audit.log import Actor, record
from davidson.comments.lessons import IS_OF_FILE, STANDING, LearnedStanding, LearnedWeight, Lesson
from davidson.comments.screening.features import FEATURES_VERSION, digest_of_text, features_of
from davidson.comments.screening.learned import MIN_LESSONS, score_of
from davidson.database import db
from davidson.moderation.fitting import Example, fit
from davidson.moderation.labelled import Labelled, different
from davidson.moderation.measuring import Scored
from davidson.moderation.teaching import Classroom, open_classroom, packed, stored_weights, unpacked
from davidson.pagecache.tags import PRECISION
from davidson.pagecache.versions import touch

AT_ONCE = 200
SUBJECT = "screening:learned"

Thing = TypeVar("Thing")
_OF_TEXTS = select(Lesson).where(IS_OF_FILE, Lesson.digest.in_(bindparam("digests", expanding=True)))
_KNOWN = _OF_TEXTS.with_only_columns(Lesson.digest, Lesson.is_spam).where(Lesson.features_version == FEATURES_VERSION)
_STALE = _OF_TEXTS.where(Lesson.features_version != FEATURES_VERSION)
_NUMBER_STALE = select(func.count()).where(IS_OF_FILE, Lesson.features_version != FEATURES_VERSION)
_OF_FILES = select(Lesson.id, Lesson.digest, Lesson.is_spam, Lesson.step).where(
    IS_OF_FILE, Lesson.features_version == FEATURES_VERSION
)


class LearnedTooLittle(Exception):
    """There were too few lessons of a kind to try the score."""


def new_examples(comments: Sequence[Labelled]) -> list[Example]:
    """The different comments among them that no file taught yet, without names: these are the files' own."""
    found = different(list(comments))
    known = _known(digest for digest, _ in found)
    return [
        Example(digest, comment.is_spam, features_of("", comment.text).values)
        for digest, comment in found
        if (digest, comment.is_spam) not in known
    ]


def learned_examples() -> list[Example]:
    """What was learned from files before."""
    rows = db.session.execute(_OF_FILES.add_columns(Lesson.features))
    return [Example(digest, is_spam, unpacked(kept), step, id_) for id_, digest, is_spam, step, kept in rows]


def rehearse(examples: Sequence[Example]) -> Iterator[None]:
    """Fit examples in memory, new ones and those learned before, beside what decisions taught; yields as `fit` does."""
    weights = stored_weights(db.session.connection(), {bucket for each in examples for bucket in each.values})
    for example in examples:
        for bucket, value in example.values.items():
            weights[bucket] = weights.get(bucket, 0) - example.step * value
    return fit(examples, weights)


def learn_examples(examples: Sequence[Example], *, actor: Actor, now: datetime) -> int:
    """Write down what was rehearsed, and say how many are new; what somebody else learned meanwhile is left out.

    The caller commits.
    """
    connection = db.session.connection()
    classroom = open_classroom(connection)
    _move_learned([example for example in examples if example.id], classroom)
    added = [example for example in examples if example.id is None]
    known = _known(example.digest for example in added)
    fresh = [example for example in added if (example.digest, example.is_spam) not in known]
    _drop_stale(fresh, classroom)
    for example in fresh:
        classroom.move(example.values, example.step)
        classroom.count(is_spam=example.is_spam, number=1, decisions=0)
    if fresh:
        connection.execute(insert(Lesson), [_row(example, now) for example in fresh])
        spam = sum(example.is_spam for example in fresh)
        details = {"spam": spam, "ham": len(fresh) - spam}
        record("screening.train", actor=actor, subject=SUBJECT, at=now, details=details)
    classroom.close()
    return len(fresh)


def scored(comments: Sequence[Labelled]) -> list[Scored]:
    """What the learned score says of labelled comments. Raises LearnedTooLittle."""
    standing = db.session.get(LearnedStanding, STANDING)
    if standing is None or min(standing.spam, standing.ham) < MIN_LESSONS:
        raise LearnedTooLittle
    found: list[Scored] = []
    for part in _in_parts(list(comments)):
        values = [features_of(comment.name, comment.text).values for comment in part]
        weights = stored_weights(db.session.connection(), {bucket for each in values for bucket in each})
        found += [(score_of(each, weights), comment.is_spam) for each, comment in zip(values, part, strict=True)]
    return found


def number_known(comments: Sequence[Labelled]) -> int:
    """How many of these comments were learned from a file, as they are or as a copy."""
    digests = [(digest_of_text(comment.text), comment.is_spam) for comment in comments]
    known = _known(digest for digest, _ in digests)
    return sum(each in known for each in digests)


def number_stale() -> int:
    """How many texts of files were learned while texts were taken apart in another way."""
    return db.session.scalar(_NUMBER_STALE) or 0


def forget_everything(*, actor: Actor, now: datetime) -> int:
    """Begin anew: no weights, no lessons. Says how many lessons there were. The caller commits.

    Decisions stay what they are; to undo one that was learned before takes nothing back.
    """
    connection = db.session.connection()
    open_classroom(connection)
    lessons: int = connection.execute(delete(Lesson)).rowcount
    connection.execute(delete(LearnedWeight))
    connection.execute(delete(LearnedStanding))
    touch(PRECISION)
    record("screening.reset", actor=actor, subject=SUBJECT, at=now, details={"lessons": lessons})
    return lessons


def _known(digests: Iterable[str]) -> set[tuple[str, bool]]:
    """The texts of files, of those with these digests, that were learned, and as what."""
    return {
        (digest, is_spam)
        for part in _in_parts(sorted(set(digests)))
        for digest, is_spam in db.session.execute(_KNOWN, {"digests": part})
    }


def _move_learned(examples: Sequence[Example], classroom: Classroom) -> None:
    """Let earlier lessons of files move the weights as far as they now should, from where they are by now."""
    steps = {id_: step for id_, _, _, step in db.session.execute(_OF_FILES)}
    changes: list[dict[str, int]] = []
    for example in examples:
        if example.id is not None and (step := steps.get(example.id, example.step)) != example.step:
            classroom.move(example.values, example.step - step)
            classroom.took_back = True
            changes.append({"id": example.id, "step": example.step})
    if changes:
        db.session.execute(update(Lesson), changes)


def _drop_stale(fresh: Sequence[Example], classroom: Classroom) -> None:
    """Take back what earlier ways to take these texts apart taught."""
    keys = {(example.digest, example.is_spam) for example in fresh}
    for part in _in_parts(sorted({digest for digest, _ in keys})):
        for lesson in db.session.scalars(_STALE, {"digests": part}).all():
            if (lesson.digest, lesson.is_spam) in keys:
                classroom.move(unpacked(lesson.features), -lesson.step)
                classroom.count(is_spam=lesson.is_spam, number=-1, decisions=0)
                classroom.took_back = True
                db.session.execute(delete(Lesson).where(Lesson.id == lesson.id))


def _row(example: Example, now: datetime) -> dict[str, object]:
    return {
        "digest": example.digest,
        "is_spam": example.is_spam,
        "step": example.step,
        "features": packed(example.values),
        "features_version": FEATURES_VERSION,
        "learned_at": now,
    }


def _in_parts(things: list[Thing]) -> list[list[Thing]]:
    return [things[start : start + AT_ONCE] for start in range(0, len(things), AT_ONCE)]
