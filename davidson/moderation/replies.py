"""Replies of the staff: written on the staff side, published at once, and the only comments that bear the badge."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from davidson.audit.log import Actor, record
from davidson.comments.models import Comment
from davidson.comments.notices import tell_answered
from davidson.comments.screening.rules import RULES_VERSION
from davidson.comments.states import count_visible, subject_of
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation.decisions import NoSuchComment
from davidson.moderation.lookups import comment_afresh, lock_article_around
from davidson.text.markup import RENDERER, render_comment
from davidson.web.signing import keyed_hash


class NotAnswerable(Exception):
    """Readers do not see the comment, so there is nothing to answer."""


def reply(parent_id: int, source: str, *, staff_id: int, name: str, actor: Actor, now: datetime) -> Comment:
    """Store a staff member's reply under the name that they go by; the same one sent twice is one reply.

    It is approved, however the site holds comments, and may be given where readers may comment no more. Whoever wrote
    the parent and wants mails is sent one, as of a reader's reply. The caller commits. Raises NoSuchComment and
    NotAnswerable.
    """
    article = lock_article_around(parent_id)
    if article is None:
        raise NoSuchComment(str(parent_id))
    parent = comment_afresh(parent_id)
    if parent.status is not CommentStatus.APPROVED or not article.is_public(now):
        raise NotAnswerable(str(parent_id))
    fingerprint = keyed_hash("staff-reply", str(staff_id), str(parent_id), source)
    comment = Comment(
        article_id=article.id,
        parent_id=parent.id,
        thread_id=parent.thread_id or parent.id,
        name=name,
        source=source,
        html=render_comment(source),
        renderer=RENDERER,
        status=CommentStatus.APPROVED,
        findings=[],
        rules_version=RULES_VERSION,
        fingerprint=fingerprint,
        staff_id=staff_id,
        created_at=now,
        version=1,
    )
    try:
        with db.session.begin_nested():
            db.session.add(comment)
    except IntegrityError:
        return db.session.execute(select(Comment).where(Comment.fingerprint == fingerprint)).scalar_one()
    count_visible(comment, 1)
    record(
        "comment.reply",
        actor=actor,
        subject=subject_of(comment.id),
        at=now,
        version=1,
        to_state=comment.status,
        details={"findings": [], "rules_version": RULES_VERSION},
    )
    tell_answered(comment, now=now)
    return comment
