"""READ ALSO: a block quote that refers to other articles, kept as references so that no link can go dead.

A page puts the parts of the body and its references together anew each time: `parts[0]`, the first reference,
`parts[1]` and so on. Between requests the parts lie in one column, joined by a separator.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from markupsafe import Markup

from davidson.text.slug import is_slug

if TYPE_CHECKING:  # A page that puts parts together needs no parser.
    from markdown_it.token import Token

SEPARATOR = Markup("<!--read-also-->")
"""Stands for a reference. No sanitised part can hold it: comments are dropped and `<` is escaped elsewhere."""

_KICKER = re.compile(r"\s*read also\s*:?\s*", re.IGNORECASE)
_ARTICLE = re.compile(r"/articles/([^/?#]+)/?")


class SeparatorInPart(ValueError):
    """A part that holds the separator did not come from the sanitiser."""


@dataclass(frozen=True)
class Reference:
    """Another article as a READ ALSO names it: its slug, and its headline in plain text."""

    slug: str
    label: str


def join(parts: Sequence[Markup]) -> Markup:
    """Give the parts as one string for one column. Raises SeparatorInPart."""
    if any(SEPARATOR in part for part in parts):
        raise SeparatorInPart
    return SEPARATOR.join(parts)


def split(html: Markup) -> tuple[Markup, ...]:
    """Give the parts that `join` joined."""
    return tuple(html.split(SEPARATOR))


def cut(tokens: Sequence["Token"]) -> Iterator["Sequence[Token] | Reference"]:
    """Give runs of tokens and the references between them, in order; runs may be empty.

    Only a quote at the top level is cut out, so that each run is well-formed by itself.
    """
    start = position = 0
    for block in blocks_of(tokens):
        end = position + len(block)
        references = _references(block) if block[0].type == "blockquote_open" else ()
        for reference in references:
            yield tokens[start:position]
            yield reference
            start = position = end
        position = end
    yield tokens[start:]


def blocks_of(tokens: Sequence["Token"]) -> Iterator[Sequence["Token"]]:
    """Give the blocks at the top level, each with all that stands in it."""
    position = 0
    while position < len(tokens):
        end = _end_of_block(tokens, position)
        yield tokens[position:end]
        position = end


def _end_of_block(tokens: Sequence["Token"], start: int) -> int:
    depth = 0
    for end in range(start, len(tokens)):
        depth += tokens[end].nesting
        if depth <= 0:
            return end + 1
    return len(tokens)


def _references(quote: Sequence["Token"]) -> tuple[Reference, ...]:
    """Give the references of a READ ALSO; none if the quote is an ordinary one or links anywhere else."""
    inlines = [
        [child for child in token.children or () if child.type != "text" or child.content]
        for token in quote
        if token.type == "inline"
    ]
    if not inlines or not _begins_with_kicker(inlines[0]):
        return ()
    links = [link for children in inlines for link in _links(children)]
    slugs = [_slug(url) for url, _ in links]
    return tuple(Reference(slug, label) for slug, (_, label) in zip(slugs, links, strict=True) if slug) * all(slugs)


def _begins_with_kicker(children: Sequence["Token"]) -> bool:
    types = [child.type for child in children[:3]]
    return types == ["strong_open", "text", "strong_close"] and _KICKER.fullmatch(children[1].content) is not None


def _links(children: Sequence["Token"]) -> Iterator[tuple[str, str]]:
    """Give the address and the plain text of each link."""
    url, label = None, ""
    for child in children:
        if child.type == "link_open":
            url, label = str(child.attrGet("href")), ""
        elif child.type == "link_close" and url is not None:
            yield url, " ".join(label.split(" ")).strip()
            url = None
        else:
            label += " " if child.type in {"softbreak", "hardbreak"} else child.content


def _slug(url: str) -> str | None:
    found = _ARTICLE.fullmatch(url)
    slug = unquote(found[1]) if found else ""
    return slug if is_slug(slug) else None
