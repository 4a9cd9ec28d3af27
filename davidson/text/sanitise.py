"""The allow-lists, and the two independent walls behind which all shown HTML lies: bleach, then nh3.

Where there is nothing but paragraphs of text, bleach has nothing to do and is not asked.

bleach 6.4.0 is the last release, so nothing may depend on it alone; nh3 parses its output anew with the same
lists. No list may ever name svg, math, iframe, style or noscript: every known way around bleach or ammonia
needs one of them. Sanitised HTML is never edited afterwards, and never sanitised again in place of its source.
"""

import html as entities
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, cast

import nh3
from markupsafe import Markup

from davidson.later import Later
from davidson.text.bounds import limit_markup, require_length
from davidson.text.figures import SIZES, UPRIGHT_SIZES
from davidson.text.links import is_article_link, is_web_link
from davidson.text.normalise import normalise

if TYPE_CHECKING:
    import bleach
else:
    bleach = Later("bleach")

MAX_COMMENT_LENGTH = 5_000
MAX_COMMENT_TAGS = 100
MAX_ARTICLE_HTML_LENGTH = 1_000_000
MAX_ARTICLE_TAGS = 20_000
MAX_DEPTH = 24
MAX_ALT_LENGTH = 2_000
MAX_NAME_LENGTH = 200

COMMENT_REL = "nofollow ugc noopener"
ARTICLE_REL = "noopener"

_Attributes = Mapping[str, Mapping[str, Callable[[str], object]]]

COMMENT_TAGS = frozenset({"p", "br", "a", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li"})
COMMENT_ATTRIBUTES: _Attributes = {"a": {"href": is_web_link}}

ARTICLE_TAGS = (
    COMMENT_TAGS
    | {"h2", "h3", "h4", "hr", "s", "sub", "sup", "section"}
    | {"div", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    | {"figure", "figcaption", "span", "picture", "source", "img"}
)
_FOOTNOTE_LINK = re.compile(r"#fn(?:ref)?[0-9]{1,4}(?::[0-9]{1,4})?")
_ALIGNMENT = re.compile(r"align-(?:left|center|right)").fullmatch
_PIXELS = re.compile(r"[1-9][0-9]{0,4}").fullmatch
_FILE = r"/media(?:/[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}){1,8}"
_FILES = re.compile(rf"{_FILE} [1-9][0-9]{{0,4}}w(?:, {_FILE} [1-9][0-9]{{0,4}}w){{0,9}}").fullmatch
ARTICLE_ATTRIBUTES: _Attributes = {
    "a": {
        "href": lambda url: is_article_link(url) or _FOOTNOTE_LINK.fullmatch(url),
        "id": re.compile(r"fnref[0-9]{1,4}(?::[0-9]{1,4})?").fullmatch,
        "class": "footnote-backref".__eq__,
        "role": {"doc-noteref", "doc-backlink"}.__contains__,
        "aria-label": re.compile(r"(?:Back to n|N)ote [0-9]{1,4}(?:, place [0-9]{1,4})?").fullmatch,
        "lang": "en".__eq__,
        "rel": ARTICLE_REL.__eq__,
    },
    "li": {"id": re.compile(r"fn[0-9]{1,4}").fullmatch, "class": "footnote-item".__eq__},
    "ol": {"class": "footnotes-list".__eq__, "start": re.compile(r"[0-9]{1,4}").fullmatch},
    "section": {"class": "footnotes".__eq__, "role": "doc-endnotes".__eq__, "aria-label": "Notes".__eq__},
    "sup": {"class": "footnote-ref".__eq__},
    "div": {
        "class": "table".__eq__,
        "role": "region".__eq__,
        "tabindex": "0".__eq__,
        "aria-label": lambda text: 0 < len(text) <= MAX_NAME_LENGTH,
    },
    "th": {"class": _ALIGNMENT},
    "td": {"class": _ALIGNMENT},
    "figure": {"class": {"figure", "figure figure--upright", "pull-quote", "link-card"}.__contains__},
    "figcaption": {"class": "figure__text".__eq__},
    "span": {"class": {"figure__caption", "figure__credit", "link-card__host"}.__contains__},
    "source": {
        "type": {"image/avif", "image/webp"}.__contains__,
        "srcset": _FILES,
        "sizes": {SIZES, UPRIGHT_SIZES}.__contains__,
    },
    "img": {
        "src": re.compile(_FILE).fullmatch,
        "srcset": _FILES,
        "sizes": {SIZES, UPRIGHT_SIZES}.__contains__,
        "alt": lambda text: len(text) <= MAX_ALT_LENGTH,
        "width": _PIXELS,
        "height": _PIXELS,
        "loading": "lazy".__eq__,
        "decoding": "async".__eq__,
        "class": re.compile("picture tone-[0-9a-f]{3}").fullmatch,
    },
}

# Whole paragraphs of text without a tag but line breaks, and without a reference but those for `>` and quotes: bleach,
# which takes as long as all else that is done for a comment, would give back the same. nh3 is asked all the same.
_PLAIN = re.compile(r"(?:<p>(?:[^<&]++|<br>|&(?:gt|#34|#39);)*+</p>\n?)*+")

# Older spellings that imports are full of, and headings that would compete with the page's own.
_RENAMED = {"b": "strong", "i": "em", "strike": "s", "del": "s", "h1": "h2", "h5": "h4", "h6": "h4"}


@dataclass(frozen=True)
class AllowList:
    """What may pass: elements, a test for each attribute's value, schemes, and the `rel` of links that leave."""

    tags: frozenset[str]
    attributes: _Attributes
    schemes: frozenset[str]
    rel: str

    def allows(self, tag: str, name: str, value: str) -> bool:
        """Tell whether `tag` may carry `name` with this value, once its character references are resolved."""
        test = self.attributes.get(tag, {}).get(name)
        return test is not None and normalise(value) == value and bool(test(value))


COMMENTS = AllowList(COMMENT_TAGS, COMMENT_ATTRIBUTES, frozenset({"http", "https"}), COMMENT_REL)
ARTICLES = AllowList(ARTICLE_TAGS, ARTICLE_ATTRIBUTES, frozenset({"http", "https", "mailto"}), ARTICLE_REL)


def sanitise_comment_html(
    html: str, *, max_length: int = MAX_COMMENT_LENGTH, max_tags: int = MAX_COMMENT_TAGS
) -> Markup:
    """Give what the comments' allow-list lets through of `html`; other elements leave their text behind.

    Each `<` after the first `max_tags` is shown as text. Raises TextTooLong over `max_length` characters; an
    import passes larger bounds, and pays for them in time.
    """
    require_length(html, max_length)
    return _walls.comment(limit_markup(normalise(html), max_tags=max_tags, max_depth=MAX_DEPTH))


def sanitise_article_html(html: str) -> Markup:
    """Give what the articles' allow-list lets through of `html`: rendered Markdown or an imported body.

    Raises TextTooLong over MAX_ARTICLE_HTML_LENGTH characters.
    """
    require_length(html, MAX_ARTICLE_HTML_LENGTH)
    return _walls.article(limit_markup(normalise(html), max_tags=MAX_ARTICLE_TAGS, max_depth=MAX_DEPTH))


def _both_walls(allowed: AllowList) -> Callable[[str], Markup]:
    # The first is built, and bleach loaded, for the first text that needs it.
    first, second = cache(partial(bleach_wall, allowed)), nh3_wall(allowed)

    def clean(html: str) -> Markup:
        tidied = html if _PLAIN.fullmatch(html) else first().clean(html)
        # The second wall writes a no-break space, and nothing else, as a reference; the text must arrive as it was.
        return Markup(second.clean(tidied).replace("&nbsp;", "\u00a0"))  # noqa: S704 - both walls are behind it.

    return clean


def bleach_wall(allowed: AllowList) -> "bleach.Cleaner":
    """Give the first wall, which also tidies what it lets through. It must not be shared between threads."""

    def allows(tag: str, name: str, value: str) -> bool:
        # bleach hands over what was written, a browser reads what that stands for: both must be harmless.
        return allowed.allows(tag, name, value) and allowed.allows(tag, name, entities.unescape(value))

    def tidy(source: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        return _mark_links(_tidy_elements(_drop_invisible_references(source)), allowed.rel)

    return bleach.Cleaner(
        tags=allowed.tags | {old for old, new in _RENAMED.items() if new in allowed.tags},
        attributes=allows,
        protocols=allowed.schemes,
        strip=True,
        strip_comments=True,
        filters=[cast("Any", tidy)],
    )


def nh3_wall(allowed: AllowList) -> nh3.Cleaner:
    """Give the second wall, which parses anew what the first let through and trusts none of it."""

    def checked(tag: str, name: str, value: str) -> str | None:
        is_our_rel = name == "rel" and value == allowed.rel
        return value if is_our_rel or allowed.allows(tag, name, value) else None

    names = {tag: set(tests) for tag, tests in allowed.attributes.items()}
    sets_rel = "rel" in names["a"]
    return nh3.Cleaner(
        tags=set(allowed.tags),
        # Without the empty set for all elements nh3 lets `title` and `lang` through everywhere.
        attributes={**names, "*": set()},
        attribute_filter=checked,
        url_schemes=set(allowed.schemes),
        url_relative="pass_through" if sets_rel else "deny",
        link_rel=None if sets_rel else allowed.rel,
        strip_comments=True,
    )


def _drop_invisible_references(source: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Drop references such as `&#8238;` that stand for characters which are taken out where they are typed."""
    for token in source:
        if token["type"] == "Entity":
            character = entities.unescape(f"&{token['name']};")
            if not character or normalise(character) != character:
                continue
        yield token


def _tidy_elements(source: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give elements their present names, and drop pictures that have lost their address."""
    for token in source:
        if "name" in token and token["type"] != "Entity":
            token["name"] = _RENAMED.get(token["name"], token["name"])
            if token["name"] == "img" and (None, "src") not in token["data"]:
                continue
        yield token


def _mark_links(source: Iterator[dict[str, Any]], rel: str) -> Iterator[dict[str, Any]]:
    """Unwrap links that lost their address, and set `rel` on those that leave the site and on no others."""
    kept: list[bool] = []
    for token in source:
        if token.get("name") == "a" and token["type"] == "StartTag":
            url = token["data"].get((None, "href"))
            token["data"].pop((None, "rel"), None)
            kept.append(url is not None)
            if url is None:
                continue
            if url.startswith("http"):
                token["data"][(None, "rel")] = rel
        elif token.get("name") == "a" and token["type"] == "EndTag" and kept and not kept.pop():
            continue
        yield token


class _Walls(threading.local):
    """The cleaners of one thread: bleach's parser keeps state between calls and must not be shared."""

    def __init__(self) -> None:
        self.comment = _both_walls(COMMENTS)
        self.article = _both_walls(ARTICLES)


_walls = _Walls()
