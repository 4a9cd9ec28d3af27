"""Learning anew what decisions taught while texts were taken apart in another way.

A lesson keeps what it moved, so it is taken back exactly and learned from the text as it is taken apart now; to undo
its decision takes the new one back. Of a text that was erased or changed since nothing can be learned: what it taught
stays. What was predicted before proves nothing of how texts are taken apart now, so no prediction is left of it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import bindparam, exists, select, update

from davidson.audit.log import SCREENING, Actor, record
from davidson.clock import utcnow
from davidson.comments.lessons import IS_OF_COMMENT, Lesson
from davidson.comments.models import Comment
from davidson.comments.screening.features import FEATURES_VERSION, digest_of_text
from davidson.comments.screening.learned import step_of
from davidson.database import db
from davidson.moderation.teaching import Classroom, open_classroom, packed, unpacked, values_of
from davidson.moderation.training import SUBJECT
from davidson.outbox.daily import do_daily
from davidson.pagecache.tags import PRECISION
from davidson.pagecache.versions import touch

BATCH = 25
"""Lessons a transaction: whoever decides meanwhile waits for one of them at most."""

PAST = 0
"""The version of a lesson whose text can be taken apart no more."""

_IS_OLD = (IS_OF_COMMENT, Lesson.features_version > PAST, Lesson.features_version < FEATURES_VERSION)
_OLD = (
    select(
        Lesson.id,
        Lesson.digest,
        Lesson.is_spam,
        Lesson.step,
        Lesson.features,
        Lesson.ended_version,
        Comment.name,
        Comment.source,
        Comment.findings,
    )
    .outerjoin(Comment, Comment.id == Lesson.comment_id)
    .where(*_IS_OLD)
    .order_by(Lesson.features_version, Lesson.id)
    .limit(bindparam("most"))
    # Who erases a comment waits, and then erases what was learned anew.
    .with_for_update(of=Lesson)
)


@dataclass
class Relearned:
    """How many lessons were learned anew, and of how many the text was gone."""

    learned: int = 0
    gone: int = 0


def init_relearning(app: Flask) -> None:
    """Let workers look once a day for lessons from before an upgrade."""
    do_daily(app, "lessons", lambda: relearn(actor=SCREENING, now=utcnow()))


def relearn(*, actor: Actor, now: datetime, batch: int = BATCH) -> Relearned:
    """Learn all lessons of decisions anew that were taken apart in another way. Commits after some at a time.

    It may be stopped anywhere and begun anew; two that do so at once share the work.
    """
    done = Relearned()
    while db.session.scalar(select(exists().where(*_IS_OLD))):
        _relearn_some(done, most=batch)
        db.session.commit()
    db.session.rollback()
    if done.learned or done.gone:
        details = {"lessons": done.learned, "texts gone": done.gone}
        record("screening.rebuild", actor=actor, subject=SUBJECT, at=now, details=details)
        db.session.commit()
    return done


def _relearn_some(done: Relearned, *, most: int) -> None:
    classroom = open_classroom(db.session.connection())
    for lesson in classroom.connection.execute(_OLD, {"most": most}).all():
        # What was taken for spam is erased after some time, and its lesson says no more what it was.
        if lesson.source is None or digest_of_text(lesson.source) != lesson.digest:
            _write(lesson, features_version=PAST)
            done.gone += 1
        else:
            _learn_anew(lesson, classroom)
            done.learned += 1
    classroom.took_back = True
    classroom.close()
    touch(PRECISION)


def _learn_anew(lesson: Any, classroom: Classroom) -> None:
    """Put another lesson in one's place; one that gave way to a later decision moves nothing, and may come back."""
    values = values_of(lesson)
    stands = lesson.ended_version is None
    if stands:
        classroom.move(unpacked(lesson.features), -lesson.step)
    step = step_of(values, classroom.score(values), is_spam=lesson.is_spam)
    if stands:
        classroom.move(values, step)
    _write(lesson, step=step, features=packed(values), features_version=FEATURES_VERSION)


def _write(lesson: Any, **values: Any) -> None:
    db.session.connection().execute(update(Lesson).where(Lesson.id == lesson.id).values(score=None, **values))
