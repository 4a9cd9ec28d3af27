"""Links found in a text as typed, in any of the notations that people and programs try.

Comments show bare links only, yet the notations of other sites (Markdown, HTML, BBCode) tell much about a sender. Every
pattern takes linear time on any text: its repetitions are possessive and stop at what begins the next match.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from davidson.comments.screening.finding import Place
from davidson.comments.screening.folding import Folded, fold

_MARKDOWN = re.compile(r"\[([^\[\]]*+)\]\(\s*+<?+((?:[^()\s<>]|\([^()\s<>]*+\))*+)[^()]*+\)")
_HTML = re.compile(r"<a\s([^<>]*+)>([^<]*+)")
_HREF = re.compile(r"href\s*+=\s*+[\"']?+([^\"'\s<>]*+)")
_BBCODE = re.compile(r"\[url=([^\[\]\s]*+)\]([^\[]*+)")
_BARE = re.compile(r"(?:https?://(?:\[[0-9a-f:.]++\]|(?=\w))|(?<![^\W_])www\.(?=[^\W_]))[^\s<>\"\]]*+")
# What an address may be in a notation of its own. A bare "p.5" or "see below" between brackets is no address.
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*+:\S|//|(?:[\w-]++\.)++[^\W\d_]{2,}+(?:[/?#:]|$)")
# What one of these patterns begins with; a text without any has no link.
_MARKS_OF_LINKS = ("://", "www.", "](", "<a", "[url=")
_PREFIX = re.compile(r"^(?:https?:)?(?://)?(?:www\.)?")
_TRAILING = ".,;:!?'*_`~)}"

Span = tuple[int, int]


@dataclass(frozen=True)
class Link:
    """A link as typed: where it leads; its text, None for a bare address; its place in the source."""

    target: str
    label: str | None
    place: Place

    @property
    def is_disguised(self) -> bool:
        """Tell whether the text differs from the target. The target's host alone, or without `www.`, is no disguise."""
        if self.label is None:
            return False
        label = _comparable(self.label)
        target = _comparable(self.target)
        return label not in {target, re.split("[/?#]", target, maxsplit=1)[0]}


@lru_cache(maxsize=16)
def links_in(source: str) -> tuple[Link, ...]:
    """Give the links of a text in their order: bare http(s) and www. addresses, Markdown, HTML and BBCode links.

    They are sought in the folded text, because a zero-width character inside "http" is gone when the comment is shown.
    The last few texts are kept, since several rules ask for the same.
    """
    folded = fold(source)
    text = folded.plain
    if not any(mark in text for mark in _MARKS_OF_LINKS):
        return ()
    found: list[Link] = []
    covered = bytearray(len(text))
    for (start, end), target, label in (*_markdown(text), *_html(text), *_bbcode(text)):
        if _ADDRESS.match(text, *target) and not any(covered[start:end]):
            covered[start:end] = b"\x01" * (end - start)
            leads_to, says = (_as_typed(source, folded, span) for span in (target, label))
            found.append(Link(leads_to, says, folded.place(start, end)))
    for match in _BARE.finditer(text):
        taken = covered.find(1, *match.span())
        if taken != match.start():
            address = text[match.start() : match.end() if taken < 0 else taken]
            span = (match.start(), match.start() + len(_without_trailing(address)))
            found.append(Link(_as_typed(source, folded, span), None, folded.place(*span)))
    return tuple(sorted(found, key=lambda link: link.place))


def _markdown(text: str) -> Iterator[tuple[Span, Span, Span]]:
    """Yield the spans of each Markdown link, of its target and of its label."""
    for match in _MARKDOWN.finditer(text):
        yield match.span(), match.span(2), match.span(1)


def _html(text: str) -> Iterator[tuple[Span, Span, Span]]:
    """Yield the spans of each HTML link up to the end of its text, of its target and of its text."""
    for match in _HTML.finditer(text):
        if href := _HREF.search(text, *match.span(1)):
            yield match.span(), href.span(1), match.span(2)


def _bbcode(text: str) -> Iterator[tuple[Span, Span, Span]]:
    """Yield the spans of each BBCode link up to the end of its text, of its target and of its text."""
    for match in _BBCODE.finditer(text):
        yield match.span(), match.span(1), match.span(2)


def _as_typed(source: str, folded: Folded, span: Span) -> str:
    start, end = span
    if start == end:
        return ""
    place = folded.place(start, end)
    return source[place.start : place.end]


def _without_trailing(address: str) -> str:
    """Cut the punctuation that ends a sentence, not an address; a closing bracket stays if it was opened inside."""
    end = len(address)
    opened = address.count("(") - address.count(")")
    while end and address[end - 1] in _TRAILING:
        if address[end - 1] == ")":
            if opened >= 0:
                break
            opened += 1
        end -= 1
    return address[:end]


def _comparable(address: str) -> str:
    return _PREFIX.sub("", fold(address).plain.strip()).rstrip("/")
