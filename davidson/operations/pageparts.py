"""What a browser makes of a page without running it: what it fetches, where links lead, and which scripts it would run.

Pure: text in, addresses out. It reads as browsers do where that matters to a reader, so that nothing is missed: a
backslash in an address is a slash, blanks and line ends in it are nothing (URL standard, "basic URL parser"), and what
stands in a `srcdoc` or a style is of the page.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

# The attributes by which an element fetches something (HTML standard), without those that differ by a value.
FETCHING = {
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("frame", "src"),
    ("embed", "src"),
    ("object", "data"),
    ("video", "src"),
    ("video", "poster"),
    ("audio", "src"),
    ("track", "src"),
    ("source", "src"),
    ("input", "src"),
    ("image", "href"),
    ("use", "href"),
    ("feimage", "href"),
    ("body", "background"),
    ("table", "background"),
    ("td", "background"),
}
LEADING = {("a", "href"), ("area", "href")}
SENDING = {("form", "action"), ("button", "formaction"), ("input", "formaction")}
EVENT = re.compile("on[a-z]+")
SETS = ("srcset", "imagesrcset")
# Of a `link`; the others only say what there is.
FETCHING_RELS = {
    *("stylesheet", "icon", "shortcut", "apple-touch-icon", "mask-icon", "manifest"),
    *("preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch", "prerender"),
}
LINKED_RELS = {"alternate", "next", "prev", "canonical", "search"}
SCRIPT_TYPES = re.compile(r"|module|(?:text|application)/(?:x-)?(?:java|ecma)script(?:;.*)?", re.IGNORECASE)
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
CSS_ADDRESS = re.compile(
    r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"'\s]*))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE
)
SRCSET = re.compile(r"\s*,*\s*(\S*[^\s,])(?:\s[^,(]*(?:\([^)]*\)[^,(]*)*)?(?:,|\s*$)")
REFRESH = re.compile(r"[\d.]*\s*[;,]?\s*(?:url\s*=\s*)?[\"']?([^\"']*)", re.IGNORECASE)
UNSEEN = re.compile(r"[\t\n\r]")
OF_THE_PAGE = ("data:", "blob:", "about:", "javascript:", "mailto:", "tel:", "#")


@dataclass
class Parts:
    """What a page at an address is made of; whole addresses, each with the element that names it."""

    fetched: list[tuple[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    own_scripts: list[str] = field(default_factory=list)


def parts_of_page(html: str, address: str) -> Parts:
    """The parts of an HTML page; an element that nothing closes is closed by the end."""
    reader = _Reader(address)
    reader.feed(html)
    reader.close()
    return reader.parts


def addresses_in_css(css: str, address: str) -> Iterator[str]:
    """What a style sheet at an address fetches: pictures, fonts and further style sheets."""
    for found in CSS_ADDRESS.finditer(CSS_COMMENT.sub("", css)):
        if whole := _whole(address, next(filter(None, found.groups()), "")):
            yield whole


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base = address
        self.parts = Parts()
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name.removeprefix("xlink:"): value or "" for name, value in reversed(attrs)}
        if tag == "base" and (whole := _whole(self.base, given.get("href", ""))):
            self.base = whole
        for name, value in given.items():
            self._attribute(tag, name, value)
        if tag == "link":
            self._link(given)
        elif tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            found = REFRESH.match(given.get("content", "").strip())
            self._fetch("meta refresh", found[1] if found else "")
        elif tag in ("script", "style"):
            is_script = SCRIPT_TYPES.fullmatch(given.get("type", "").strip()) and "src" not in given
            self.inside = "script" if tag == "script" and is_script else "style" if tag == "style" else ""

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "script" and data.strip():
            self.parts.own_scripts.append("an inline script")
        elif self.inside == "style":
            self.parts.fetched += [("style", url) for url in addresses_in_css(data, self.base)]

    def _attribute(self, tag: str, name: str, value: str) -> None:
        for one in _addresses_in(tag, name, value):
            self._fetch(tag, one)
        if name == "style":
            self.parts.fetched += [("style", url) for url in addresses_in_css(value, self.base)]
        elif name == "srcdoc":
            self._take_in(parts_of_page(value, self.base))
        elif (tag, name) in LEADING:
            self._lead(value)
        elif (tag, name) in SENDING:
            self.parts.forms += filter(None, [_whole(self.base, value)])
        if EVENT.fullmatch(name) or UNSEEN.sub("", value).strip().lower().startswith("javascript:"):
            self.parts.own_scripts.append(f"an inline script ({name})")

    def _link(self, given: dict[str, str]) -> None:
        rels = set(given.get("rel", "").lower().split())
        if rels & FETCHING_RELS and "alternate" not in rels:
            self._fetch("link", given.get("href", ""))
        elif rels & LINKED_RELS:
            self._lead(given.get("href", ""))

    def _fetch(self, element: str, value: str) -> None:
        if whole := _whole(self.base, value):
            self.parts.fetched.append((element, whole))

    def _lead(self, value: str) -> None:
        if whole := _whole(self.base, value):
            self.parts.links.append(whole)

    def _take_in(self, inner: Parts) -> None:
        self.parts.fetched += inner.fetched
        self.parts.links += inner.links
        self.parts.forms += inner.forms
        self.parts.own_scripts += inner.own_scripts


def _addresses_in(tag: str, name: str, value: str) -> list[str]:
    """What an attribute makes a browser fetch, as it stands there."""
    if (tag, name) in FETCHING:
        return [value]
    if name in SETS:
        return [found[1] for found in SRCSET.finditer(value)]
    return value.split() if name == "ping" else []


def _whole(base: str, value: str) -> str:
    """The address without its fragment; empty for what asks nobody."""
    plain = UNSEEN.sub("", value).strip().replace("\\", "/")
    if not plain or plain.lower().startswith(OF_THE_PAGE):
        return ""
    try:
        return urldefrag(urljoin(base, plain)).url
    except ValueError:
        return ""
