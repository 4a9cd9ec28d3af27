"""How readers are told of the screening's rules."""

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
