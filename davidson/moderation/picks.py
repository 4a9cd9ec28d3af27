"""Editors' picks: marking an approved comment, and taking the mark away. Nothing here commits.

A pick is neither a state nor a text, so it counts no version: a moderator's open page stays good. It ends with the
next change of either (`comments.states.change_state`).
"""

from datetime import datetime

from davidson.audit.log import Actor, record
from davidson.comments.models import Comment
from davidson.comments.states import subject_of
from davidson.comments.status import CommentStatus
from davidson.moderation.decisions import NotDecidable, locked_comment


def pick(comment_id: int, *, version: int, actor: Actor, now: datetime) -> None:
    """Make an approved comment an editor's pick; one that is stays as it is, unrecorded. The caller commits.

    `version` is the one that was seen. Raises NoSuchComment, Stale and, where it is not approved, NotDecidable.
    """
    comment = _approved(comment_id, version)
    if comment.picked_at is None:
        comment.picked_at = now
        _record(comment, "comment.pick", actor, now)


def unpick(comment_id: int, *, version: int, actor: Actor, now: datetime) -> None:
    """Take the mark of a pick away; else like `pick`."""
    comment = _approved(comment_id, version)
    if comment.picked_at is not None:
        comment.picked_at = None
        _record(comment, "comment.unpick", actor, now)


def _approved(comment_id: int, version: int) -> Comment:
    comment = locked_comment(comment_id, version)
    if comment.status is not CommentStatus.APPROVED:
        raise NotDecidable(comment.status)
    return comment


def _record(comment: Comment, action: str, actor: Actor, now: datetime) -> None:
    state = comment.status
    record(action, actor=actor, subject=subject_of(comment.id), at=now, from_state=state, to_state=state)
