"""What the desk shows of a comment: plain values, made from rows, without a session behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from davidson.articles.cards import Link
from davidson.comments.reasons import LABELS, Reason
from davidson.comments.screening.finding import Finding
from davidson.comments.status import CommentStatus
from davidson.moderation.decisions import Decision
from davidson.moderation.history import Event
from davidson.moderation.marking import Segment

TABS = tuple(CommentStatus)
REASONS = tuple(LABELS.items())

# What a rule's finding suggests to a moderator who rejects. Rules about the sender alone suggest nothing.
SUGGESTED = {
    "wording": Reason.ADVERTISING,
    "links": Reason.ADVERTISING,
    "honeypot": Reason.ADVERTISING,
    "learned": Reason.ADVERTISING,
    "duplicates": Reason.DUPLICATE,
}
# What is told of a sender's other comments, in this order, and up to how many.
RECORDED = {
    CommentStatus.APPROVED: "approved",
    CommentStatus.REJECTED: "rejected",
    CommentStatus.SPAM: "spam",
    CommentStatus.PENDING: "waiting",
}
MOST_TOLD = 99

Counts = Mapping[CommentStatus, int]
"""How many comments there are in each state; a state that lacks has none."""


@dataclass(frozen=True)
class Answered:
    """The comment that a reply is for, in short; `excerpt` is empty where it was erased."""

    id: int
    name: str
    excerpt: str
    status: CommentStatus


@dataclass(frozen=True)
class Record:
    """What else came from a sender: under the same author token, and from the same network."""

    token: str
    network: str


@dataclass(frozen=True)
class QueueCard:
    """One comment on the desk. `decisions` are those that its state allows; `noted` is of whom moderators keep notes.

    `network` and `token` are names by which the queue's filter knows where it came from; none where that is not known.
    """

    id: int
    version: int
    status: CommentStatus
    reason: str
    name: str
    html: Markup
    created_at: datetime
    edited_at: datetime | None
    headline: str
    slug: str
    article_url: str
    article_lang: str
    is_taken_back: bool
    section: Link | None
    parent: Answered | None
    segments: tuple[Segment, ...]
    findings: tuple[Finding, ...]
    record: Record
    noted: tuple[str, ...]
    network: str | None
    token: str | None
    suggested: Reason
    history: tuple[Event, ...]
    decisions: tuple[Decision, ...]
    is_undoable: bool

    @property
    def is_erased(self) -> bool:
        """Whether its words are gone."""
        return self.status is CommentStatus.DELETED and not self.name


def findings_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """The findings of a row, the strictest first as they were stored."""
    return tuple(Finding.from_json(each) for each in stored)


def suggested_reason(findings: Sequence[Finding]) -> Reason:
    """The reason for a refusal that the strictest telling finding suggests."""
    return next((SUGGESTED[finding.rule] for finding in findings if finding.rule in SUGGESTED), Reason.OTHER)


def record_of(with_token: Counts | None, from_network: Counts | None) -> Record:
    """Tell a sender's record; None where there is no token, or where the network was forgotten or never known."""
    return Record(
        token=_told(with_token, "with this token", nothing="Nothing else with this token", unknown="No author token"),
        network=_told(
            from_network,
            "from this network",
            nothing="Nothing else from this network",
            unknown="Network not known",
        ),
    )


def _told(counts: Counts | None, whence: str, *, nothing: str, unknown: str) -> str:
    if counts is None:
        return unknown
    told = ", ".join(f"{_number(counts[state])} {word}" for state, word in RECORDED.items() if counts.get(state))
    return f"{told[0].upper()}{told[1:]} {whence}" if told else nothing


def _number(number: int) -> str:
    return f"more than {MOST_TOLD}" if number > MOST_TOLD else str(number)
