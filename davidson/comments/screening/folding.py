"""Different spellings of the same word made alike, with a way back to the text as typed."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from davidson.comments.screening.finding import Place
from davidson.comments.screening.lookalikes import LOOKALIKES
from davidson.text.marks import MARKS

LETTER = rf"(?:[^\W_]|[{MARKS}])"
"""A regular expression for one character of a word, in a folded text."""

MAX_EXPANSION = 4
"""A character that decomposes into more stays whole: U+FDFA alone would make a text 18 times as long."""

MOST_KEPT = 4096
"""Characters whose folding is kept: about as many as a language of many signs uses from day to day."""

# Blank or ignorable by their looks, though Unicode counts them as letters or marks.
_FILLERS = set("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
# Combining classes (Unicode 4.3) of marks that a word may lose and still be read: overlays, the points of Hebrew and
# Arabic, accents. Nukta, kana voicing and virama (7 to 9) change the letter and stay.
_SPARE_CLASSES = {1, *range(10, 36), *range(200, 256)}

_SPELLED = re.compile(rf"{LETTER}(?:{LETTER}|[@$!|](?={LETTER}))*+")
# Where a digit stands beside a letter, or a sign between two: only such words can be read in another way.
_NO_DIGIT = rf"[^\W\d_]|[{MARKS}@$!|]"
_MIXED = re.compile(rf"\d(?:{_NO_DIGIT})|(?:{_NO_DIGIT})\d|{LETTER}[@$!|](?={LETTER})")
_DIGITS_WITH_I = str.maketrans("013457@$!|", "oieastasil")
_DIGITS_WITH_L = str.maketrans("013457@$!|", "oleastasll")


@dataclass(frozen=True)
class Folded:
    """A text in two foldings of equal length, each character knowing where it came from.

    `plain` is compatibility-decomposed (NFKD) and case-folded, without accents and invisible characters. `skeleton` is
    the same with lookalikes of other scripts replaced by the Latin letters they pass for. Words written in Greek or
    Cyrillic are best sought in `plain`: in the skeleton capital and small eta look like different letters.
    """

    plain: str
    skeleton: str
    starts: Sequence[int]
    ends: Sequence[int]

    def place(self, start: int, end: int) -> Place:
        """Give the place in the source as typed that became the folded characters from `start` to `end`."""
        return Place(self.starts[start], self.ends[end - 1])

    def readings(self) -> tuple[str, ...]:
        """Give every way to read the text, all of one length: plain, skeleton, and digits read as letters."""
        if _MIXED.search(self.skeleton):
            spelled = [_read_digits(self.skeleton, table) for table in (_DIGITS_WITH_I, _DIGITS_WITH_L)]
        else:
            spelled = []
        return tuple(dict.fromkeys((self.plain, self.skeleton, *spelled)))


@lru_cache(maxsize=16)
def fold(source: str) -> Folded:
    """Fold a text in one pass. Several rules ask for the same text in a row, so the last few are kept."""
    if all(len(_fold_character(character)[0]) == 1 for character in set(source)):
        # Nearly every comment: no character vanishes or becomes several, so each stays in its place.
        length = len(source)
        return Folded(source.translate(_PLAIN), source.translate(_SKELETON), range(length), range(1, length + 1))
    plain: list[str] = []
    skeleton: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for offset, character in enumerate(source):
        folded, looks = _fold_character(character)
        plain.append(folded)
        skeleton.append(looks)
        starts.extend([offset] * len(folded))
        ends.extend([offset + 1] * len(folded))
        if not folded and ends and unicodedata.combining(character):
            # An accent that was dropped belongs to the letter before it, also when that is marked on a card.
            ends[-1] = offset + 1
    return Folded("".join(plain), "".join(skeleton), tuple(starts), tuple(ends))


def skeleton_of(source: str) -> str:
    """Give the skeleton alone, many times faster than `fold`, for texts in which no place is sought."""
    return source.translate(_SKELETON)


@lru_cache(maxsize=MOST_KEPT)
def _fold_character(character: str) -> tuple[str, str]:
    decomposed = unicodedata.normalize("NFKD", character)
    parts = [part for part in (decomposed if len(decomposed) <= MAX_EXPANSION else character) if not _is_spare(part)]
    plain = "".join(part.casefold() for part in parts)
    return plain, "".join(LOOKALIKES.get(part, part.casefold()) for part in parts)


def _is_spare(part: str) -> bool:
    """Tell whether a decomposed character may vanish: an accent, or something nobody sees."""
    category = unicodedata.category(part)
    if category == "Mn":
        return unicodedata.combining(part) in _SPARE_CLASSES or part in _FILLERS or _is_variation(part)
    return category in {"Cf", "Me"} or part in _FILLERS or (category == "Cc" and part not in "\t\n\r")


def _is_variation(part: str) -> bool:
    return "\ufe00" <= part <= "\ufe0f" or "\U000e0100" <= part <= "\U000e01ef" or "\u180b" <= part <= "\u180f"


def _read_digits(text: str, table: dict[int, int]) -> str:
    """Read digits and signs as letters in every word that has a letter, as in "v1agra" or "ca$ino"."""
    return _SPELLED.sub(lambda word: word[0] if word[0].isdecimal() else word[0].translate(table), text)


class _Translation(dict[int, str]):
    """What each character that was met is folded to, for `str.translate`; the first so many are kept."""

    def __init__(self, folding: int) -> None:
        super().__init__({code: _fold_character(chr(code))[folding] for code in range(128)})
        self.folding = folding

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))[self.folding]
        if len(self) < MOST_KEPT:
            self[code] = folded
        return folded


_PLAIN, _SKELETON = _Translation(0), _Translation(1)
