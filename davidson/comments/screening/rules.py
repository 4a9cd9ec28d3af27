"""The rules in their order, and what they make of a comment together."""

from collections.abc import Callable
from typing import NamedTuple

from davidson.comments.draft import Draft, Facts
from davidson.comments.screening.bans import banned_sender
from davidson.comments.screening.breaker import held_by_breaker
from davidson.comments.screening.duplicates import same_text_again
from davidson.comments.screening.finding import Finding
from davidson.comments.screening.honeypot import filled_honeypot
from davidson.comments.screening.learned import learned_score
from davidson.comments.screening.links import disguised_links, link_from_a_stranger, link_in_the_name, many_links
from davidson.comments.screening.mode import Mode, held_by_mode
from davidson.comments.screening.names import borrowed_name
from davidson.comments.screening.pace import too_soon
from davidson.comments.screening.wording import banned_terms, suspect_terms
from davidson.comments.status import CommentStatus

Rule = Callable[[Draft, Facts], Finding | None]

RULES: tuple[Rule, ...] = (
    banned_sender,
    banned_terms,
    suspect_terms,
    many_links,
    disguised_links,
    link_from_a_stranger,
    link_in_the_name,
    same_text_again,
    borrowed_name,
    filled_honeypot,
    too_soon,
    learned_score,
    held_by_breaker,
)
"""Every rule runs on every comment; the order is that in which a moderator reads the findings."""

RULES_VERSION = 3
"""Counted up whenever a rule decides differently, and stored with the findings it made."""


class Screening(NamedTuple):
    """What screening made of a comment: the status it starts its life with, and everything that was noticed."""

    status: CommentStatus
    findings: tuple[Finding, ...]


def screen(draft: Draft, facts: Facts, mode: str) -> Screening:
    """Run every rule on a draft and give the strictest status with all findings, the strictest of them first.

    `mode` is a value of `Mode`; another, such as "closed", raises ValueError: it is not screening that closes comments.
    """
    noticed = [rule(draft, facts) for rule in RULES]
    noticed.append(held_by_mode(facts, Mode(mode)))
    findings = sorted((finding for finding in noticed if finding), key=lambda finding: -finding.severity)
    return Screening(findings[0].status if findings else CommentStatus.APPROVED, tuple(findings))
