"""Everything that is stored on a comment, as JSON for its author; docs/commenting.md has the layout.

Left out are the notes that moderators write for each other, and who of the staff did what. It is the one place that
tells the address for mails, and takes a button to open.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from davidson.articles.cards import article_path
from davidson.articles.models import Article
from davidson.audit.models import AuditEntry
from davidson.comments.models import Appeal, Comment, Proposal
from davidson.comments.reasons import reason_label, reason_text
from davidson.comments.screening.bans import BAN
from davidson.mail.models import Subscription
from davidson.text.dates import iso

FORMAT = "davidson-comment"
LAYOUT = 1


def everything_stored(
    comment: Comment,
    article: Article,
    *,
    proposal: Proposal | None,
    appeal: Appeal | None,
    subscription: Subscription | None,
    entries: Sequence[AuditEntry],
) -> dict[str, Any]:
    """The comment's row, what waits about it, and its history, as JSON values; moments are RFC 3339 in UTC."""
    return {
        "format": FORMAT,
        "layout": LAYOUT,
        "comment": _comment(comment, article),
        "new_text": _proposal(proposal) if proposal else None,
        "appeal": _appeal(appeal) if appeal else None,
        "mails": _mails(subscription) if subscription else None,
        "history": [_entry(entry) for entry in entries],
    }


def _comment(comment: Comment, article: Article) -> dict[str, Any]:
    return {
        "id": comment.id,
        "article": {"headline": article.headline, "path": article_path(article.slug)},
        "parent": comment.parent_id,
        "thread": comment.thread_id,
        "replies_shown": comment.reply_count,
        "status": comment.status.value,
        "status_since": iso(comment.decided_at),
        "reason": comment.reason,
        "reason_label": reason_label(comment.reason),
        "rule": reason_text(comment.reason),
        "version": comment.version,
        "name": comment.name,
        "email": comment.email,
        "source": comment.source,
        "html": str(comment.html),
        "renderer": comment.renderer,
        "findings": _told(comment.findings),
        "rules_version": comment.rules_version,
        "network_hash": comment.sender,
        "author_token_hash": comment.author_key,
        "sending_hash": comment.fingerprint,
        "receipt_hash": comment.receipt_hash,
        "receipt_salt": comment.receipt_salt,
        "created_at": iso(comment.created_at),
        "edited_at": _moment(comment.edited_at),
        "picked_at": _moment(comment.picked_at),
        "heated_until": _moment(comment.heated_until),
        "by_staff": comment.staff_id is not None,
    }


def _proposal(proposal: Proposal) -> dict[str, Any]:
    return {
        "source": proposal.source,
        "html": str(proposal.html),
        "renderer": proposal.renderer,
        "findings": _told(proposal.findings),
        "rules_version": proposal.rules_version,
        "proposed_at": iso(proposal.proposed_at),
    }


def _appeal(appeal: Appeal) -> dict[str, Any]:
    return {
        "text": appeal.text,
        "sent_at": iso(appeal.sent_at),
        "outcome": appeal.outcome,
        "answer": appeal.answer,
        "answered_at": _moment(appeal.answered_at),
    }


def _mails(subscription: Subscription) -> dict[str, Any]:
    return {
        "asked_at": _moment(subscription.asked_at),
        "confirmed_at": _moment(subscription.confirmed_at),
        "told": subscription.told,
    }


def _entry(entry: AuditEntry) -> dict[str, Any]:
    findings = entry.details.get("findings")
    # A member of staff has an id; what acts by itself, the reader among it, has a name and none.
    return {
        "version": entry.version,
        "at": iso(entry.at),
        "action": entry.action,
        "by": entry.actor if entry.actor_id is None else "moderator",
        "from": entry.from_state or None,
        "to": entry.to_state or None,
        "reason": entry.reason,
        "details": entry.details | ({"findings": _told(findings)} if findings else {}),
    }


def _told(findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """All but a ban on the sender: what it holds is told as held, for else another sender is taken."""
    return [finding for finding in findings if finding["rule"] != BAN]


def _moment(at: datetime | None) -> str | None:
    return iso(at) if at else None
