"""One decision on many comments: written down first, then taken a few at a time, and undone as a whole.

Each comment is decided on in the transaction that writes its entry in the log and notes here that it was met. So a run
may be killed anywhere and gone on with, and on SQLite a reader's comment waits for one small transaction at most. Who
goes on with a bulk holds its row until the transaction ends: two that do at once take turns.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from time import monotonic
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select, tuple_
from sqlalchemy.exc import OperationalError

from davidson.accounts.models import Staff
from davidson.audit.log import Actor
from davidson.audit.models import AuditEntry
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.comments.states import subject_of
from davidson.database import db
from davidson.moderation.decisions import ACTIONS, Decision, NoSuchComment, NotDecidable, Stale, decide, undo
from davidson.moderation.history import ACTORS
from davidson.moderation.models import Bulk, BulkMember

BATCH = 10
"""Comments a transaction: whoever waits for one of their articles waits for a fraction of a second."""

RETRIES = 3

KEPT = timedelta(days=30)
"""How long a bulk can be undone as a whole."""

MOST_MEMBERS = 2_000
MOST_NAMED = 200
DONE_WORDS = {Decision.APPROVE: "approved", Decision.REJECT: "rejected", Decision.SPAM: "marked as spam"}


class Outcome(StrEnum):
    """What became of a comment of a bulk; the first of them before anything did."""

    UNMET = "unmet"
    DONE = "done"
    SKIPPED = "skipped"
    UNDONE = "undone"
    KEPT = "kept"


class Seen(NamedTuple):
    """A comment as it was chosen."""

    id: int
    version: int
    article_id: int


@dataclass(frozen=True)
class Result:
    """How a bulk stands. `skipped_for` are those who had changed what was skipped, as sentences without a full stop."""

    id: int
    decision: Decision
    reason: str
    what: str
    counts: Counter[str]
    skipped_for: tuple[str, ...]
    is_undone: bool

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do."""
        return not self.left

    @property
    def left(self) -> int:
        """How many comments are still to be decided, or to be undone."""
        return self.counts[Outcome.DONE if self.is_undone else Outcome.UNMET]

    @property
    def sentence(self) -> str:
        """What became of it, without a full stop: "48 rejected, 2 skipped: already decided by Grace"."""
        if self.is_undone:
            parts = [f"{self.counts[Outcome.UNDONE]:,} undone"]
            kept = self.counts[Outcome.KEPT]
            parts += [f"{kept:,} left alone: changed since"] if kept else []
        else:
            parts = [f"{self.counts[Outcome.DONE]:,} {DONE_WORDS[self.decision]}"]
            because = f": {', '.join(self.skipped_for)}" if self.skipped_for else ""
            skipped = self.counts[Outcome.SKIPPED]
            parts += [f"{skipped:,} skipped{because}"] if skipped else []
        return ", ".join(parts) + (f"; {self.left:,} still to do" if self.left else "")


def begin(seen: Iterable[Seen], decision: Decision, *, reason: str, what: str, actor: Actor, now: datetime) -> int:
    """Write down what is to be decided, and give the bulk's number. Nothing is decided yet. The caller commits.

    `reason` is a value of `Reason` where the decision is to reject. At most MOST_MEMBERS are taken.
    """
    kept = reason if decision is Decision.REJECT else ""
    bulk = Bulk(staff_id=actor.id or 0, made_at=now, decision=decision.value, reason=kept, what=what)
    db.session.add(bulk)
    db.session.flush()
    members = [
        {
            "bulk_id": bulk.id,
            "comment_id": one.id,
            "article_id": one.article_id,
            "version": one.version,
            "outcome": Outcome.UNMET.value,
            "decided": 0,
        }
        for one in list(dict.fromkeys(seen))[:MOST_MEMBERS]
    ]
    if members:
        db.session.execute(insert(BulkMember), members)
    return bulk.id


def begin_to_undo(bulk_id: int, *, now: datetime) -> None:
    """Let a bulk be undone from now on; what it had not met by now it never meets. The caller commits."""
    bulk = _locked(bulk_id)
    if bulk.undone_at is None:
        bulk.undone_at = now


def go_on(bulk_id: int, *, actor: Actor, seconds: float) -> None:
    """Decide, or undo, until all is done or that much time is over. Commits for itself, every BATCH comments.

    Where others hold an article for too long the batch is tried again, RETRIES times in all; then the rest is left.
    """
    ends_at = monotonic() + seconds
    tries = RETRIES
    is_left = True
    while is_left and tries >= 0:
        try:
            is_left = _meet_some(bulk_id, actor=actor, now=utcnow()) == BATCH and monotonic() < ends_at
            db.session.commit()
        except OperationalError:
            db.session.rollback()
            tries -= 1


def result_of(bulk_id: int) -> Result | None:
    """How a bulk stands; None where there is no such one."""
    bulk = db.session.get(Bulk, bulk_id, populate_existing=True)
    if bulk is None:
        return None
    counted = select(BulkMember.outcome, func.count()).where(BulkMember.bulk_id == bulk_id).group_by(BulkMember.outcome)
    counts = Counter({row[0]: row[1] for row in db.session.execute(counted)})
    return Result(
        id=bulk.id,
        decision=Decision(bulk.decision),
        reason=bulk.reason,
        what=bulk.what,
        counts=counts,
        skipped_for=_who_changed(bulk_id) if counts[Outcome.SKIPPED] else (),
        is_undone=bulk.undone_at is not None,
    )


def forget_bulks(until: datetime, *, most: int) -> int:
    """Forget bulks that were made until then, at most so many of their comments; gives how many rows went.

    The caller commits. Each comment can still be decided otherwise by itself: what was done stands in the log.
    """
    old = select(Bulk.id).where(Bulk.made_at <= until)
    members = select(BulkMember.bulk_id, BulkMember.comment_id).where(BulkMember.bulk_id.in_(old)).limit(most)
    key = tuple_(BulkMember.bulk_id, BulkMember.comment_id)
    forgotten = _deleted(delete(BulkMember).where(key.in_(members)).returning(BulkMember.comment_id))
    if forgotten < most:
        forgotten += _deleted(delete(Bulk).where(Bulk.made_at <= until).returning(Bulk.id))
    return forgotten


def _deleted(statement: Any) -> int:
    return len(db.session.execute(statement, execution_options={"synchronize_session": False}).all())


def _locked(bulk_id: int) -> Bulk:
    statement = select(Bulk).where(Bulk.id == bulk_id).with_for_update().execution_options(populate_existing=True)
    return db.session.execute(statement).scalar_one()


def _meet_some(bulk_id: int, *, actor: Actor, now: datetime) -> int:
    """Meet the next few comments and say how many there were.

    They are in the order of their articles, so that two bulks lock these in one order and never wait in a circle.
    """
    bulk = _locked(bulk_id)
    wanted = Outcome.UNMET if bulk.undone_at is None else Outcome.DONE
    statement = (
        select(BulkMember)
        .where(BulkMember.bulk_id == bulk_id, BulkMember.outcome == wanted)
        .order_by(BulkMember.article_id, BulkMember.comment_id)
        .limit(BATCH)
    )
    members: Sequence[BulkMember] = db.session.scalars(statement).all()
    meet = _decide if wanted is Outcome.UNMET else _undo
    # Written down together: one by one, the next comment's questions would send each by itself.
    met = [meet(member, bulk, actor, now) for member in members]
    for member, (outcome, decided) in zip(members, met, strict=True):
        member.outcome, member.decided = outcome.value, decided
    return len(members)


def _decide(member: BulkMember, bulk: Bulk, actor: Actor, now: datetime) -> tuple[Outcome, int]:
    """What became of a comment, and its version by the decision."""
    try:
        done = decide(
            member.comment_id,
            Decision(bulk.decision),
            version=member.version,
            actor=actor,
            now=now,
            reason=bulk.reason,
            details={"bulk": bulk.id},
        )
    except (NoSuchComment, Stale, NotDecidable):
        return Outcome.SKIPPED, member.decided
    return (Outcome.DONE, done.comment.version) if done.changed else (Outcome.SKIPPED, member.decided)


def _undo(member: BulkMember, bulk: Bulk, actor: Actor, now: datetime) -> tuple[Outcome, int]:
    try:
        undo(member.comment_id, version=member.decided, actor=actor, now=now)
    except (NoSuchComment, Stale, NotDecidable):
        return Outcome.KEPT, member.decided
    return Outcome.UNDONE, member.decided


def _who_changed(bulk_id: int) -> tuple[str, ...]:
    """Who did the last thing to the comments that were skipped, of the first MOST_NAMED of them."""
    skipped = (
        select(Comment.id, Comment.version)
        .join(BulkMember, BulkMember.comment_id == Comment.id)
        .where(BulkMember.bulk_id == bulk_id, BulkMember.outcome == Outcome.SKIPPED)
        .limit(MOST_NAMED)
    )
    keys = [(subject_of(row.id), row.version) for row in db.session.execute(skipped)]
    last = (
        select(AuditEntry.action, AuditEntry.actor, Staff.name)
        .outerjoin(Staff, Staff.id == AuditEntry.actor_id)
        .where(tuple_(AuditEntry.subject, AuditEntry.version).in_(keys))
    )
    told = Counter(
        f"{'already decided' if row.action in ACTIONS.values() else 'changed'} by"
        f" {row.name or ACTORS.get(row.actor, row.actor)}"
        for row in db.session.execute(last)
    )
    return tuple(sentence for sentence, _ in told.most_common())
