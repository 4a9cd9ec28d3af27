"""Why a comment may be refused: what a moderator chooses, and what the reader is told."""

from enum import StrEnum


class Reason(StrEnum):
    """A reason for a refusal; the value is what the store and the command line show."""

    ABUSE = "abuse"
    OFF_TOPIC = "off-topic"
    FALSE = "false"
    PERSONAL_DATA = "personal-data"
    ADVERTISING = "advertising"
    DUPLICATE = "duplicate"
    OTHER = "other"


OLD_SPAM = "old spam"
"""The reason of a comment that was erased for having been spam long enough; nobody chooses it."""

LABELS = {
    Reason.ABUSE: "Insults or threats",
    Reason.OFF_TOPIC: "Off the subject",
    Reason.FALSE: "False claims of fact",
    Reason.PERSONAL_DATA: "Personal details",
    Reason.ADVERTISING: "Advertising",
    Reason.DUPLICATE: "Said before",
    Reason.OTHER: "Otherwise against the rules",
}
TEXTS = {
    Reason.ABUSE: "It attacks or threatens people. Disagree with what is said, not with who says it.",
    Reason.OFF_TOPIC: "It is not about the article or the discussion below it.",
    Reason.FALSE: "It states as fact what is demonstrably untrue.",
    Reason.PERSONAL_DATA: "It gives away personal details of somebody.",
    Reason.ADVERTISING: "It is there to sell or to promote something.",
    Reason.DUPLICATE: "The same was said in this discussion before.",
    Reason.OTHER: "It harms the discussion in a way that none of the other rules names.",
}


def reason_text(reason: str) -> str:
    """What a reader is told; empty where no reason was given, and a text that is none of ours as it is."""
    return TEXTS[Reason(reason)] if reason in TEXTS else reason


def reason_label(reason: str) -> str:
    """A reason in a few words; a text that is none of ours as it is."""
    return LABELS[Reason(reason)] if reason in LABELS else reason
