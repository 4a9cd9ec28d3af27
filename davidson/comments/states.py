"""The one door to a comment's state: it changes together with the counts that pages show and the audit entry."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from davidson.articles.models import Article
from davidson.audit.log import Actor, record
from davidson.comments.models import Comment
from davidson.comments.notices import tell
from davidson.comments.pages import count_thread
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.pagecache.tags import is_changed


def subject_of(comment_id: int) -> str:
    """How the audit log names a comment."""
    return f"comment:{comment_id}"


def lock_article_of(article_id: int) -> Article:
    """The article, locked until the transaction ends, so that all changes of its discussion queue up.

    The counts below are then exact, and who comes second sees what the first one did. `FOR NO KEY UPDATE` lets
    comments be posted meanwhile.
    """
    statement = (
        select(Article)
        .where(Article.id == article_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return db.session.execute(statement).scalar_one()


def change_state(
    comment: Comment,
    to: CommentStatus,
    *,
    action: str,
    actor: Actor,
    now: datetime,
    reason: str = "",
    note: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Move a comment to another state (or leave it there, for a change of text), count it and write it in the log.

    The caller holds `lock_article_of` and commits; StaleDataError at the flush means that somebody was faster.
    """
    was = comment.status
    if to is not was:
        comment.decided_at = now
    comment.status, comment.reason = to, reason
    comment.version += 1
    if to is not was or is_changed(comment, "html"):
        comment.picked_at = None  # What was picked is what readers saw.
    count_visible(comment, (to is CommentStatus.APPROVED) - (was is CommentStatus.APPROVED))
    record(
        action,
        actor=actor,
        subject=subject_of(comment.id),
        at=now,
        version=comment.version,
        from_state=was,
        to_state=to,
        reason=reason,
        note=note,
        details=details,
    )
    tell(comment, was, now=now)


def count_visible(comment: Comment, change: int) -> None:
    """Let the article's and the thread's counts follow a comment that appears (1), goes (-1) or does neither (0)."""
    if not change:
        return
    article = lock_article_of(comment.article_id)
    article.comment_count += change
    if comment.thread_id is None:
        if comment.reply_count == 0:  # Else a tombstone stood in its place, or stands there now.
            count_thread(article, comment, change)
        return
    head = db.session.get_one(Comment, comment.thread_id, populate_existing=True)
    head.reply_count += change
    appeared, went = change == 1 and head.reply_count == 1, change == -1 and head.reply_count == 0
    if head.status is not CommentStatus.APPROVED and (appeared or went):
        count_thread(article, head, change)
