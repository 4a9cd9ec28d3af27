"""What happened to a comment, told to its author: in plain words, with dates, and never by whose hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from davidson.audit.models import AuditEntry
from davidson.comments.reasons import reason_label
from davidson.comments.status import CommentStatus

_STATES = {
    CommentStatus.PENDING: "it waits for a moderator",
    CommentStatus.APPROVED: "it is on the page",
    CommentStatus.REJECTED: "it is not published",
    CommentStatus.SPAM: "it is taken for advertising",
    CommentStatus.DELETED: "it is deleted",
}
_SENT = {
    CommentStatus.PENDING: "You sent it. It was held for a moderator",
    CommentStatus.APPROVED: "You sent it, and it was published at once",
    CommentStatus.SPAM: "You sent it. It was taken for advertising",
}
_PLAIN = {
    "comment.propose-text": "You wrote a new text. The earlier one stays on the page until a moderator has read it",
    "comment.take-text-back": "You took your new text back",
    "comment.accept-text": "A moderator approved your new text",
    "comment.refuse-text": "A moderator did not take your new text. The earlier one stays",
    "comment.restore-text": "A moderator took that back. Your new text waits again",
    "comment.appeal": "You appealed",
    "comment.uphold": "Your appeal was upheld, and the comment restored",
    "comment.dismiss": "Your appeal was dismissed",
    "comment.hold": "Readers reported it, so it was taken off the page until a moderator has looked",
    "comment.withdraw": "You withdrew it",
    "comment.erase": "You erased it",
    "comment.forget": "It was erased, for what is taken for advertising is not kept for long",
}


@dataclass(frozen=True)
class Step:
    """One thing that happened, as one or two sentences without the last full stop; `version` is the comment's since."""

    at: datetime
    said: str
    version: int


def steps_of(entries: Iterable[AuditEntry]) -> tuple[Step, ...]:
    """Tell a comment's entries in the log, in their order."""
    return tuple(Step(entry.at, _said(entry), entry.version or 0) for entry in entries)


def _said(entry: AuditEntry) -> str:
    if entry.action in _PLAIN:
        return _PLAIN[entry.action]
    to, was_seen = entry.to_state, entry.from_state == CommentStatus.APPROVED
    because = f": {reason_label(entry.reason)}" if entry.reason else ""
    match entry.action:
        case "comment.submit":
            return _SENT[CommentStatus(to)] if to in _SENT else "You sent it"
        case "comment.edit":
            waits = {
                CommentStatus.PENDING: ". It goes on waiting",
                CommentStatus.SPAM: ". It was taken for advertising",
            }
            return "You changed the text" + next((told for state, told in waits.items() if state == to), "")
        case "comment.approve":
            return "A moderator restored it" if entry.from_state != CommentStatus.PENDING else "A moderator approved it"
        case "comment.reject":
            return f"A moderator {'removed it from the page' if was_seen else 'rejected it'}{because}"
        case "comment.spam":
            return "A moderator removed it as advertising" if was_seen else "A moderator took it for advertising"
        case "comment.undo":
            return f"A moderator took that back: {_STATES[CommentStatus(to)]}{' again' if to != 'deleted' else ''}"
    state = _STATES.get(CommentStatus(to), "") if to in set(CommentStatus) else ""
    return f"Since then {state}{because}" if state else "Something was noted about it"
