"""What the learned score goes by: the words of a comment, their letters, its links, its shape and its sender's name.

Each feature is hashed to a bucket (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009), so
that the store keeps a number a bucket and no word. Numbers here are whole, so that what was added can be taken away
again without a rest.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import chain, islice, pairwise
from typing import NamedTuple
from zlib import crc32

from davidson.comments.screening.finding import Place
from davidson.comments.screening.folding import fold, skeleton_of
from davidson.comments.screening.vocabulary import HANDLE, LINK, OPENING, PAIRS, TELLING, families_of
from davidson.text.marks import MARKS

BUCKETS = 2**20
"""Buckets there are, and so the most rows that the store ever keeps for them."""

FEATURES_VERSION = 2
"""Counted up with each change to what a text is taken apart into: what was learned of the parts before tells little."""

MOST_FEATURES = 160
"""Features of one comment that count, and so the most rows that are read for it."""

HEAD, TAIL = 250, 150
"""Characters at a text's beginning and end that are looked at: a long one is judged as quickly as a short one."""

UNIT = 4
"""What counts as a value of 1."""

NO_TOKEN = -1

# What stands together tells more than what stands alone: single words are what an article is about.
_PAIR, _LETTERS, _NAME, _HOST, _FAMILY = 6, 1, 1, UNIT, 6
_STRONG = 2 * UNIT
_WINDOW = 5
_LETTERS_IN_A_ROW = 4
_LONGEST = 40
# Endings that are no words stand for an address even with spaces before them; "still. It" and "tell me.It" are none.
_CLEAR_ENDINGS = "biz|com|gl|info|ly|net|nl|org|ru|shop|site|tk|xyz"
_SHORT_ENDINGS = "co|de|fr|io|pl|tv|uk"
_WORDS_AS_ENDINGS = "be|it|me|us"
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff"
# Repetitions are possessive: each is followed by what it cannot hold, so going back into one finds nothing.
_WORD = rf"(?:[^\W_{_UNSPACED}]++|[{MARKS}]++)++"
_TOKEN = re.compile(
    r"(?P<link>(?:https?://|www\.)[^\s<>\"]{1,300}"
    r"|(?<![\w-])[a-z0-9-]{1,63}+(?:\.[a-z0-9-]{1,63}+){0,3}"
    rf"(?:(?: ?\. ?(?:{_CLEAR_ENDINGS})|\.(?:{_SHORT_ENDINGS}))\b(?:/[^\s<>\"]{{0,300}})?"
    rf"|\.(?:{_WORDS_AS_ENDINGS})/[^\s<>\"]{{1,300}})"
    r"|watch\?v=[\w-]{1,40})"
    r"|(?P<handle>(?<!\w)@ ?\w{1,60})"
    rf"|(?P<word>[{_UNSPACED}]|{_WORD}(?:['\u2019]{_WORD})?+)"
)
_ANY_WORD = re.compile(rf"[{_UNSPACED}]|{_WORD}")
_HOST_OF = re.compile(r"(?:https?://)?(?:www\.)?([^/?#:]*)")
_SENTENCE_END = re.compile(r"[.,:;!?\n]")
_DIGIT = re.compile(r"\d")
_REPEATED = re.compile(r"(\D)\1{2,}")
_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){6}")


class Token(NamedTuple):
    """A word, an address or an @name in a folded text. `says` is what counts of it, the host for an address.

    `opens` tells that it begins the text, a sentence or a part of one.
    """

    kind: str
    says: str
    start: int
    end: int
    opens: bool


Use = tuple[int, int, int, int]
"""One occurrence of a feature: its bucket and value, and the first and last of the tokens that it is of, if any."""


@dataclass(frozen=True)
class Features:
    """What a text and a name are, as numbers: a value for each bucket.

    `uses` are all occurrences of features, of those too that are too many to count.
    """

    values: Mapping[int, int]
    tokens: tuple[Token, ...]
    uses: Sequence[Use]
    source: str

    def place_of(self, token: Token) -> Place:
        """Where a token stands in the source as typed."""
        return fold(self.source).place(token.start, token.end)


def bucket_of(kind: str, *parts: str) -> int:
    """The bucket of a feature."""
    return crc32(" ".join((kind, *parts)).encode("utf-8", "surrogatepass")) % BUCKETS


ALWAYS: Use = (bucket_of("always"), UNIT, NO_TOKEN, NO_TOKEN)
"""What every comment has: its weight says how much of all that comes in is spam."""

SIGNS = {
    ("pace", "pending"): bucket_of("sent", "too soon"),
    ("pace", "approved"): bucket_of("sent", "without a script"),
    ("honeypot", "pending"): bucket_of("sent", "with the hidden field"),
}
"""How a comment was sent, as the findings of the rules about that tell it by rule and status, and its buckets."""


@lru_cache(maxsize=16)
def features_of(name: str, source: str) -> Features:
    """Take a comment apart. The last few are kept, for the store is asked about them before the rule counts them."""
    tokens = tuple(_tokens(source))
    uses = _uses(tokens, name, source)
    values = {bucket: value for bucket, value, _, _ in uses}
    return Features(dict(islice(values.items(), MOST_FEATURES)), tokens, uses, source)


def with_signs(values: Mapping[int, int], findings: Iterable[tuple[str, str]]) -> Mapping[int, int]:
    """The values of a text, and those of how it was sent, told by the rules and statuses of its findings."""
    return {**values, **{SIGNS[finding]: _STRONG for finding in findings if finding in SIGNS}}


def digest_of_text(source: str) -> str:
    """The same for texts that differ in spelling, case, spaces and punctuation alone: for copies of one another."""
    words = _ANY_WORD.findall(skeleton_of(source))
    return sha256(" ".join(words or source.split()).encode(errors="surrogatepass")).hexdigest()


def _tokens(source: str) -> Iterator[Token]:
    text = fold(source).skeleton
    tail = max(HEAD, len(text) - TAIL)
    last = 0
    for match in chain(_TOKEN.finditer(text, 0, HEAD), _TOKEN.finditer(text, tail)):
        kind = match.lastgroup or ""
        start, end = match.span()
        opens = not last or (start - last > 1 and _SENTENCE_END.search(text, last, start) is not None)
        yield Token(kind, _says(kind, match[0]), start, end, opens)
        last = end


def _says(kind: str, text: str) -> str:
    if kind == "word":
        return _plain_word(text)
    if kind == "handle":
        return "@"
    host = _HOST_OF.match(text.replace(" ", ""))
    return host[1] if host else ""


@lru_cache(maxsize=8192)
def _plain_word(text: str) -> str:
    """A word with no letter more than twice in a row, and its digits alike."""
    squeezed = _REPEATED.sub(r"\1\1", text[:_LONGEST]).replace("\u2019", "'")
    return squeezed if squeezed.isalpha() else _DIGIT.sub("0", squeezed)


def _uses(tokens: tuple[Token, ...], name: str, source: str) -> list[Use]:
    """What tells most comes first: of a text with too many features the others are left out."""
    words = [_STANDS_FOR.get(token.kind) or token.says for token in tokens]
    uses = [ALWAYS, *_of_shape(tokens, source), *_of_families(tokens, words)]
    for place, token in enumerate(tokens):
        if token.kind == "link":
            uses.append((bucket_of("host", token.says), _HOST, place, place))
            uses.append((bucket_of("ending", token.says.rpartition(".")[2]), _HOST, place, place))
    uses += [(_pair_bucket(*pair), _PAIR, place, place + 1) for place, pair in enumerate(pairwise(words))]
    uses += [(bucket, _LETTERS, place, place) for place, word in enumerate(words) for bucket in _word_buckets(word)]
    uses += [(bucket_of("name", token.says), _NAME, NO_TOKEN, NO_TOKEN) for token in islice(_tokens(name), 10)]
    return uses


@lru_cache(maxsize=8192)
def _pair_bucket(left: str, right: str) -> int:
    return crc32(f"pair {left} {right}".encode("utf-8", "surrogatepass")) % BUCKETS


_STANDS_FOR = {"link": LINK, "handle": HANDLE}


_SPELLED = crc32(b"letters ")


@lru_cache(maxsize=8192)
def _word_buckets(word: str) -> tuple[int, ...]:
    """The bucket of a word, then those of each four letters in a row of it, its ends counted as letters."""
    spelled = f" {word} " if len(word) >= _LETTERS_IN_A_ROW else ""
    rows = (spelled[start : start + _LETTERS_IN_A_ROW] for start in range(len(spelled) - _LETTERS_IN_A_ROW + 1))
    letters = [crc32(row.encode("utf-8", "surrogatepass"), _SPELLED) % BUCKETS for row in rows]
    return (bucket_of("word", word), *letters)


def _of_families(tokens: tuple[Token, ...], words: list[str]) -> Iterator[Use]:
    members = [(place, families) for place, word in enumerate(words) if (families := families_of(word))]
    for number, (place, families) in enumerate(members):
        for family in families:
            if family in TELLING:
                yield _FAMILY_BUCKETS[family], _FAMILY, place, place
            if family in OPENING and tokens[place].opens:
                yield _OPENING_BUCKETS[family], _STRONG, place, place
        for later, others in members[number + 1 : number + _WINDOW]:
            if later - place >= _WINDOW:
                break
            for family in families:
                for other in others:
                    if bucket := _PAIR_BUCKETS.get((family, other)):
                        yield bucket, _STRONG, place, later


_FAMILY_BUCKETS = {family: bucket_of("family", family) for family in TELLING}
_OPENING_BUCKETS = {family: bucket_of("opening", family) for family in OPENING}
_PAIR_BUCKETS = {pair: bucket_of("families", *pair) for pair in PAIRS}


def _of_shape(tokens: tuple[Token, ...], source: str) -> Iterator[Use]:
    """What a text holds besides words. Not how long or how loud it is: that differs from one article to the next."""
    links = [place for place, token in enumerate(tokens) if token.kind == "link"]
    if links:
        yield _HAS_LINK, _STRONG, links[0], links[0]
    if len(links) > 1:
        yield _HAS_LINKS, _STRONG, links[1], links[-1]
    if any(token.kind == "handle" for token in tokens):
        yield _HAS_HANDLE, _STRONG, NO_TOKEN, NO_TOKEN
    if _LONG_NUMBER.search(source, 0, HEAD):
        yield _HAS_NUMBER, _STRONG, NO_TOKEN, NO_TOKEN


_HAS_LINK, _HAS_LINKS, _HAS_HANDLE, _HAS_NUMBER = (
    bucket_of("has", what) for what in ("link", "links", "handle", "number")
)
