"""What happened to a comment, told from its entries in the audit log."""

from dataclasses import dataclass
from datetime import datetime

from davidson.audit.log import READER, REPORTS, SCREENING, SHELL
from davidson.audit.models import AuditEntry
from davidson.comments.reasons import reason_label
from davidson.comments.status import CommentStatus
from davidson.moderation.decisions import UNDOABLE

ACTORS = {
    SHELL.name: "the command line",
    READER.name: "its author",
    SCREENING.name: "the screening",
    REPORTS.name: "readers’ reports",
}
STATES = {
    CommentStatus.PENDING: "waiting",
    CommentStatus.APPROVED: "approved",
    CommentStatus.REJECTED: "rejected",
    CommentStatus.SPAM: "spam",
    CommentStatus.DELETED: "withdrawn by its author",
}
_AFTER_SENDING = {
    CommentStatus.PENDING: "screening held it",
    CommentStatus.APPROVED: "published at once",
    CommentStatus.SPAM: "screening took it for spam",
}
# What is said of an act in the same words whatever it changed.
_SAID = {
    "comment.reply": "Written by {who}",
    "comment.hold": "Held by {who}",
    "comment.edit": "Text changed by {who}",
    "comment.propose-text": "New text proposed by {who}",
    "comment.take-text-back": "New text taken back by {who}",
    "comment.accept-text": "New text approved by {who}",
    "comment.refuse-text": "New text refused by {who}",
    "comment.restore-text": "Decision on the new text undone by {who}",
    "comment.approve": "Approved by {who}",
    "comment.appeal": "Appeal by {who}",
    "comment.uphold": "Appeal upheld by {who}",
    "comment.dismiss": "Appeal dismissed by {who}",
    "comment.withdraw": "Withdrawn by {who}",
    "comment.erase": "Erased by {who}",
    "comment.forget": "Erased as old spam",
}


@dataclass(frozen=True)
class Event:
    """One act on a comment, as a sentence without its full stop. `version` is the comment's after the act."""

    version: int
    at: datetime
    said: str
    note: str
    is_decision: bool


def event_of(entry: AuditEntry, staff_name: str | None) -> Event:
    """Tell one entry about a comment; `staff_name` is that of who acted, if they are a member of staff."""
    return Event(
        version=entry.version or 0,
        at=entry.at,
        said=_said(entry, staff_name or ACTORS.get(entry.actor, entry.actor)),
        note=entry.note,
        is_decision=entry.action in UNDOABLE,
    )


def state_told(status: CommentStatus, *, is_erased: bool) -> str:
    """A state as the desk names it."""
    return "erased" if is_erased else STATES[status]


def _said(entry: AuditEntry, who: str) -> str:
    if entry.action in _SAID:
        return _SAID[entry.action].format(who=who)
    removed = entry.from_state == CommentStatus.APPROVED
    because = f": {reason_label(entry.reason)}" if entry.reason else ""
    state = STATES[CommentStatus(entry.to_state)] if entry.to_state in STATES else entry.to_state
    match entry.action:
        case "comment.submit":
            outcome = _AFTER_SENDING.get(CommentStatus(entry.to_state), "")
            return f"Sent; {outcome}" if outcome else "Sent"
        case "comment.reject":
            return f"{'Removed' if removed else 'Rejected'} by {who}{because}"
        case "comment.spam":
            return f"{'Removed as' if removed else 'Marked as'} spam by {who}"
        case "comment.undo":
            return f"Decision undone by {who}; {state} again"
    return f"{entry.action} by {who}; now {state}{because}"
