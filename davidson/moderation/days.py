"""Counting a day of moderation from the audit log, once, and what was counted.

The questions are plain SQL, for the public page shows them word for word: whoever has a copy of the log can count
again. Each takes the moments `since`, which belongs to the span, and `until`, which does not.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import TextClause, bindparam, func, select, text

from davidson.audit.models import AuditEntry
from davidson.clock import utcnow
from davidson.comments.status import CommentStatus
from davidson.database import UTCDateTime, db
from davidson.moderation.figures import DayFigures, rounded_up
from davidson.moderation.models import ModerationDay
from davidson.moderation.waiting import Waiting, seconds_between, waiting_after
from davidson.outbox.daily import do_daily
from davidson.pagecache.dependencies import shows
from davidson.pagecache.tags import MODERATION

DAY = timedelta(days=1)
MOST_DAYS = 400
"""Days that are counted back when none ever was: a site that is brought up to date has a log already."""

ACTS = """
SELECT action, from_state, to_state, reason, count(*) AS comments
FROM audit_entry
WHERE at >= :since AND at < :until AND action LIKE 'comment.%'
GROUP BY action, from_state, to_state, reason
"""
_RULES = """
SELECT {rule} AS rule, count(DISTINCT entry.id) AS comments
FROM audit_entry AS entry, {findings} AS finding
WHERE entry.at >= :since AND entry.at < :until AND entry.action = 'comment.submit'
  AND entry.to_state IN ('pending', 'spam') AND {status} IN ('pending', 'spam')
GROUP BY {rule}
"""
RULES = {
    "sqlite": _RULES.format(
        findings="json_each(entry.details, '$.findings')",
        rule="json_extract(finding.value, '$.rule')",
        status="json_extract(finding.value, '$.status')",
    ),
    "postgresql": _RULES.format(
        findings="jsonb_array_elements(entry.details -> 'findings')",
        rule="finding.value ->> 'rule'",
        status="finding.value ->> 'status'",
    ),
}
_WAITS = """
SELECT {seconds} AS seconds
FROM audit_entry AS decision
JOIN audit_entry AS sending ON sending.subject = decision.subject AND sending.version = 1
WHERE decision.at >= :since AND decision.at < :until AND decision.from_state = 'pending'
  AND decision.action IN ('comment.approve', 'comment.reject', 'comment.spam')
  AND NOT EXISTS (
    SELECT 1 FROM audit_entry AS earlier
    WHERE earlier.subject = decision.subject AND earlier.version < decision.version
      AND earlier.action IN ('comment.approve', 'comment.reject', 'comment.spam'))
"""
WAITS = {
    "sqlite": _WAITS.format(seconds="round((julianday(decision.at) - julianday(sending.at)) * 86400, 3)"),
    "postgresql": _WAITS.format(seconds="extract(epoch FROM decision.at - sending.at)"),
}
REFUSALS = ("comment.reject", "comment.spam")
ENDS = ("comment.withdraw", "comment.erase")


def init_figures(app: Flask) -> None:
    """Let workers count once a day."""
    do_daily(app, "moderation figures", lambda: make_days(utcnow()))


def make_days(now: datetime) -> int:
    """Count every whole day that was not counted yet, oldest first, and give how many. Commits after each.

    `now` is aware UTC. Two processes that do so at once count the same, and the second leaves what is there.
    """
    made = 0
    for day in _uncounted(now):
        row = ModerationDay(day=day.date().isoformat(), figures=_counted(day, day + DAY).as_json())
        if db.session.get(ModerationDay, row.day) is None:
            db.session.add(row)
            made += 1
        db.session.commit()
    return made


def day_figures(first: datetime, last: datetime) -> dict[str, DayFigures]:
    """The days from the one of `first` to that of `last`, by their name, as far as they were counted, oldest first."""
    shows(MODERATION)
    statement = (
        select(ModerationDay.day, ModerationDay.figures)
        .where(ModerationDay.day >= _name(first), ModerationDay.day <= _name(last))
        .order_by(ModerationDay.day)
    )
    return {row.day: DayFigures.from_json(row.figures) for row in db.session.execute(statement)}


def last_counted() -> datetime | None:
    """The beginning of the day that was counted last."""
    shows(MODERATION)
    return _moment(db.session.execute(select(func.max(ModerationDay.day))).scalar_one())


def questions() -> tuple[str, str, str]:
    """The questions as this store is asked them: acts, rules, waits."""
    dialect = db.engine.dialect.name
    return ACTS.strip(), RULES[dialect].strip(), WAITS[dialect].strip()


def _uncounted(now: datetime) -> Iterator[datetime]:
    today = _midnight(now)
    last = last_counted()
    began = last + DAY if last else _midnight(_first_entry() or now)
    day = max(began, today - MOST_DAYS * DAY)
    while day < today:
        yield day
        day += DAY


def _first_entry() -> datetime | None:
    return db.session.execute(select(AuditEntry.at).order_by(AuditEntry.at).limit(1)).scalar_one_or_none()


def _counted(since: datetime, until: datetime) -> DayFigures:
    acts, rules, waits = (_asked(question, since, until) for question in questions())
    waiting = waiting_after(_waited_at(since), since=since, until=until)
    received: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    by_action: Counter[str] = Counter()
    withdrawn = 0
    for action, from_state, to_state, reason, number in acts:
        by_action[action] += number
        if action == "comment.submit":
            received[to_state] += number
        elif action in REFUSALS:
            refused[reason or "spam"] += number
        elif action in ENDS and from_state != CommentStatus.DELETED:  # What was withdrawn may be erased later.
            withdrawn += number
    return DayFigures(
        approved=by_action["comment.approve"],
        upheld=by_action["comment.uphold"],
        undone=by_action["comment.undo"] + by_action["comment.restore-text"],
        withdrawn=withdrawn,
        received=dict(received),
        refused=dict(refused),
        held_by=dict(rules),
        waits=dict(Counter(str(rounded_up(float(seconds))) for (seconds,) in waits)),
        waiting=waiting.number,
        oldest=seconds_between(waiting.since, until) if waiting.since else None,
    )


def _waited_at(moment: datetime) -> Waiting | None:
    """What waited when a day began, if that was counted at the end of the day before."""
    before = db.session.get(ModerationDay, _name(moment - DAY))
    figures = DayFigures.from_json(before.figures) if before else DayFigures()
    if figures.waiting is None:
        return None
    return Waiting(figures.waiting, moment - timedelta(seconds=figures.oldest) if figures.oldest else None)


def _asked(question: str, since: datetime, until: datetime) -> list[tuple[Any, ...]]:
    span = {"since": since, "until": until}
    return [tuple(row) for row in db.session.execute(_statement(question), span)]


def _statement(question: str) -> TextClause:
    return text(question).bindparams(*(bindparam(name, type_=UTCDateTime()) for name in ("since", "until")))


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _name(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()


def _moment(day: str | None) -> datetime | None:
    return datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None
