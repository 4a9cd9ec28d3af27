"""How long a text is to read."""

import re
from collections.abc import Iterable

from markupsafe import Markup

from davidson.text.excerpt import plain_text

WORDS_A_MINUTE = 238
"""How many words adults read silently in a minute (Brysbaert 2019, a review of 190 studies)."""
_WORD = re.compile(r"\S*\w\S*")
# Written without spaces, and about two of them make a word.
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def count_words(parts: Iterable[Markup]) -> int:
    """The number of words in clean HTML, without its figures, notes and what stands between its parts."""
    text = " ".join(map(plain_text, parts))
    return len(_WORD.findall(_IDEOGRAPH.sub(" ", text))) + (len(_IDEOGRAPH.findall(text)) + 1) // 2


def minutes_to_read(words: int) -> int:
    """How many minutes so many words take, one at least; 0 for none."""
    return max(1, round(words / WORDS_A_MINUTE)) if words else 0
