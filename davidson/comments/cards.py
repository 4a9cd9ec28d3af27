"""What a receipt's page shows of its comment, as plain values."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from davidson.articles.cards import article_path
from davidson.articles.models import Article
from davidson.audit.models import AuditEntry
from davidson.comments.appealing import may_appeal
from davidson.comments.editing import EDIT_WINDOW, is_editable
from davidson.comments.history import steps_of
from davidson.comments.mailing import mail_offer
from davidson.comments.models import Appeal, Comment, Proposal
from davidson.comments.pages import page_of
from davidson.comments.reasons import reason_label, reason_text
from davidson.comments.status import CommentStatus
from davidson.comments.threads import comment_path


def receipt_card(
    comment: Comment,
    article: Article,
    receipt: str,
    *,
    parent: Comment | None,
    proposal: Proposal | None,
    appeal: Appeal | None,
    entries: Sequence[AuditEntry],
    now: datetime,
) -> dict[str, Any]:
    """The comment under that receipt, what happened to it, and the addresses of what its author may still do.

    `parent` is the approved comment that it answers, if it answers one that is still there.
    """
    here = f"/comments/{receipt}"
    editable = is_editable(comment, proposal, now=now)
    return {
        "status": "erased" if comment.is_erased else comment.status.value,
        "since": comment.decided_at,
        "version": comment.version,
        "edited_at": comment.edited_at,
        "name": comment.name,
        "html": comment.html,
        "created_at": comment.created_at,
        "is_pick": comment.picked_at is not None,
        "in_reply_to": parent.name if parent else "",
        "in_reply_to_url": comment_path(article_path(article.slug), parent.id) if parent else "",
        "headline": article.headline,
        "article_url": article_path(article.slug),
        "comment_url": comment_url(article, comment, now),
        "reason": reason_label(comment.reason),
        "rule": reason_text(comment.reason),
        "proposal": proposal if comment.status is CommentStatus.APPROVED else None,
        "appeal": None if comment.is_erased else appeal,
        "steps": steps_of(entries),
        "mail": mail_offer(comment, receipt),
        "edit_url": f"{here}/edit" if editable else None,
        "edit_until": comment.created_at + EDIT_WINDOW if editable and proposal is None else None,
        "appeal_url": f"{here}/appeal" if may_appeal(comment, appeal) else None,
        "withdraw_url": None if comment.status is CommentStatus.DELETED else f"{here}/withdraw",
        "delete_url": None if comment.is_erased else f"{here}/delete",
        "data_url": f"{here}/data",
        # Of an erased comment nobody knows any more, so it is offered to all.
        "remembered": comment.author_key is not None or comment.is_erased,
        "forget_url": f"{here}/forget",
    }


def comment_url(article: Article, comment: Comment, now: datetime) -> str | None:
    """Where an approved comment stands in the discussion."""
    if comment.status is not CommentStatus.APPROVED or not article.is_public(now):
        return None
    page = page_of(comment)
    query = f"?page={page}" if page > 1 else ""
    return f"{article_path(article.slug)}{query}#comment-{comment.id}"
