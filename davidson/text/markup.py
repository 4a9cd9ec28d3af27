"""The small markup of comments: what a reader types becomes paragraphs, quotes, lists, emphasis, code and links.

Typed HTML is text here. Every typed character is escaped on its way into `Markup`, whose joins and formats
escape what is not yet markup, and the result still goes through the sanitiser.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from markupsafe import Markup

from davidson.text.bounds import require_length
from davidson.text.links import BARE_LINK, is_web_link, trimmed
from davidson.text.normalise import normalise
from davidson.text.sanitise import COMMENT_REL, MAX_COMMENT_LENGTH, sanitise_comment_html

RENDERER = 1
"""Counted up whenever the same source gives other HTML, so that stored comments can be rendered again."""

MAX_QUOTE_DEPTH = 3
MAX_RENDERED_TAGS = 600
# An ampersand within a link becomes five characters twice; nothing else grows as much.
_MAX_GROWTH = 16

_BULLET = re.compile(r" {0,3}- +(?=\S)")
_NUMBER = re.compile(r" {0,3}([0-9]{1,3})\. +(?=\S)")
_QUOTE = re.compile(r" {0,3}> ?")
_QUOTES = re.compile(r"[ >]*")
_INLINE = re.compile(rf"`(?P<code>[^`\n]+)`|(?P<link>{BARE_LINK})|(?P<stars>\*+)")
_STARS = {1: ("*",), 2: ("**",), 3: ("**", "*")}
_ELEMENT = {"*": "em", "**": "strong"}


def render_comment(source: str, *, max_length: int = MAX_COMMENT_LENGTH) -> Markup:
    """Give the HTML of a comment from its source as typed.

    A source that would make more than MAX_RENDERED_TAGS tags is shown as one plain paragraph. Raises
    TextTooLong over `max_length` characters.
    """
    require_length(source, max_length)
    text = normalise(source).strip("\n")
    html = Markup("\n").join(_blocks(text.split("\n"), depth=0))
    if html.count("<") > MAX_RENDERED_TAGS:
        html = Markup("<p>{}</p>").format(text)
    return sanitise_comment_html(html, max_length=_MAX_GROWTH * max_length + 100, max_tags=MAX_RENDERED_TAGS)


def _blocks(lines: Iterable[str], *, depth: int) -> Iterator[Markup]:
    """Give a comment's blocks one by one; `depth` is the number of quotes around them."""
    for kind, group in groupby(lines, key=_kind_of):
        block = list(group)
        if kind == "quote":
            # Quotes within the innermost are shown at its level, so that nesting stays bounded.
            marker = _QUOTE if depth + 1 < MAX_QUOTE_DEPTH else _QUOTES
            inner = (marker.sub("", line, count=1) for line in block)
            yield Markup("<blockquote>\n{}\n</blockquote>").format(Markup("\n").join(_blocks(inner, depth=depth + 1)))
        elif kind == "bullet":
            yield _list_of(block, marker=_BULLET, element="ul")
        elif kind == "number" and _counts_from_one(block):
            yield _list_of(block, marker=_NUMBER, element="ol")
        elif kind != "blank":
            yield Markup("<p>{}</p>").format(_inline("\n".join(line.strip() for line in block)))


def _kind_of(line: str) -> str:
    if not line.strip():
        return "blank"
    for kind, marker in (("quote", _QUOTE), ("bullet", _BULLET), ("number", _NUMBER)):
        if marker.match(line):
            return kind
    return "text"


def _counts_from_one(lines: list[str]) -> bool:
    """Tell whether the numbers typed are those that a browser would show, since `ol` carries no start."""
    numbers = [int(found[1]) for line in lines if (found := _NUMBER.match(line))]
    return numbers == list(range(1, len(lines) + 1))


def _list_of(lines: list[str], *, marker: re.Pattern[str], element: str) -> Markup:
    items = (Markup("<li>{}</li>").format(_inline(marker.sub("", line, count=1).strip())) for line in lines)
    return Markup("<{0}>\n{1}\n</{0}>").format(element, Markup("\n").join(items))


def _inline(text: str) -> Markup:
    """Give one paragraph's text with code, links, emphasis and line breaks, in one pass from left to right."""
    line = _Line()
    position = 0
    while found := _INLINE.search(text, position):
        line.pieces.append(text[position : found.start()])
        position = found.end()
        if found["code"] is not None:
            line.pieces.append(Markup("<code>{}</code>").format(found["code"]))
        elif found["link"] is not None:
            url = trimmed(found["link"])
            position = found.start() + len(url)
            line.pieces.append(_link(url))
        else:
            line.add_stars(found["stars"], text[found.start() - 1 : found.start()], text[position : position + 1])
    line.pieces.append(text[position:])
    return Markup("").join(line.pieces).replace("\n", Markup("<br>\n"))


def _link(url: str) -> Markup | str:
    scheme, colon, rest = url.partition(":")
    address = scheme.lower() + colon + rest
    if not is_web_link(address):
        return url
    return Markup('<a href="{}" rel="{}">{}</a>').format(address, COMMENT_REL, url)


class _Line:
    """The pieces of a paragraph: `str` is text still to be escaped, `Markup` is finished."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._opened: dict[str, int] = {}

    def add_stars(self, stars: str, before: str, after: str) -> None:
        """Open or close emphasis with a run of stars that stands between `before` and `after`.

        A run opens only ahead of a word and closes only behind one, so that `2 * 3` and `2*3*4` stay sums.
        """
        opens = not _is_space(after) and not _is_ascii_word(before)
        closes = not _is_space(before) and not _is_ascii_word(after)
        marks = _STARS.get(len(stars), (stars,))
        for mark in sorted(marks, key=lambda mark: self._opened.get(mark, -1), reverse=True):
            if closes and mark in self._opened:
                self._close(mark)
            else:
                if opens and mark in _ELEMENT:
                    self._opened[mark] = len(self.pieces)
                self.pieces.append(mark)

    def _close(self, mark: str) -> None:
        """Turn the opening stars into a start tag; whatever was opened after them stays stars."""
        start = self._opened.pop(mark)
        self._opened = {other: place for other, place in self._opened.items() if place < start}
        self.pieces[start] = Markup("<{}>").format(_ELEMENT[mark])
        self.pieces.append(Markup("</{}>").format(_ELEMENT[mark]))


def _is_space(character: str) -> bool:
    return not character or character.isspace()


def _is_ascii_word(character: str) -> bool:
    return character.isascii() and character.isalnum()
