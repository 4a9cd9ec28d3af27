"""What a receipt's page shows of its comment, as plain values."""

from datetime import datetime
from typing import Any

from davidson.articles.cards import article_path
from davidson.articles.models import Article
from davidson.comments.mailing import mail_offer
from davidson.comments.models import Comment
from davidson.comments.pages import page_of
from davidson.comments.reasons import reason_text
from davidson.comments.receipts import is_editable
from davidson.comments.status import CommentStatus


def receipt_card(comment: Comment, article: Article, receipt: str, *, now: datetime) -> dict[str, Any]:
    """The comment under that receipt, and the addresses of what its author may still do."""
    here = f"/comments/{receipt}"
    deleted = comment.status is CommentStatus.DELETED
    return {
        "status": comment.status.value,
        "name": comment.name,
        "html": comment.html,
        "source": comment.source,
        "created_at": comment.created_at,
        "headline": article.headline,
        "article_url": article_path(article.slug),
        "comment_url": comment_url(article, comment, now),
        "reason": reason_text(comment.reason),
        "edit_url": f"{here}/edit" if is_editable(comment) else None,
        "delete_url": None if deleted else f"{here}/delete",
        "remembered": comment.author_key is not None,
        "forget_url": f"{here}/forget",
        "mail": mail_offer(comment, receipt),
    }


def comment_url(article: Article, comment: Comment, now: datetime) -> str | None:
    """Where an approved comment stands in the discussion."""
    if comment.status is not CommentStatus.APPROVED or not article.is_public(now):
        return None
    page = page_of(comment)
    query = f"?page={page}" if page > 1 else ""
    return f"{article_path(article.slug)}{query}#comment-{comment.id}"
