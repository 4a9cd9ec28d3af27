"""Single rows that the decisions and the desk look up: a comment as it is now, and its entries in the log."""

from sqlalchemy import select

from davidson.audit.models import AuditEntry
from davidson.comments.models import Comment
from davidson.comments.states import subject_of
from davidson.database import db
from davidson.web.paging import MOST


def article_id_of(comment_id: int) -> int | None:
    """The article that a comment stands under; None where there is no such comment."""
    if not 0 < comment_id <= MOST:  # The stores' integers end there.
        return None
    return db.session.scalar(select(Comment.article_id).where(Comment.id == comment_id))


def comment_afresh(comment_id: int) -> Comment:
    """The comment as the store has it now, whatever this session read of it before."""
    statement = select(Comment).where(Comment.id == comment_id).execution_options(populate_existing=True)
    return db.session.execute(statement).scalar_one()


def entry_at(comment_id: int, version: int) -> AuditEntry | None:
    """The entry that tells how a comment came to that version."""
    return db.session.scalar(
        select(AuditEntry).where(AuditEntry.subject == subject_of(comment_id), AuditEntry.version == version)
    )
