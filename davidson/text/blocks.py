"""What articles are written with beyond CommonMark: pull quotes, link cards, pictures set apart, tables that scroll.

Everything works on the parser's tokens and gives tokens of elements that exist, so that a renderer need not know of it.
`docs/writing.md` tells authors how each is written.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from markdown_it.token import Token

from davidson.text.figures import Pictures, Said, said_of
from davidson.text.links import is_web_link
from davidson.text.readalso import blocks_of

PICTURE = "set_apart"
"""The type of a token that is a picture with its caption; `meta["said"]` is what is said of it."""
BREAKS = frozenset({"softbreak", "hardbreak"})
LONGEST_NAME = 120  # characters of the name by which a table is known to who cannot see it.

_PULL_QUOTE = re.compile(r"\s*pull ?quote\s*:?\s*", re.IGNORECASE)
_DASH = re.compile(r"\s*[\u2014\u2013]\s*(?=\S)")
_CAPTION = re.compile(r"\s*Table:\s*(?=\S)")
_HOST = re.compile(r"(?:www\.)?(.+?)(?::[0-9]+)?", re.IGNORECASE)

Tokens = list[Token]


def set_apart(tokens: Sequence[Token], pictures: Pictures) -> Tokens:
    """Make pull quotes, link cards and pictures of the blocks that are nothing else, and let tables scroll."""
    made: Tokens = []
    for block in blocks_of(tokens):
        kind = block[0].type
        if kind == "blockquote_open":
            made += _pull_quote(block) or block
        elif kind == "paragraph_open":
            made += _link_card(block) or _picture(block, pictures) or block
        else:
            made += block
    return _set_tables(made)


def plain(inline: Token) -> str:
    """The text of an inline token without its marks, on one line."""
    pieces = (" " if child.type in BREAKS else child.content for child in inline.children or ())
    return " ".join("".join(pieces).split())


def _element(tag: str, *content: Token, **attributes: str) -> Tokens:
    """An element around tokens."""
    opening = Token(f"{tag}_open", tag, 1, attrs=dict(attributes), block=True)
    return [opening, *content, Token(f"{tag}_close", tag, -1, block=True)]


def _inline(children: Tokens) -> Token:
    return Token("inline", "", 0, children=children, block=True)


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _pull_quote(quote: Sequence[Token]) -> Tokens:
    """`> **PULL QUOTE:** What was said.` and, in a line of its own, `— Who said it`; else nothing."""
    first, *more = [token for token in quote if token.type == "inline"] or [_inline([])]
    children = _without_empty(first)
    opens = [child.type for child in children[:3]] == ["strong_open", "text", "strong_close"]
    if not (opens and _PULL_QUOTE.fullmatch(children[1].content)):
        return []
    rest = children[3:]
    if rest and rest[0].type in BREAKS:
        rest = rest[1:]
    elif rest and rest[0].type == "text":
        rest[0].content = rest[0].content.lstrip(" ")
    # Copies, for a quote without words stays as it is.
    lines = [_inline(rest), *(_inline(_without_empty(line)) for line in more)]
    speaker = _cut_speaker(lines[-1])
    said = [token for line in lines if line.children for token in _element("p", line)]
    if not said:
        return []
    by = _element("figcaption", _inline(speaker)) if speaker else []
    return _element("figure", *_element("blockquote", *said), *by, **{"class": "pull-quote"})


def _cut_speaker(inline: Token) -> Tokens:
    """Take the last line off that begins with a dash: who said it."""
    children = _without_empty(inline)
    breaks = [place for place, child in enumerate(children) if child.type in BREAKS]
    start = breaks[-1] + 1 if breaks else 0
    line = children[start:]
    if not line or line[0].type != "text" or not (dash := _DASH.match(line[0].content)):
        return []
    inline.children = children[: max(start - 1, 0)]
    return [_text(line[0].content[dash.end() :]), *line[1:]]


def _without_empty(inline: Token) -> Tokens:
    return [child for child in inline.children or () if child.type != "text" or child.content]


def _link_card(paragraph: Sequence[Token]) -> Tokens:
    """A paragraph that is one link to another site, and nothing else, as a card; else nothing."""
    children = _without_empty(paragraph[1])
    kinds = [child.type for child in children]
    if kinds[:1] != ["link_open"] or kinds.index("link_close") != len(kinds) - 1:
        return []
    url = str(children[0].attrGet("href"))
    if not is_web_link(url) or not plain(paragraph[1]):
        return []
    description = str(children[0].attrs.pop("title", ""))
    if children[0].info == "auto":
        children[1].content = _shown(url)
    said = [_text(f"{description} ")] if description else []
    host = Token("span_open", "span", 1, attrs={"class": "link-card__host"})
    said += [host, _text(_host(url)), Token("span_close", "span", -1)]
    card = (_inline(children), *_element("figcaption", _inline(said)))
    return _element("figure", *card, **{"class": "link-card"})


def _host(url: str) -> str:
    named = _HOST.fullmatch(urlsplit(url).netloc)
    return named[1] if named else ""


def _shown(url: str) -> str:
    """A bare address as people read it."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    return f"{_host(url)}{path}{'?' + parts.query if parts.query else ''}"


def _picture(paragraph: Sequence[Token], pictures: Pictures) -> Tokens:
    """A paragraph that is one picture of this site, and nothing else; else nothing."""
    children = _without_empty(paragraph[1])
    if [child.type for child in children] != ["image"] or not is_of_this_site(children[0]):
        return []
    said = _said(children[0], paragraph[1], pictures)
    return [Token(PICTURE, "figure", 0, block=True, meta={"said": said})]


def is_of_this_site(image: Token) -> bool:
    """Whether an image is shown: of any other site there is only its text, so that no browser asks elsewhere."""
    return str(image.attrGet("src")).startswith("/media/")


def pictures_said(tokens: Sequence[Token], pictures: Pictures) -> Iterator[Said]:
    """What is said of each picture of this site, wherever it stands."""
    for token in tokens:
        if token.type == "inline":
            images = (child for child in token.children or () if child.type == "image" and is_of_this_site(child))
            yield from (_said(image, token, pictures) for image in images)


def _said(image: Token, inline: Token, pictures: Pictures) -> Said:
    return said_of(
        str(image.attrGet("src")),
        alt=plain(image),
        title=str(image.attrGet("title") or ""),
        line=inline.map[0] if inline.map else 0,
        pictures=pictures,
    )


def _set_tables(tokens: Sequence[Token]) -> Tokens:
    """Put each table into a region that scrolls in itself on a phone, and its columns' alignment into classes.

    The region has a name and takes the focus: without, a keyboard could not scroll it. A paragraph before it that
    begins with `Table:` is its caption. The policy of the site forbids the parser's inline style.
    """
    made: Tokens = []
    names: Counter[str] = Counter()
    for place, token in enumerate(tokens):
        if token.type == "table_open":
            caption = _cut_caption(made) if token.level == 0 else None
            name = _unlike(names, plain(caption) if caption else _headings(tokens[place:]))
            attributes = {"class": "table", "role": "region", "tabindex": "0", "aria-label": name}
            opening, _ = _element("div", **attributes)
            made += [opening, token, *(_element("caption", caption) if caption else [])]
        elif token.type == "table_close":
            made += [token, Token("div_close", "div", -1, block=True)]
        else:
            if token.type in {"th_open", "td_open"} and (style := str(token.attrs.pop("style", ""))):
                token.attrs["class"] = f"align-{style.rpartition(':')[2].strip()}"
            made.append(token)
    return made


def _cut_caption(before: Tokens) -> Token | None:
    """Take a caption off what stands before a table."""
    if [token.type for token in before[-3:]] != ["paragraph_open", "inline", "paragraph_close"]:
        return None
    inline = before[-2]
    children = _without_empty(inline)
    begins = _CAPTION.match(children[0].content) if children and children[0].type == "text" else None
    if not begins or before[-1].level:
        return None
    children[0].content = children[0].content[begins.end() :]
    inline.children = children
    del before[-3:]
    return inline


def _headings(table: Sequence[Token]) -> str:
    end = next(place for place, token in enumerate(table) if token.type in {"thead_close", "table_close"})
    return ", ".join(filter(None, (plain(token) for token in table[:end] if token.type == "inline")))


def _unlike(names: Counter[str], wanted: str) -> str:
    """A name that no other table of the text has."""
    name = wanted[:LONGEST_NAME] or "Table"
    names[name] += 1
    return name if names[name] == 1 else f"{name} ({names[name]})"
