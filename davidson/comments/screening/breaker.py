"""The breaker: when spam comes in waves, every comment waits for a while."""

from datetime import timedelta
from typing import NamedTuple

from davidson.comments.draft import Draft, Facts
from davidson.comments.screening.finding import Finding
from davidson.comments.status import CommentStatus

RULE = "breaker"
SPAN = timedelta(minutes=10)
"""The span in which spam is counted, and compared with what comes in one on average."""

USUAL_DAYS = 14
"""How many whole days the average is taken from, today not among them: a wave must not make itself usual at once."""

LEAST = 10
"""Spam in one span below which there is no wave: a site that knows one a day may well see five in a row."""

SPANS_IN_A_DAY = timedelta(days=1) // SPAN


class SpamCounts(NamedTuple):
    """How much spam came within the last span, and in how many of the whole days before today how much."""

    recent: int
    before: int
    days: int

    @property
    def usual(self) -> float:
        """How much comes in one span on average; 0 for a site that is younger than a day."""
        return max(0, self.before) / (self.days * SPANS_IN_A_DAY) if self.days else 0.0


def is_wave(counts: SpamCounts, times: int) -> bool:
    """Whether so much spam is a wave, with `times` the usual; 0 times is never one."""
    return times > 0 and counts.recent >= max(LEAST, times * counts.usual)


def held_by_breaker(draft: Draft, facts: Facts) -> Finding | None:
    """Hold every comment while a wave of spam comes in, for what the other rules let through of it."""
    wave = facts.wave
    if wave is None:
        return None
    detail = f"Every comment waits in a wave of spam: {wave.told}."
    return Finding(RULE, CommentStatus.PENDING, detail, evidence=str(wave.spam))
