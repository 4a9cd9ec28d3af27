"""Picture credits: whether one names somebody."""

import re

# Where a picture was found, what it is, and the words that join the two.
OWNERLESS = re.compile(
    "bing|facebook|fb|flickr|google|instagram|internet|linkedin|online|pinterest|reddit|sites?|snapchat|social|media"
    "|networks?|telegram|tiktok|tumblr|twitter|web|website|weibo|whatsapp|wikimedia|wikipedia|commons|www|com|x|yahoo"
    "|youtube|account|feed|group|pages?|post|profile|results?|search|users?"
    "|graphic|grab|images?|photos?|photographs?|pics?|pictures?|screengrab|screenshot"
    "|anonymous|archive|author|file|handout|none|owner|photographer|stock|unidentified|unknown|unnamed"
    "|a|an|and|at|by|copied|courtesy|credits?|downloaded|for|found|from|in|of|on|or|s|shared|sources?|taken|the|to|via"
    "|with"
)
WORD = re.compile(r"[^\W_]+")


def names_no_owner(credit: str) -> bool:
    """Whether a credit tells only where a picture was found ("Photo from Google"), not whose it is.

    A name beside such words ("Ada Lovelace via Facebook") is an owner.
    """
    return all(OWNERLESS.fullmatch(word) for word in WORD.findall(credit.casefold()))
