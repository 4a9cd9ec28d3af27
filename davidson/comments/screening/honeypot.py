"""The honeypot: a field that people do not see and programs fill in."""

from davidson.comments.draft import Draft, Facts
from davidson.comments.screening.finding import Finding, excerpt
from davidson.comments.status import CommentStatus


def filled_honeypot(draft: Draft, facts: Facts) -> Finding | None:
    """Hold a comment with the hidden field filled in, but never take it for spam: browsers' autofill trips it too."""
    if not draft.website.strip():
        return None
    detail = "A hidden field was filled in, by a program or by a browser's autofill."
    return Finding("honeypot", CommentStatus.PENDING, detail, evidence=excerpt(draft.website))
