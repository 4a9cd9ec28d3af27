"""Pace: how long somebody had the form before sending it."""

import math

from davidson.comments.draft import Draft, Facts
from davidson.comments.screening.finding import Finding
from davidson.comments.status import CommentStatus


def too_soon(draft: Draft, facts: Facts) -> Finding | None:
    """Hold a form that came back sooner than a person writes; note one whose time is unknown.

    The time is measured by a script that a reader may have switched off, so its absence holds nothing.
    """
    if facts.min_seconds <= 0:
        return None
    if draft.seconds is None or not math.isfinite(draft.seconds):
        return Finding("pace", CommentStatus.APPROVED, "The time taken to write it is not known.")
    if draft.seconds >= facts.min_seconds:
        return None
    seconds = max(draft.seconds, 0.0)
    # Cut, not rounded: 2.96 must not read "after 3.0 seconds" beside a limit of 3.
    taken = f"{math.floor(seconds * 10) / 10:.1f}"
    detail = (
        f"Sent {taken} seconds after the form was first touched, sooner than the {facts.min_seconds} that are usual."
    )
    return Finding("pace", CommentStatus.PENDING, detail, evidence=f"{taken} s")
