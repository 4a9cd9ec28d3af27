"""Bounds on text that hold before any parser sees it, because parsers are slow on what attackers write."""

import re

_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)?")
# These close themselves or are closed by their next sibling, so a start tag without an end tag nests nothing.
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
_UNNESTED = _VOID | {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot"}


class TextTooLong(ValueError):
    """The text has more characters than its kind may have."""

    def __init__(self, length: int, limit: int) -> None:
        """Keep both numbers, in characters, for the message to whoever wrote the text."""
        super().__init__(f"{length} characters, at most {limit} are allowed")
        self.length = length
        self.limit = limit


def require_length(text: str, limit: int) -> None:
    """Raise TextTooLong if `text` has more than `limit` characters."""
    if len(text) > limit:
        raise TextTooLong(len(text), limit)


def limit_markup(html: str, *, max_tags: int, max_depth: int) -> str:
    """Turn each `<` after the first `max_tags`, and each that would nest deeper than `max_depth`, into text.

    HTML parsers reopen every unclosed formatting element in each new paragraph, so time and output grow with
    the product of depth and tags. The depth is an estimate from above that one linear scan can give.
    """
    pieces: list[str] = []
    position = depth = 0
    for count, tag in enumerate(_TAG.finditer(html), start=1):
        nests = tag["name"] is not None and tag["name"].lower() not in _UNNESTED
        opens = nests and not tag["end"]
        if count > max_tags or (opens and depth >= max_depth):
            pieces += html[position : tag.start()], "&lt;"
            position = tag.start() + 1
        elif nests:
            depth = depth + 1 if opens else max(depth - 1, 0)
    pieces.append(html[position:])
    return "".join(pieces)
