"""A new text for an approved comment, from its proposal to its end. Until then readers see the approved text.

The caller of each act holds `lock_article_of` and commits.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from davidson.audit.log import READER, Actor
from davidson.audit.models import AuditEntry
from davidson.comments.models import Comment, Proposal
from davidson.comments.screening.rules import RULES_VERSION, Screening
from davidson.comments.states import change_state
from davidson.database import db
from davidson.text.markup import RENDERER, render_comment

ACCEPT, REFUSE, RESTORE = "comment.accept-text", "comment.refuse-text", "comment.restore-text"


def propose(comment: Comment, proposal: Proposal | None, source: str, screening: Screening, *, now: datetime) -> None:
    """Let a text wait beside the approved one, in the place of `proposal` if one waits already."""
    findings = [finding.as_json() for finding in screening.findings]
    if proposal is not None:
        db.session.delete(proposal)
        db.session.flush()
    _put(comment, source, findings, RULES_VERSION, at=now)
    details = {"findings": findings}
    change_state(comment, comment.status, action="comment.propose-text", actor=READER, now=now, details=details)


def take_back(comment: Comment, proposal: Proposal, *, now: datetime) -> None:
    """Let the text wait no longer, for its author."""
    db.session.delete(proposal)
    change_state(comment, comment.status, action="comment.take-text-back", actor=READER, now=now)


def accept(comment: Comment, proposal: Proposal, *, actor: Actor, now: datetime) -> None:
    """Let the new text take the approved one's place. The log keeps the old one, so that this can be undone."""
    replaced = _kept(comment.source, comment.findings, comment.rules_version, comment.edited_at)
    comment.source, comment.html, comment.renderer = proposal.source, proposal.html, proposal.renderer
    comment.findings, comment.rules_version = proposal.findings, proposal.rules_version
    comment.edited_at = proposal.proposed_at
    db.session.delete(proposal)
    change_state(comment, comment.status, action=ACCEPT, actor=actor, now=now, details={"replaced": replaced})


def refuse(comment: Comment, proposal: Proposal, *, actor: Actor, now: datetime) -> None:
    """Keep the approved text. The log keeps the other one, so that this can be undone."""
    refused = _kept(proposal.source, proposal.findings, proposal.rules_version, proposal.proposed_at)
    db.session.delete(proposal)
    change_state(comment, comment.status, action=REFUSE, actor=actor, now=now, details={"refused": refused})


def restore(comment: Comment, last: AuditEntry, *, actor: Actor, now: datetime) -> None:
    """Let the new text wait again, as it did before the decision that `last` records; nothing followed that one."""
    if last.action == ACCEPT:
        _put(comment, comment.source, comment.findings, comment.rules_version, at=comment.edited_at or now)
        old = last.details["replaced"]
        comment.source, comment.html, comment.renderer = old["source"], render_comment(old["source"]), RENDERER
        comment.findings, comment.rules_version, comment.edited_at = old["findings"], old["rules_version"], _at(old)
    else:
        text = last.details["refused"]
        _put(comment, text["source"], text["findings"], text["rules_version"], at=_at(text) or now)
    change_state(comment, comment.status, action=RESTORE, actor=actor, now=now, details={"undoes": last.id})


def _put(comment: Comment, source: str, findings: list[dict[str, Any]], rules_version: int, *, at: datetime) -> None:
    proposal = Proposal(
        comment_id=comment.id,
        source=source,
        html=render_comment(source),
        renderer=RENDERER,
        findings=findings,
        rules_version=rules_version,
        proposed_at=at,
    )
    db.session.add(proposal)


def _kept(source: str, findings: list[dict[str, Any]], rules_version: int, at: datetime | None) -> dict[str, Any]:
    written_at = at.isoformat() if at else None
    return {"source": source, "findings": findings, "rules_version": rules_version, "at": written_at}


def _at(kept: Mapping[str, Any]) -> datetime | None:
    return datetime.fromisoformat(kept["at"]) if kept["at"] else None
