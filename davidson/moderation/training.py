"""Warming the learned score up with labelled comments, trying it on others, and beginning anew.

To learn takes seconds, which happen ahead of the transaction that writes it down: the site's one writer waits for none.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import bindparam, delete, insert, select

from davidson.audit.log import Actor, record
from davidson.comments.lessons import IS_OF_FILE, STANDING, LearnedStanding, LearnedWeight, Lesson
from davidson.comments.screening.features import digest_of_text, features_of
from davidson.comments.screening.learned import MIN_LESSONS, RATE, score_of, step_of
from davidson.database import db
from davidson.moderation.labelled import Labelled, different
from davidson.moderation.measuring import Scored
from davidson.moderation.teaching import open_classroom, packed, stored_weights

ROUNDS = 8
"""How often a file is gone through; each time its lessons move the weights a little less."""

SLOWER = 0.3
AT_ONCE = 200
SUBJECT = "screening:learned"

Thing = TypeVar("Thing")
_KNOWN = select(Lesson.digest, Lesson.is_spam).where(
    IS_OF_FILE, Lesson.digest.in_(bindparam("digests", expanding=True))
)


class LearnedTooLittle(Exception):
    """There were too few lessons of a kind to try the score."""


@dataclass
class Example:
    """A comment of a file: what it is made of, and how far it moves the weights."""

    digest: str
    is_spam: bool
    values: Mapping[int, int]
    step: int = 0


def new_examples(comments: Sequence[Labelled]) -> list[Example]:
    """The different comments among them that were never learned from a file."""
    found = different(list(comments))
    known = _known(digest for digest, _ in found)
    return [
        Example(digest, comment.is_spam, features_of(comment.name, comment.text).values)
        for digest, comment in found
        if (digest, comment.is_spam) not in known
    ]


def rehearse(examples: Sequence[Example]) -> Iterator[None]:
    """Learn examples in memory, beginning with what the store has learned; yields after each of ROUNDS rounds."""
    weights = stored_weights(db.session.connection(), {bucket for each in examples for bucket in each.values})
    order = list(examples)
    # Alike each time, so that the same files make the same site.
    shuffler = random.Random(len(order))  # noqa: S311
    for number in range(ROUNDS):
        shuffler.shuffle(order)
        for example in order:
            score = score_of(example.values, weights)
            rate = RATE / (1 + SLOWER * number)
            step = step_of(example.values, score, is_spam=example.is_spam, rate=rate)
            example.step += step
            for bucket, value in example.values.items():
                weights[bucket] = weights.get(bucket, 0) + step * value
        yield


def learn_examples(examples: Sequence[Example], *, actor: Actor, now: datetime) -> int:
    """Write down what was rehearsed, and say of how many; what somebody else learned meanwhile is left out.

    The caller commits.
    """
    connection = db.session.connection()
    classroom = open_classroom(connection)
    known = _known(example.digest for example in examples)
    fresh = [example for example in examples if (example.digest, example.is_spam) not in known]
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


def forget_everything(*, actor: Actor, now: datetime) -> int:
    """Begin anew: no weights, no lessons. Says how many lessons there were. The caller commits.

    Decisions stay what they are; to undo one that was learned before takes nothing back.
    """
    connection = db.session.connection()
    open_classroom(connection)
    lessons: int = connection.execute(delete(Lesson)).rowcount
    connection.execute(delete(LearnedWeight))
    connection.execute(delete(LearnedStanding))
    record("screening.reset", actor=actor, subject=SUBJECT, at=now, details={"lessons": lessons})
    return lessons


def _known(digests: Iterable[str]) -> set[tuple[str, bool]]:
    """The texts of files, of those with these digests, that were learned, and as what."""
    return {
        (digest, is_spam)
        for part in _in_parts(sorted(set(digests)))
        for digest, is_spam in db.session.execute(_KNOWN, {"digests": part})
    }


def _row(example: Example, now: datetime) -> dict[str, object]:
    return {
        "digest": example.digest,
        "is_spam": example.is_spam,
        "step": example.step,
        "features": packed(example.values),
        "learned_at": now,
    }


def _in_parts(things: list[Thing]) -> list[list[Thing]]:
    return [things[start : start + AT_ONCE] for start in range(0, len(things), AT_ONCE)]
