"""The moderators' decisions: a comment's state, the counts that pages show and the audit log change together.

A decision names the version that was seen. Under the article's lock the comment is read afresh and compared, so of
two decisions on one version exactly one is taken and the other one is told. Nothing here commits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from davidson.audit.log import Actor
from davidson.audit.models import AuditEntry
from davidson.comments.breaker import follow_spam
from davidson.comments.models import AppealOutcome, Comment, Proposal
from davidson.comments.proposals import ACCEPT, REFUSE, accept, restore
from davidson.comments.queries import appeal_about, proposal_for
from davidson.comments.reasons import Reason
from davidson.comments.states import change_state
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation.lookups import comment_afresh, entry_at, lock_article_around
from davidson.moderation.teaching import take_back, teach


class Decision(StrEnum):
    """What a moderator decides; the values are those of the forms and the commands."""

    APPROVE = "approve"
    REJECT = "reject"
    SPAM = "spam"


OUTCOME = {
    Decision.APPROVE: CommentStatus.APPROVED,
    Decision.REJECT: CommentStatus.REJECTED,
    Decision.SPAM: CommentStatus.SPAM,
}
_TO_APPROVE = {CommentStatus.PENDING, CommentStatus.REJECTED, CommentStatus.SPAM}
_TO_REFUSE = {CommentStatus.PENDING, CommentStatus.APPROVED}
ALLOWED = {Decision.APPROVE: _TO_APPROVE, Decision.REJECT: _TO_REFUSE, Decision.SPAM: _TO_REFUSE}
ACTIONS = {decision: f"comment.{decision}" for decision in Decision}
UNDO = "comment.undo"
UPHOLD, DISMISS = "comment.uphold", "comment.dismiss"
UNDOABLE = {*ACTIONS.values(), UPHOLD, DISMISS, ACCEPT, REFUSE}
# What is refused for its tone may be said politely by anybody: that says nothing of spam. Advertising does.
_TEACHES_SPAM = {Reason.ADVERTISING}


class NoSuchComment(LookupError):
    """There is no comment with that id."""


class BadReason(ValueError):
    """A refusal takes one of the reasons of `davidson.comments.reasons`."""


class Stale(Exception):
    """The comment is no longer the version that was seen. The log's last entry says who changed it."""


class NotDecidable(Exception):
    """The state that the comment has allows no such decision: it was withdrawn, say, or there is nothing to undo."""


@dataclass(frozen=True)
class Decided:
    """A comment after a decision, the state it had before, and whether the decision changed anything."""

    comment: Comment
    was: CommentStatus
    changed: bool


def decide(
    comment_id: int,
    decision: Decision,
    *,
    version: int | None,
    actor: Actor,
    now: datetime,
    reason: str = "",
    note: str = "",
    details: Mapping[str, Any] | None = None,
) -> Decided:
    """Approve or reject a comment or mark it as spam, and record it. The caller commits.

    `version` is the one that was seen; None where nobody saw one, for the shell. A rejection needs a `reason`. A
    comment that is already what the decision makes of it stays as it is, unrecorded and with its reason; but to approve
    one whose author has proposed a new text approves that. `details` are written
    into its entry.
    Raises NoSuchComment, BadReason, Stale and NotDecidable, having changed nothing.
    """
    if decision is Decision.REJECT and reason not in set(Reason):
        raise BadReason(reason)
    comment = locked_comment(comment_id, version)
    was, outcome = comment.status, OUTCOME[decision]
    if was is outcome:
        proposal = proposal_for(comment_id) if outcome is CommentStatus.APPROVED else None
        if proposal is not None:
            accept_text(comment, proposal, actor=actor, now=now)
        return Decided(comment, was, changed=proposal is not None)
    if was not in ALLOWED[decision]:
        raise NotDecidable(was)
    kept_reason = reason if decision is Decision.REJECT else ""
    change_seen(
        comment, outcome, action=ACTIONS[decision], actor=actor, now=now, reason=kept_reason, note=note, details=details
    )
    is_spam = _lesson_of(decision, reason)
    if is_spam is not None:
        teach(comment, is_spam=is_spam, now=now)
    return Decided(comment, was, changed=True)


def undo(comment_id: int, *, version: int, actor: Actor, now: datetime) -> Decided:
    """Give a comment the state back that it had before its last decision, and record what that undoes.

    Only a decision that nothing followed can be undone, and an undo is none: to take it back, decide again. The
    caller commits. Raises NoSuchComment, Stale and NotDecidable, having changed nothing.
    """
    comment = locked_comment(comment_id, version)
    was, last = comment.status, entry_at(comment_id, comment.version)
    if last is None or last.action not in UNDOABLE:
        raise NotDecidable(was)
    if last.action in (ACCEPT, REFUSE):
        restore(comment, last, actor=actor, now=now)
    else:
        _put_back(comment, last, actor=actor, now=now)
    take_back(comment_id, version=version, now=now)
    return Decided(comment, was, changed=True)


def accept_text(comment: Comment, proposal: Proposal, *, actor: Actor, now: datetime) -> None:
    """Let a new text take the approved one's place, and learn that it is no spam.

    The caller holds the comment by `locked_comment`, and commits.
    """
    accept(comment, proposal, actor=actor, now=now)
    teach(comment, is_spam=False, now=now)


def decide_each(
    seen: Iterable[tuple[int, int]], decision: Decision, *, actor: Actor, now: datetime, reason: str = ""
) -> int:
    """Decide on comments given as (id, version), each with its own entry, and say how many there were to decide.

    What somebody else changed meanwhile is left alone. The caller commits, and gives the comments ordered by article:
    two such runs then lock articles in the same order and cannot block each other.
    """
    decided = 0
    for comment_id, version in seen:
        try:
            done = decide(comment_id, decision, version=version, actor=actor, now=now, reason=reason)
        except (NoSuchComment, Stale, NotDecidable):
            continue
        decided += done.changed
    return decided


def _lesson_of(decision: Decision, reason: str) -> bool | None:
    """Whether a decision teaches that its comment is spam, or that it is none; None where it teaches nothing."""
    match decision:
        case Decision.APPROVE:
            return False
        case Decision.SPAM:
            return True
        case Decision.REJECT:
            return True if reason in _TEACHES_SPAM else None


def locked_comment(comment_id: int, version: int | None) -> Comment:
    """The comment as it is now, with its discussion locked until the transaction ends.

    `version` is the one that was seen, None where nobody saw one. Raises NoSuchComment and Stale.
    """
    if lock_article_around(comment_id) is None:
        raise NoSuchComment(str(comment_id))
    comment = comment_afresh(comment_id)
    if version is not None and comment.version != version:
        raise Stale(str(comment_id))
    return comment


def change_seen(
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
    """Change the state within a savepoint: where a writer that held no lock was faster, only this act is lost.

    Raises Stale then.
    """
    comment_id, was, since = comment.id, comment.status, comment.decided_at
    try:
        with db.session.begin_nested():
            change_state(comment, to, action=action, actor=actor, now=now, reason=reason, note=note, details=details)
    except (StaleDataError, IntegrityError):
        raise Stale(str(comment_id)) from None
    follow_spam(comment, was=was, since=since, now=now)


def _put_back(comment: Comment, last: AuditEntry, *, actor: Actor, now: datetime) -> None:
    """Undo what moved the comment to its state, or answered an appeal, which waits again then."""
    if last.action in (UPHOLD, DISMISS):
        _reopen_appeal(comment.id)
    before = entry_at(comment.id, comment.version - 1)
    change_seen(
        comment,
        CommentStatus(last.from_state),
        action=UNDO,
        actor=actor,
        now=now,
        reason=before.reason if before else "",
        details={"undoes": last.id},
    )


def _reopen_appeal(comment_id: int) -> None:
    appeal = appeal_about(comment_id)
    if appeal is not None:
        appeal.outcome, appeal.answer, appeal.answered_at = AppealOutcome.OPEN, "", None
