"""Families of words that invite, promote and sell, whatever the spelling: what advertising says of itself in English.

A family counts beside its words, so that what was learned of "follow my page" tells of "sub to my channel" too.
"""

import re
from functools import lru_cache

LINK, HANDLE = "\x01", "\x02"
"""What stands for an address and for an @name in a row of words."""

_FAMILIES = {
    "follow": r"s[ua]b?[cs]{0,2}r[ie]+b.*|subs?|suscri.*|sucscri.*|unsub.*|follow.*",
    "act": (
        r"(?:add|buy|call|check|checkout|click|come|contact|dm|download|email|enter|give|go|hear|help|hit|invite|join"
        r"|listen|look|message|order|read|register|search|see|sign|support|take|tell|text|try|visit|vote|watch)"
        r"(?:s|ed|ing|in)?"
    ),
    "approach": r"(?:advertis|checkout|click|contact|dm|download|join|promot|signup|telegram|upload|visit|whatsapp).*",
    "mine": r"me|my|our|us|mine|myself",
    "self": r"i|im|i'm|i've|i'll|we|we're",
    "you": r"anyone|everybody|everyone|guys|hello|hey|hi|people|please|plea?s+e*|pl[sz]+|u|ur|you|your",
    "place": (
        r"(?:account|blog|canal|channel|facebook|fb|group|ig|insta|instagram|link|page|profile|shop|site|snapchat"
        r"|soundcloud|store|telegram|tiktok|tumblr|twitch|twitter|url|website|whatsapp)s?"
    ),
    "work": (
        r"(?:album|app|band|book|cover|game|gameplay|gaming|mixtape|music|playlist|rap|remix|song|vid|video|vlog)"
        r"(?:s|ing|ping)?"
    ),
    "remark": r"(?:comment|post|reply|replie)s?",
    "money": (
        r"(?:bitcoin|bonus|card|cash|casino|cheap|crypto|discount|dollar|earn|free|gift|giftcard|income|invest|job"
        r"|loan|money|offer|paid|pay|paypal|prize|profit|promo|rich|sale|usd|win)(?:s|ed|ing|ment)?"
    ),
    "spread": r"(?:dislike|like|rate|share|thumb|upvote)s?",
    "new": r"(?:artist|channel|first|latest|new|own|unsigned|upcoming|young)s?",
}
_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _FAMILIES.items())

TELLING = frozenset({"follow", "approach", "place", "money"})
"""Families of which one word alone says something."""

OPENING = frozenset({"act", "approach", "follow", "spread"})
"""Families that ask for something where they begin a sentence, as in "Check this out"."""

_FOLLOWED_BY = {
    "follow": "follow mine place you spread link handle",
    "act": "mine place link money new follow",
    "approach": "mine place link",
    "mine": "place work new follow link handle",
    "self": "work follow new money mine",
    "you": "follow money place spread",
    "place": "link handle",
    "money": "money link",
    "spread": "mine follow spread remark",
    "new": "work place new",
}
PAIRS = frozenset((first, second) for first, seconds in _FOLLOWED_BY.items() for second in seconds.split())
"""Families that say something together, the second within a few words of the first."""


@lru_cache(maxsize=8192)
def families_of(word: str) -> tuple[str, ...]:
    """The families of a folded word; few words have any."""
    if word in (LINK, HANDLE):
        return ("link",) if word == LINK else ("handle",)
    return tuple(name for name, pattern in _PATTERNS if pattern.fullmatch(word))
