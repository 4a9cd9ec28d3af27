"""Strangers: senders of whom no comment was ever approved."""

from davidson.comments.draft import Facts
from davidson.comments.screening.finding import Finding
from davidson.comments.status import CommentStatus


def first_comment(facts: Facts) -> Finding | None:
    """Hold a comment whose signed author token has no approved comment. A claimed name or e-mail proves nothing."""
    if facts.known:
        return None
    return Finding("strangers", CommentStatus.PENDING, "The sender has no approved comment yet.")
