"""How readers and moderators are told of the screening's rules and of what refuses a comment."""

from davidson.comments.reasons import LABELS, Reason
from davidson.comments.status import CommentStatus

RULE_NAMES = {
    "strangers": "A first comment",
    "mode": "Every comment waits",
    "ban": "A sender held back by a moderator",
    "breaker": "A wave of spam",
    "wording": "The newsroom’s word lists",
    "links": "Links",
    "duplicates": "The same text again",
    "names": "A borrowed name",
    "honeypot": "A field that people do not see",
    "learned": "Like what was spam before",
    "heat": "A heated thread",
    "reports": "Reports of readers",
    "pace": "Sent faster than anybody writes",
}


def rule_name(rule: str) -> str:
    """The name of a rule; of one that has none here, its own."""
    return RULE_NAMES.get(rule, rule.capitalize())


def refusal_name(reason: str) -> str:
    """The name of a reason, or of spam, which is one by itself; of one that has none here, its own."""
    if reason == CommentStatus.SPAM:
        return "Spam"
    return LABELS[Reason(reason)] if reason in LABELS else reason
