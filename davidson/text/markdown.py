"""An article's Markdown to safe HTML, with its READ ALSO lines cut out as references.

CommonMark with tables, strike-through, footnotes and bare links; HTML in the source is text. Straight quotes
become curly ones; what is curly already, and every kind of space, passes unchanged.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore, smartquotes
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape
from mdit_py_plugins.footnote import footnote_plugin

from davidson.text.bounds import require_length
from davidson.text.normalise import normalise
from davidson.text.readalso import Reference, cut
from davidson.text.sanitise import sanitise_article_html

RENDERER = 1
"""Counted up whenever the same source gives other HTML, so that stored articles can be rendered again."""

MAX_ARTICLE_LENGTH = 200_000
MAX_NESTING = 16
MAX_CURLED_QUOTES = 10_000


@dataclass(frozen=True)
class Rendered:
    """A rendered article: `references[i]` stands between `parts[i]` and `parts[i + 1]`."""

    parts: tuple[Markup, ...]
    references: tuple[Reference, ...]


def render_article(source: str) -> Rendered:
    """Give an article's HTML and references from its Markdown.

    Raises TextTooLong over MAX_ARTICLE_LENGTH characters. It takes milliseconds a kilobyte: for writes, never
    for a request that only reads.
    """
    require_length(source, MAX_ARTICLE_LENGTH)
    parser = _parsers.article
    env: EnvType = {}
    tokens = parser.parse(normalise(source), env)
    _shift_headings(tokens)
    _set_tables(tokens)
    pieces = list(cut(tokens))
    parts = (parser.renderer.render(piece, parser.options, env) for piece in pieces if not isinstance(piece, Reference))
    return Rendered(
        parts=tuple(sanitise_article_html(part) for part in parts),
        references=tuple(piece for piece in pieces if isinstance(piece, Reference)),
    )


def _shift_headings(tokens: Sequence[Token]) -> None:
    """Make the highest heading an `h2`, since the page's `h1` is the headline, and let no level be skipped."""
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    highest = min((int(token.tag[1]) for token in headings), default=1)
    level = 1
    for token in headings:
        if token.nesting == 1:
            level = min(int(token.tag[1]) - highest + 2, level + 1, 4)
        token.tag = f"h{level}"


def _set_tables(tokens: Sequence[Token]) -> None:
    """Put a column's alignment into a class: the content security policy forbids the parser's inline style.

    A wide table scrolls inside itself on a phone, so it can take the focus: without, the keyboard could not scroll it.
    """
    for token in tokens:
        if token.type == "table_open":
            token.attrs["tabindex"] = "0"
        style = token.attrs.pop("style", None) if token.type in {"th_open", "td_open"} else None
        if style:
            token.attrs["class"] = f"align-{str(style).rpartition(':')[2].strip()}"


def _curl_quotes(state: StateCore) -> None:
    """Curl straight quotes, unless there are so many that copying the text for each would take seconds."""
    if state.src.count('"') + state.src.count("'") <= MAX_CURLED_QUOTES:
        smartquotes(state)


class _Renderer(RendererHTML):
    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Show a picture of this site; of any other only its text, so that no reader's browser asks elsewhere."""
        token = tokens[idx]
        alt = self.renderInlineAsText(token.children or [], options, env)
        source = str(token.attrGet("src"))
        if not source.startswith("/media/"):
            return str(escape(alt))
        return str(Markup('<img src="{}" alt="{}">').format(source, alt))


class _Parsers(threading.local):
    """The parser of one thread: the link finder within keeps state between calls and must not be shared."""

    def __init__(self) -> None:
        parser = MarkdownIt(
            "commonmark",
            {"html": False, "linkify": True, "typographer": True, "maxNesting": MAX_NESTING},
            renderer_cls=_Renderer,
        )
        parser.use(footnote_plugin).enable(["table", "strikethrough"]).disable(["html_block", "html_inline"])
        # The rule `replacements` stays off: it makes "section 5(c)" a copyright sign. Bare links are found in the
        # finished text only: the rule that looks for them while parsing is quadratic on "<http://<http://".
        parser.core.ruler.enable(["linkify", "smartquotes"])
        parser.core.ruler.at("smartquotes", _curl_quotes)
        if parser.linkify is not None:
            parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
            for scheme in ("ftp:", "//", "mailto:"):
                parser.linkify.add(scheme, None)
        self.article = parser


_parsers = _Parsers()
