"""An article's Markdown to safe HTML, with its READ ALSO lines cut out as references.

CommonMark with tables, strike-through, footnotes, bare links and what `blocks` adds; HTML in the source is text.
Straight quotes become curly ones; what is curly already, and every kind of space, passes unchanged.
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

from davidson.text.blocks import is_of_this_site, pictures_said, set_apart
from davidson.text.bounds import require_length
from davidson.text.figures import Pictures, Said, figure, image
from davidson.text.normalise import normalise
from davidson.text.readalso import Reference, cut
from davidson.text.sanitise import sanitise_article_html

RENDERER = 2
"""Counted up whenever the same source gives other HTML, so that stored articles can be rendered again."""

MAX_ARTICLE_LENGTH = 200_000
MAX_NESTING = 16
PICTURES = "pictures"
"""Under which a renderer finds the pictures that are kept."""
_NOTE_LINK = Markup(
    '<sup class="footnote-ref"><a href="#fn{number}" id="fnref{number}{place}" role="doc-noteref"'
    ' aria-label="Note {number}" lang="en">{number}</a></sup>'
)
# The arrow is written so that it is no emoji on iOS.
_NOTE_BACK = Markup(
    ' <a href="#fnref{number}{place}" class="footnote-backref" role="doc-backlink" aria-label="Back to note {told}"'
    ' lang="en">\u21a9\ufe0e</a>'
)
MAX_CURLED_QUOTES = 10_000


@dataclass(frozen=True)
class Rendered:
    """A rendered article: `references[i]` stands between `parts[i]` and `parts[i + 1]`.

    `pictures` is what it says of each picture of this site.
    """

    parts: tuple[Markup, ...]
    references: tuple[Reference, ...]
    pictures: tuple[Said, ...] = ()


def render_article(source: str, pictures: Pictures | None = None) -> Rendered:
    """Give an article's HTML and references from its Markdown; `pictures` are those that it names and that are kept.

    Raises TextTooLong over MAX_ARTICLE_LENGTH characters. It takes milliseconds a kilobyte: for writes, never
    for a request that only reads.
    """
    require_length(source, MAX_ARTICLE_LENGTH)
    parser = _parsers.article
    kept = pictures or {}
    env: EnvType = {PICTURES: kept}
    tokens = parser.parse(normalise(source), env)
    said = tuple(pictures_said(tokens, kept))
    _shift_headings(tokens)
    pieces = list(cut(set_apart(tokens, kept)))
    parts = (parser.renderer.render(piece, parser.options, env) for piece in pieces if not isinstance(piece, Reference))
    return Rendered(
        parts=tuple(sanitise_article_html(part) for part in parts),
        references=tuple(piece for piece in pieces if isinstance(piece, Reference)),
        pictures=said,
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


def _curl_quotes(state: StateCore) -> None:
    """Curl straight quotes, unless there are so many that copying the text for each would take seconds."""
    if state.src.count('"') + state.src.count("'") <= MAX_CURLED_QUOTES:
        smartquotes(state)


class _Renderer(RendererHTML):
    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Show a picture of this site; of any other only its text, so that no reader's browser asks elsewhere."""
        token = tokens[idx]
        alt = self.renderInlineAsText(token.children or [], options, env)
        return str(image(str(token.attrGet("src")), alt, env[PICTURES]) if is_of_this_site(token) else escape(alt))

    def set_apart(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Show a picture that stands for itself."""
        return str(figure(tokens[idx].meta["said"], env[PICTURES]))


def _note_link(_self: object, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
    """Lead to a footnote."""
    number, place = _note(tokens[idx])
    return str(_NOTE_LINK.format(number=number, place=place))


def _note_back(_self: object, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
    """Lead back from a footnote to where it was called."""
    number, place = _note(tokens[idx])
    told = f"{number}, place {int(place[1:]) + 1}" if place else number
    return str(_NOTE_BACK.format(number=number, place=place, told=told))


def _notes_open(*_given: object) -> str:
    """Begin the footnotes."""
    return '<section class="footnotes" role="doc-endnotes" aria-label="Notes">\n<ol class="footnotes-list">\n'


def _note(token: Token) -> tuple[str, str]:
    """A footnote's number, and what tells its second and later places from the first, as they stand in ids."""
    again = token.meta.get("subId", 0)
    return str(token.meta["id"] + 1), f":{again}" if again > 0 else ""


class _Parsers(threading.local):
    """The parser of one thread: the link finder within keeps state between calls and must not be shared."""

    def __init__(self) -> None:
        parser = MarkdownIt(
            "commonmark",
            {"html": False, "linkify": True, "typographer": True, "maxNesting": MAX_NESTING},
            renderer_cls=_Renderer,
        )
        parser.use(footnote_plugin)
        parser.add_render_rule("footnote_ref", _note_link)
        parser.add_render_rule("footnote_anchor", _note_back)
        parser.add_render_rule("footnote_block_open", _notes_open)
        parser.enable(["table", "strikethrough"]).disable(["html_block", "html_inline"])
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
