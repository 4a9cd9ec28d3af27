"""What waited for a decision at the end of a day, counted from the audit log.

At the end of a day as many wait as at its beginning, and those more that came to wait, and those less that ceased to.
So a day costs what happened in it, and only the first one that is counted asks for the whole log before it.
"""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from davidson.audit.models import AuditEntry
from davidson.comments.status import CommentStatus
from davidson.database import UTCDateTime, db
from davidson.web.paging import EPOCH

PENDING = CommentStatus.PENDING.value
SINCE, UNTIL = (bindparam(name, type_=UTCDateTime()) for name in ("since", "until"))


@dataclass(frozen=True)
class Waiting:
    """How many comments wait at a moment, and when the oldest of them was sent; None where none waits."""

    number: int
    since: datetime | None


def waiting_after(before: Waiting | None, *, since: datetime, until: datetime) -> Waiting:
    """What waits at `until`, given what waited at `since`; None where that was not counted."""
    if before is None:
        before, since = Waiting(0, None), EPOCH
    span = {"since": since, "until": until}
    came, went = db.session.execute(_CHANGE, span).one()
    number = before.number + came - went
    if not number:
        return Waiting(0, None)
    # No older one than the oldest of then waits, but for such as came back.
    stayed = db.session.execute(_OLDEST, span | {"since": before.since or since}).scalar()
    returned = db.session.execute(_OLDEST_BACK, span).scalar()
    return Waiting(number, min((moment for moment in (stayed, returned) if moment), default=None))


def seconds_between(since: datetime, until: datetime) -> int:
    """Whole seconds, rounded up, so that going back by as many from `until` misses nothing that happened at `since`."""
    return ceil((until - since).total_seconds())


_Sending, _Back, _Last = (aliased(AuditEntry) for _ in range(3))
_STATE_THEN = (
    select(_Last.to_state)
    .where(_Last.subject == _Sending.subject, _Last.version > 0, _Last.at < UNTIL)
    .order_by(_Last.version.desc())
    .limit(1)
    .correlate(_Sending)
    .scalar_subquery()
)
_CHANGE = select(
    func.count().filter(AuditEntry.to_state == PENDING, AuditEntry.from_state != PENDING),
    func.count().filter(AuditEntry.from_state == PENDING, AuditEntry.to_state != PENDING),
).where(AuditEntry.at >= SINCE, AuditEntry.at < UNTIL, AuditEntry.subject.like("comment:%"))
_OLDEST = (
    select(_Sending.at)
    .where(_Sending.action == "comment.submit", _Sending.at >= SINCE, _Sending.at < UNTIL, _STATE_THEN == PENDING)
    .order_by(_Sending.at, _Sending.id)
    .limit(1)
)
_OLDEST_BACK = (
    select(func.min(_Sending.at))
    .select_from(_Back)
    .join(_Sending, (_Sending.subject == _Back.subject) & (_Sending.version == 1))
    .where(_Back.at >= SINCE, _Back.at < UNTIL, _Back.version > 1)
    .where(_Back.to_state == PENDING, _Back.from_state != PENDING, _STATE_THEN == PENDING)
)
