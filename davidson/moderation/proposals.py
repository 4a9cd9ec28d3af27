"""New texts that authors propose for approved comments: the decisions on them, and those that wait."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select, true

from davidson.articles.models import Article
from davidson.audit.log import Actor
from davidson.comments.models import Comment, Proposal
from davidson.comments.proposals import refuse
from davidson.comments.queries import proposal_for
from davidson.comments.screening.finding import Finding
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation.cards import findings_of
from davidson.moderation.decisions import NotDecidable, accept_text, locked_comment
from davidson.moderation.marking import Segment, segments_of
from davidson.moderation.requests import ASKED, Asked, asked_in, page_of_requests
from davidson.text.differences import Change, differences
from davidson.web.paging import MOST, Cursor


class TextDecision(StrEnum):
    """What a moderator makes of a new text; the values are those of the form."""

    APPROVE = "approve"
    REFUSE = "refuse"


@dataclass(frozen=True)
class ChangedPassage:
    """A passage of either text, with what nobody would see in it named."""

    change: Change
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class ProposalCard(Asked):
    """A new text on the desk."""

    proposed_at: datetime
    passages: tuple[ChangedPassage, ...]
    findings: tuple[Finding, ...]


def decide_text(comment_id: int, decision: TextDecision, *, version: int, actor: Actor, now: datetime) -> None:
    """Let a new text take the approved one's place, or keep that, and record it. The caller commits.

    `version` is the comment's that was seen. Raises NoSuchComment, Stale, and NotDecidable where no text waits.
    """
    comment = locked_comment(comment_id, version)
    proposal = proposal_for(comment_id)
    if proposal is None or comment.status is not CommentStatus.APPROVED:
        raise NotDecidable(comment.status)
    act = accept_text if decision is TextDecision.APPROVE else refuse
    act(comment, proposal, actor=actor, now=now)


def waiting_proposals(*, after: Cursor | None) -> tuple[list[ProposalCard], Cursor | None]:
    """A page of the new texts that wait, the oldest first, and where the next page begins."""
    rows, following = page_of_requests(_waiting(), Proposal.proposed_at, Proposal.comment_id, after=after)
    return [_card(row) for row in rows], following


def waiting_proposal(comment_id: int) -> ProposalCard | None:
    """The new text that waits for that comment."""
    if not 0 < comment_id <= MOST:
        return None
    row = db.session.execute(_waiting().where(Proposal.comment_id == comment_id)).one_or_none()
    return _card(row) if row else None


def _waiting() -> Select[*tuple[Any, ...]]:
    """Those of approved comments: what was removed since has nothing to show another text in the place of.

    `IS TRUE` keeps SQLite from beginning with all approved comments.
    """
    return (
        select(
            *ASKED,
            Proposal.source.label("new_source"),
            Proposal.findings,
            Proposal.proposed_at,
        )
        .join(Comment, Comment.id == Proposal.comment_id)
        .join(Article, Article.id == Comment.article_id)
        .where((Comment.status == CommentStatus.APPROVED).is_(true()))
    )


def _card(row: Any) -> ProposalCard:
    return ProposalCard(
        **asked_in(row),
        proposed_at=row.proposed_at,
        passages=tuple(
            ChangedPassage(passage.change, segments_of(passage.text, ()))
            for passage in differences(row.source, row.new_source)
        ),
        findings=findings_of(row.findings),
    )
