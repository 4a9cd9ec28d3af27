"""Strangers: senders of whom no comment was approved yet, or fewer than the site asks for."""

from davidson.comments.draft import Facts
from davidson.comments.screening.finding import Finding
from davidson.comments.status import CommentStatus

RULE = "strangers"


def first_comment(facts: Facts) -> Finding | None:
    """Hold a comment whose author token has too few approved comments. A claimed name or e-mail proves nothing."""
    if facts.known:
        return None
    asked = "no approved comment yet" if facts.trust_after == 1 else f"fewer than {facts.trust_after} approved comments"
    return Finding(RULE, CommentStatus.PENDING, f"The sender has {asked}.")
