"""What somebody who searches typed, taken apart: words, "phrases" and -exclusions. Pure, and any text is good.

Both stores fold what they index in one way: no case, no accents on Latin letters. Here it is done to what is typed.
"""

import re
import unicodedata
from dataclasses import dataclass

from davidson.text.indexed import signs_apart
from davidson.text.marks import MARKS
from davidson.text.normalise import normalise

MOST_TERMS = 16
"""Words and phrases of a search that are looked for; what comes after them is left out."""

MAX_WORD = 100
"""Characters of a word. There are no longer ones but in what nobody means to find."""

_TERM = re.compile(r'(?P<without>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_QUOTES = str.maketrans("“”„«»″＂", '"""""""')
_ACCENTS = re.compile("([A-Za-z])[\u0300-\u036f]+")
# An underscore belongs to words for regular expressions alone.
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{MARKS}])*")


@dataclass(frozen=True)
class Words:
    """The words that are looked for. A phrase is one word or several in a row, folded, with a space between two.

    What is found has all of `phrases`, one of `any_of` if there are such, and none of `without`.
    """

    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.phrases or self.without or self.any_of)

    @property
    def signs_apart(self) -> "Words":
        """The same as an index has them in which signs of scripts without spaces stand apart (`text.indexed`)."""
        phrases, without, any_of = (
            tuple(folded(signs_apart(phrase)) for phrase in some) for some in (self.phrases, self.without, self.any_of)
        )
        return Words(phrases, without, any_of)


NO_WORDS = Words()


def words_in(typed: str) -> Words:
    """Take a search apart. Signs that are no words say nothing; without any word, nothing is looked for."""
    phrases: list[str] = []
    without: list[str] = []
    for term in _TERM.finditer(normalise(typed).translate(_QUOTES)):
        phrase = folded(term["phrase"] if term["phrase"] is not None else term["word"])
        if phrase:
            (without if term["without"] else phrases).append(phrase)
        if len(phrases) + len(without) == MOST_TERMS:
            break
    return Words(tuple(dict.fromkeys(phrases)), tuple(dict.fromkeys(without)))


def folded(text: str) -> str:
    """The words of a text in a row, as the stores' indexes have them: "Café-Bar!" is "cafe bar"."""
    plain = unicodedata.normalize("NFC", _ACCENTS.sub(r"\1", unicodedata.normalize("NFD", text))).lower()
    return " ".join(word for word in _WORD.findall(plain) if len(word) <= MAX_WORD)
