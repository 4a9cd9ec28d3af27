"""The breaker at work: spam is counted as it is found or decided, and a wave of it lets every comment wait for a while.

Whether there is a wave is a comparison of the clock with a moment in the store, so every process says the same, and it
is over by itself: the page of an article with a form is due to be made anew then. Its beginning changes pages, and so
does an end that comes sooner because what was taken for spam is none: minutes are kept for as long as they can matter.
A wave that lasts moves that moment on; a page that was made before is made anew at the first one, and knows the next.

Spam is counted (`comments.spamcounts`) right before a commit: whoever decides on many comments holds the counts only
then, and in one order, after every lock on an article. Held from the first decision on, they would let two who do so
wait for each other in a circle.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from flask import Flask
from sqlalchemy import Connection, Table, and_, bindparam, event, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from davidson.audit.log import BREAKER, record
from davidson.clock import utcnow
from davidson.comments.draft import Wave
from davidson.comments.models import Comment
from davidson.comments.screening.breaker import SPAN, USUAL_DAYS, SpamCounts, is_wave
from davidson.comments.spamcounts import DAY, MINUTE, add_counts, counted, counts_by_minute
from davidson.comments.status import CommentStatus
from davidson.database import STRICT, Base, db
from davidson.outbox.draining import do
from davidson.outbox.queueing import queue
from davidson.pagecache import tags
from davidson.pagecache.dependencies import due, shows
from davidson.pagecache.versions import touch
from davidson.statements import Statement
from davidson.web.signing import settings

logger = logging.getLogger(__name__)

HOLD = timedelta(minutes=30)
"""How long every comment waits after spam was last found to come in a wave."""
MOVES_AFTER = timedelta(minutes=1)
"""How often a wave that lasts moves its end, at most."""
FRESH = timedelta(hours=1)
"""A comment that is decided to be spam later than this after it was sent says nothing of what comes in now."""
KEPT = HOLD + SPAN + MINUTE
"""How long the sums of minutes are kept: a wave that lasts still may have begun with them."""
THE_ONE = 1
NOTED, HAPPENED = "spam-noted", "breaker-happened"


class Breaker(Base):
    """The last wave of spam: every comment waits from `since` until `until`. There is one row, or none yet.

    `spam` came in ten minutes when that was counted last, and `usual` hundredths come on average. `is_over` says that
    the audit log has its end.
    """

    __tablename__ = "breaker"
    __table_args__ = STRICT

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_over: Mapped[bool]
    since: Mapped[datetime]
    until: Mapped[datetime]
    spam: Mapped[int]
    usual: Mapped[int]


@dataclass
class Noted:
    """What a transaction adds to the counts, by minutes, and its time."""

    now: datetime
    minutes: Counter[datetime] = field(default_factory=Counter)


_BREAKER = cast("Table", Breaker.__table__)
IS_LIVE = and_(_BREAKER.c.id == THE_ONE, _BREAKER.c.is_over.is_(False))
WAVE = (_BREAKER.c.since, _BREAKER.c.until, _BREAKER.c.spam, _BREAKER.c.usual)
_LIVE = Statement(select(*WAVE).where(IS_LIVE))
# A row that is there is held and stays as it is; on SQLite a writer is alone anyway.
_HOLD = {
    dialect.__name__.rpartition(".")[2]: dialect.insert(_BREAKER)
    .on_conflict_do_update(index_elements=[_BREAKER.c.id], set_={"id": THE_ONE})
    .returning(_BREAKER.c.is_over, *WAVE)
    for dialect in (postgresql, sqlite)
}
_SET = update(_BREAKER).where(_BREAKER.c.id == THE_ONE)
# One that is over by the clock is left to whoever writes that down, and may hold the row already.
_LASTING = (
    select(*WAVE).where(IS_LIVE, _BREAKER.c.until > bindparam("now", type_=_BREAKER.c.until.type)).with_for_update()
)


def init_breaker(app: Flask) -> None:
    """Let the worker write down that a wave is over."""
    do(app, "breaker", lambda _payloads: _look_after(utcnow()))


def count_found(status: CommentStatus, *, now: datetime) -> None:
    """Count a comment that is sent, if screening takes it for spam, when the session commits."""
    if status is CommentStatus.SPAM:
        _note(now, 1, now=now)


def follow_spam(comment: Comment, *, was: CommentStatus, since: datetime, now: datetime) -> None:
    """Count a comment that was decided to be spam, or no longer, when the session commits. It has been changed already.

    `was` is the state it had before, and `since` the moment from which on it had that.
    """
    if comment.status is CommentStatus.SPAM and now - comment.created_at <= FRESH:
        _note(now, 1, now=now)
    if was is CommentStatus.SPAM and since - comment.created_at <= FRESH and now - since < USUAL_DAYS * DAY:
        _note(since, -1, now=now)


def wave_in(columns: Sequence[Any]) -> Wave | None:
    """The wave that the columns WAVE tell of, over or not."""
    since, until, spam, usual = columns
    return None if since is None else Wave(since, until, spam, usual / 100)


def last_wave() -> Wave | None:
    """The last wave, till somebody has written down that it is over."""
    row = _LIVE.first()
    return wave_in(row) if row else None


def present(wave: Wave | None, now: datetime) -> Wave | None:
    """That wave, if it still lasts and the site has a breaker."""
    return wave if wave is not None and now < wave.until and settings().spam_breaker else None


def shown_wave(now: datetime) -> Wave | None:
    """The wave that a page shows; it says so to whoever keeps the page."""
    if not settings().spam_breaker:
        return None
    shows(tags.BREAKER)
    wave = present(last_wave(), now)
    if wave is not None:
        due(wave.until, after=now)
    return wave


def end_wave(wave: Wave | None, *, now: datetime) -> None:
    """Write down that a wave is over, if it is and nobody has. The caller commits."""
    if wave is None or now < wave.until:
        return
    ended = _SET.where(IS_LIVE, _BREAKER.c.until <= now).values(is_over=True).returning(_BREAKER.c.id)
    if db.session.connection().execute(ended).first() is not None:
        _tell("breaker.close", now, since=wave.since.isoformat(timespec="seconds"))


def _look_after(now: datetime) -> None:
    """Write down that the wave is over, or look again when it may be. Commits with what the worker does."""
    wave = last_wave()
    if wave is not None and now < wave.until:
        queue("breaker", {}, now=now, delay=wave.until - now)
    end_wave(wave, now=now)


def _note(at: datetime, number: int, *, now: datetime) -> None:
    noted: Noted = db.session().info.setdefault(NOTED, Noted(now))
    noted.now = max(noted.now, now)
    noted.minutes[at.astimezone(UTC).replace(second=0, microsecond=0)] += number


def _count(session: Session) -> None:
    """Count what was noted, and begin or prolong a wave where that is one, or look whether it was one."""
    if session.in_nested_transaction():
        return
    noted: Noted | None = session.info.pop(NOTED, None)
    if noted is None:
        return
    session.flush()
    connection = session.connection()
    if not add_counts(connection, noted.minutes):
        return
    counts = counted(connection, noted.now, kept=KEPT)
    if noted.minutes.total() > 0 and is_wave(counts, settings().spam_breaker):
        _trip(connection, counts, noted.now)
    elif any(number < 0 for number in noted.minutes.values()):
        _count_anew(connection, counts, noted.now)


def _trip(connection: Connection, counts: SpamCounts, now: datetime) -> None:
    """Let every comment wait from now on, or longer."""
    seen = {"spam": counts.recent, "usual": round(counts.usual * 100)}
    fresh = {"id": THE_ONE, "is_over": True, "since": now, "until": now, **seen}
    is_over, *columns = connection.execute(_HOLD[connection.dialect.name], fresh).one()
    wave = wave_in(columns)
    if not is_over and wave is not None and now < wave.until:
        if wave.until < now + HOLD - MOVES_AFTER:
            connection.execute(_SET.values(until=now + HOLD, **seen))
        return
    if not is_over:
        end_wave(wave, now=now)
    connection.execute(_SET.values(is_over=False, since=now, until=now + HOLD, **seen))
    _tell("breaker.trip", now, spam=counts.recent, usual=round(counts.usual, 2))
    touch(tags.BREAKER)
    queue("breaker", {}, now=now, delay=HOLD)


def _count_anew(connection: Connection, counts: SpamCounts, now: datetime) -> None:
    """Let a wave end as if what is no spam after all had never been counted: at once, where it would not have begun."""
    row = connection.execute(_LASTING, {"now": now}).first()
    wave = present(wave_in(row), now) if row else None
    if wave is None:
        return
    last = _last_of_wave(counts_by_minute(connection), counts)
    until = min(wave.until, max(now, last + MINUTE + HOLD)) if last else now
    if until < wave.until:
        connection.execute(_SET.values(until=until))
        touch(tags.BREAKER)
        end_wave(wave._replace(until=until), now=now)


def _last_of_wave(minutes: Mapping[datetime, int], counts: SpamCounts) -> datetime | None:
    """The last minute at which there was a wave, by the sums of minutes as they are now."""
    for minute in sorted(minutes, reverse=True):
        recent = sum(number for at, number in minutes.items() if minute - SPAN < at <= minute)
        if is_wave(counts._replace(recent=recent), settings().spam_breaker):
            return minute
    return None


def _tell(action: str, now: datetime, **details: Any) -> None:
    """Write it in the audit log with the change, and in the site's log once that is committed."""
    record(action, actor=BREAKER, subject="site:breaker", at=now, details=details)
    db.session().info.setdefault(HAPPENED, []).append((action, details))


def _log(session: Session) -> None:
    for action, details in session.info.pop(HAPPENED, ()):
        logger.warning(action.replace(".", " "), extra={"fields": details})


def _forget(session: Session, transaction: SessionTransaction) -> None:
    """What was rolled back is not counted."""
    if transaction.parent is None:
        session.info.pop(NOTED, None)
        session.info.pop(HAPPENED, None)


# Before the tags are counted and lessons learned: it may touch one, and holds no row that they do.
event.listen(db.session, "before_commit", _count, insert=True)
event.listen(db.session, "after_commit", _log)
event.listen(db.session, "after_transaction_end", _forget)
