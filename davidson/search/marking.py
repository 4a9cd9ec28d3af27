"""Where what is looked for stands in a text: marked, and the piece around it that says most. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice

from markupsafe import Markup, escape

from davidson.search.words import Words
from davidson.text.excerpt import ELLIPSIS
from davidson.text.indexed import as_shown

PIECE = 220
"""Characters of the piece of a text that is shown."""
LEAD_IN = 80
"""Characters of it before the first hit, at most."""
MOST_HITS = 300
"""Hits among which the best piece is looked for."""

_SENTENCE = re.compile(r"[.!?…][\"”’)\]]*\s")


def _base(code: int) -> str | None:
    """The Latin letter that a letter with accents is folded to; one for one, so that places stay the same."""
    taken_apart = unicodedata.normalize("NFD", chr(code))
    base, marks = taken_apart[0], taken_apart[1:]
    return base if marks and base.isascii() and base.isalpha() and all(map(unicodedata.combining, marks)) else None


_FOLDED: dict[int, str] = {code: base for code in range(0xC0, 0x1F00) if (base := _base(code))} | {ord("_"): " "}


class Marker:
    """Marks words in texts as they are indexed (`text.indexed`), and gives safe HTML of what is shown of them."""

    def __init__(self, words: Words) -> None:
        phrases = dict.fromkeys((*words.phrases, *words.any_of))
        spelled = sorted((r"[\W_]+".join(map(re.escape, phrase.split(" "))) for phrase in phrases), key=len)
        self._hits = re.compile(rf"(?<!\w)(?:{'|'.join(reversed(spelled))})(?!\w)") if spelled else None

    def marked(self, text: str) -> Markup:
        """The whole text."""
        return _marked(text, self._places(text))

    def quoted(self, *texts: str) -> Markup:
        """The piece of these texts in which most of what is looked for stands, the first of several.

        Where nothing of it stands, that is the beginning of the first. A piece begins with a sentence where one is
        near, and what is cut away before and after is an ellipsis.
        """
        pieces = [self._piece(text) for text in texts if text]
        return max(pieces, key=lambda piece: piece[0])[1] if pieces else Markup("")

    def _piece(self, text: str) -> tuple[int, Markup]:
        """A text's best piece, and how many different words and phrases it has."""
        places = list(islice(self._places(text), MOST_HITS))
        begin, end = _around(text, _best(text, places))
        within = [(first - begin, last - begin) for first, last in places if begin <= first and last <= end]
        before, after = ELLIPSIS if begin else "", ELLIPSIS if end < len(text) else ""
        piece = text[begin:end]
        told = {piece[first:last].translate(_FOLDED).lower() for first, last in within}
        return len(told), Markup("{}{}{}").format(before, _marked(piece, within), after)

    def _places(self, text: str) -> Iterator[tuple[int, int]]:
        if self._hits is not None:
            yield from (found.span() for found in self._hits.finditer(text.translate(_FOLDED).lower()))


def _marked(text: str, places: Iterator[tuple[int, int]] | Sequence[tuple[int, int]]) -> Markup:
    pieces: list[Markup] = []
    done = 0
    for begin, end in places:
        pieces += [escape(as_shown(text[done:begin])), Markup("<mark>{}</mark>").format(as_shown(text[begin:end]))]
        done = end
    return Markup("").join([*pieces, escape(as_shown(text[done:]))])


def _best(text: str, places: Sequence[tuple[int, int]]) -> int:
    """Where the piece's first hit is: the one after which most different ones follow within the piece."""

    def told(number: int) -> int:
        begin = places[number][0]
        near = (
            text[first:last].lower() for first, last in islice(places, number, None) if last < begin + PIECE - LEAD_IN
        )
        return len(set(islice(near, 20)))

    return places[max(range(len(places)), key=told)][0] if places else 0


def _around(text: str, hit: int) -> tuple[int, int]:
    """The ends of the piece about a hit: from the beginning of a sentence, or else of a word, to the end of a word."""
    begin = max(0, hit - LEAD_IN)
    if begin:
        sentences = [found.end() for found in _SENTENCE.finditer(text, begin, hit)]
        begin = sentences[-1] if sentences else text.find(" ", begin, hit) + 1 or begin
    if len(text) <= begin + PIECE:
        return begin, len(text)
    end = text.rfind(" ", hit, begin + PIECE)
    return begin, end if end > hit else begin + PIECE
