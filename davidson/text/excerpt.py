"""Plain summaries of articles and comments, for cards, feeds and `<meta>`."""

import re
from html.parser import HTMLParser

from markupsafe import Markup

from davidson.text.normalise import normalise

ELLIPSIS = "\u2026"

# No-break spaces are not breaks, so only these count as space between words.
_BREAKS = re.compile(r"[ \t\n]+")
_LEFT_OVER = " ,;:.(\u2013\u2014-\u201c\u2018"

_INLINE_ELEMENTS = frozenset(["a", "em", "strong", "s", "code", "sub", "sup"])
_READ_ALSO_OR_NOTE = re.compile(
    r"^ {0,3}(?:>\s{0,9}\*\*READ ALSO\b.*|\[\^[^\]\n]{1,50}\]:.*|`{3}.*|[-=*]{3,}\s*)$", re.M | re.I
)
_LINE_MARKS = re.compile(r"^(?: {0,3}(?:>|#{1,6} |[-*+] |[0-9]{1,3}\. ))+ *", re.M)
_NOTE_MARK = re.compile(r"\[\^[^\]\n]{1,50}\]")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300}+)\]\([^()\n]{0,2000}+\)")
_EMPHASIS = re.compile(r"(?<![\w*~])(\*{1,3}|_{1,3}|~~|`)(?=\S)([^*_~`\n]{1,5000}+)(?<=\S)\1(?![\w*~])")


def excerpt(text: str, length: int) -> str:
    """Give the beginning of `text` in plain words, at most `length` characters, which is 1 or more.

    `Markup` is read as HTML that the sanitiser made, without its footnotes and figures; any other string as
    Markdown or a comment's source. What is cut ends at a word and with an ellipsis.
    """
    plain = plain_text(text) if isinstance(text, Markup) else _without_marks(normalise(text))
    plain = _BREAKS.sub(" ", plain).strip(" ")
    if len(plain) <= length:
        return plain
    head = plain[:length].rpartition(" ")[0] or plain[: length - 1]
    return head.rstrip(_LEFT_OVER) + ELLIPSIS


def _without_marks(source: str) -> str:
    """Take the marks of Markdown off; those that a reader would not miss, since nothing is rendered from this."""
    text = _LINE_MARKS.sub("", _READ_ALSO_OR_NOTE.sub("", source))
    text = _LINK.sub(r"\1", _NOTE_MARK.sub("", text))
    return _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", text))


def plain_text(html: Markup) -> str:
    """Give the words of HTML that the sanitiser made, without its footnotes and figures."""
    reader = _TextReader()
    reader.feed(html)
    reader.close()
    return "".join(reader.pieces)


class _TextReader(HTMLParser):
    """Collects the words of clean HTML, with a space wherever a block begins or ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._skipped: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin to skip at a figure and at anything that belongs to footnotes."""
        is_note = tag in {"section", "sup"} and (dict(attrs).get("class") or "").startswith("footnote")
        if self._skipped is None and (is_note or tag == "figure"):
            self._skipped = tag
        self._space(tag)

    def handle_endtag(self, tag: str) -> None:
        """End what is skipped, and the words of a block."""
        if tag == self._skipped:
            self._skipped = None
        self._space(tag)

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        if self._skipped is None:
            self.pieces.append(data)

    def _space(self, tag: str) -> None:
        if tag not in _INLINE_ELEMENTS:
            self.pieces.append(" ")
