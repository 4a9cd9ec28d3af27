"""Bans: senders of whom moderators want to see everything first, until a moment."""

from datetime import datetime

from davidson.comments.draft import Draft, Facts
from davidson.comments.screening.finding import Finding
from davidson.comments.status import CommentStatus

BAN = "ban"


def banned_sender(draft: Draft, facts: Facts) -> Finding | None:
    """Hold a comment of a sender whose network or author token is banned. It is for moderators alone to know."""
    ends = {"This network": facts.network_banned_until, "This author token": facts.token_banned_until}
    told = [f"{thing} is banned until {_moment(end)}." for thing, end in ends.items() if end is not None]
    return Finding(BAN, CommentStatus.PENDING, " ".join(told)) if told else None


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
