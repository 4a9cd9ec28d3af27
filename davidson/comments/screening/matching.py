"""Where terms occur in a text, however they are spelled."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from davidson.comments.screening.finding import Place
from davidson.comments.screening.folding import LETTER, Folded, fold
from davidson.text.marks import MARKS

MAX_GAP = 3
"""Characters that may stand between two words of one term, as in "free, money"; paragraphs are further apart."""

MIN_SPELLED_OUT = 3
"""Single letters in a row that are read as one word, as in "s p a m"."""

_WORD = re.compile(rf"(?:[^\W_]++|[{MARKS}])++")
# The comments' markup vanishes when it is shown, so "ca**si**no" reads "casino".
_MARKED_UP_WORD = re.compile(rf"{LETTER}++(?:[*_`]{{1,4}}+{LETTER}++)*+")
_MARKUP = re.compile(r"[*_`]+")
# Scripts written without spaces have no whole words to compare: Thai to Khmer, kana and Han.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]")


class Token(NamedTuple):
    """A word of a folded text and its span there."""

    word: str
    start: int
    end: int


@dataclass(frozen=True)
class TermIndex:
    """Terms by their first word, as (words, term); and those sought as they stand, as (folded text, term)."""

    phrases: dict[str, list[tuple[tuple[str, ...], str]]]
    literals: tuple[tuple[str, str], ...]


def find_terms(source: str, terms: tuple[str, ...]) -> dict[str, list[Place]]:
    """Give the terms that occur in `source`, in the order of `terms`, with their places in it as typed.

    Words are compared whole, after folding; a term of several words also matches when they are written as one. The
    time taken grows with the length of the text, times the number of terms that begin with one word.
    """
    index = _index(terms)
    folded = fold(source)
    found: dict[str, set[Place]] = defaultdict(set)
    for reading in folded.readings():
        for tokens in _tokenisations(reading, index):
            for term, start, end in _phrases_in(tokens, index):
                found[term].add(folded.place(start, end))
    for term, place in _literals_in(folded, index):
        found[term].add(place)
    return {term: sorted(found[term]) for term in dict.fromkeys(terms) if term in found}


class _Words(NamedTuple):
    """The different words of a text, and whether so many of one letter follow each other that they may be one."""

    distinct: frozenset[str]
    can_be_joined: bool


@lru_cache(maxsize=16)
def _words_of(text: str) -> _Words:
    words = _WORD.findall(text)
    lengths = "".join(["1" if len(word) == 1 else "+" for word in words])
    return _Words(frozenset(words), "1" * MIN_SPELLED_OUT in lengths)


@lru_cache(maxsize=8)
def _index(terms: tuple[str, ...]) -> TermIndex:
    """Fold the terms once for many comments: a newsroom's list changes far less often than one arrives."""
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    literals: list[tuple[str, str]] = []
    for term in dict.fromkeys(terms):
        folded = fold(term)
        if _UNSPACED.search(folded.plain) or not _WORD.search(folded.plain):
            if literal := folded.plain.strip():
                literals.append((literal, term))
            continue
        spellings = (tuple(_WORD.findall(text)) for text in (folded.plain, folded.skeleton))
        for words in dict.fromkeys(spellings):
            for sought in dict.fromkeys((words, ("".join(words),))):
                phrases[sought[0]].append((sought, term))
    return TermIndex(dict(phrases), tuple(literals))


def _tokenisations(text: str, index: TermIndex) -> Iterator[list[Token]]:
    """Cut a text into words in up to three ways: as written, without markup inside words, with letters joined.

    None for a text in which plainly no term begins, as in nearly every comment.
    """
    words = _words_of(text)
    if not _MARKUP.search(text) and not words.can_be_joined and index.phrases.keys().isdisjoint(words.distinct):
        return
    tokens = [Token(match[0], *match.span()) for match in _WORD.finditer(text)]
    yield tokens
    unmarked = [Token(_MARKUP.sub("", match[0]), *match.span()) for match in _MARKED_UP_WORD.finditer(text)]
    if len(unmarked) != len(tokens):
        yield unmarked
    joined = list(_join_single_letters(tokens))
    if len(joined) != len(tokens):
        yield joined


def _join_single_letters(tokens: Iterable[Token]) -> Iterator[Token]:
    run: list[Token] = []
    for token in tokens:
        if run and (len(token.word) > 1 or token.start - run[-1].end > MAX_GAP):
            yield from _as_one(run)
            run = []
        if len(token.word) > 1:
            yield token
        else:
            run.append(token)
    yield from _as_one(run)


def _as_one(run: list[Token]) -> list[Token]:
    if len(run) < MIN_SPELLED_OUT:
        return run
    return [Token("".join(token.word for token in run), run[0].start, run[-1].end)]


def _phrases_in(tokens: list[Token], index: TermIndex) -> Iterator[tuple[str, int, int]]:
    """Yield each term that begins at a token, with its span in the folded text."""
    for position, token in enumerate(tokens):
        for words, term in index.phrases.get(token.word, ()):
            taken = tokens[position : position + len(words)]
            if tuple(each.word for each in taken) == words and _stand_together(taken):
                yield term, token.start, taken[-1].end


def _stand_together(tokens: list[Token]) -> bool:
    return all(right.start - left.end <= MAX_GAP for left, right in pairwise(tokens))


def _literals_in(folded: Folded, index: TermIndex) -> Iterator[tuple[str, Place]]:
    for literal, term in index.literals:
        start = folded.plain.find(literal)
        while start >= 0:
            yield term, folded.place(start, start + len(literal))
            start = folded.plain.find(literal, start + len(literal))
