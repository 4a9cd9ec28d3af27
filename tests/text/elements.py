"""What a browser would make of HTML, and the promises that all shown HTML keeps."""

import html as entities
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from bleach._vendor.html5lib import parseFragment

from davidson.text.normalise import normalise

COMMENT_SUBSET = {"p", "br", "a", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li"}
ARTICLE_SUBSET = COMMENT_SUBSET | {
    *("h2", "h3", "h4", "hr", "s", "sub", "sup", "section", "figure", "figcaption", "span", "picture", "source", "img"),
    *("div", "table", "caption", "thead", "tbody", "tr", "th", "td"),
}
VOID = {"br", "hr", "img", "source"}
ABSOLUTE_LINK = re.compile(r"https?://[^\s/?#@\\:\"<>]+(:\d+)?([/?#][^\s\\\"<>]*)?")
ARTICLE_LINK = re.compile(rf"{ABSOLUTE_LINK.pattern}|mailto:[\w.+-]+@[\w.-]+|/([^/\\\s][^\\\s]*)?|#fn(ref)?\d+(:\d+)?")
FILES = re.compile(r"/media/[\w./-]+ \d+w(, /media/[\w./-]+ \d+w)*")
SIZES = re.compile(r"\(min-width: 40rem\) (36|24)rem, 100vw")
ARTICLE_VALUES = {
    ("a", "href"): ARTICLE_LINK,
    ("a", "rel"): re.compile("noopener"),
    ("a", "id"): re.compile(r"fnref\d+(:\d+)?"),
    ("a", "class"): re.compile("footnote-backref"),
    ("a", "role"): re.compile("doc-(noteref|backlink)"),
    ("a", "aria-label"): re.compile(r"(Back to n|N)ote \d+(, place \d+)?"),
    ("a", "lang"): re.compile("en"),
    ("li", "id"): re.compile(r"fn\d+"),
    ("li", "class"): re.compile("footnote-item"),
    ("ol", "class"): re.compile("footnotes-list"),
    ("ol", "start"): re.compile(r"\d{1,4}"),
    ("section", "class"): re.compile("footnotes"),
    ("section", "role"): re.compile("doc-endnotes"),
    ("section", "aria-label"): re.compile("Notes"),
    ("sup", "class"): re.compile("footnote-ref"),
    ("div", "class"): re.compile("table"),
    ("div", "role"): re.compile("region"),
    ("div", "tabindex"): re.compile("0"),
    ("div", "aria-label"): re.compile(r".+", re.DOTALL),
    ("figure", "class"): re.compile("figure( figure--upright)?|pull-quote|link-card"),
    ("figcaption", "class"): re.compile("figure__text"),
    ("span", "class"): re.compile("figure__(caption|credit)|link-card__host"),
    ("source", "type"): re.compile("image/(avif|webp)"),
    ("source", "srcset"): FILES,
    ("source", "sizes"): SIZES,
    ("th", "class"): re.compile("align-(left|center|right)"),
    ("td", "class"): re.compile("align-(left|center|right)"),
    ("img", "src"): re.compile(r"/media/[\w./-]+"),
    ("img", "alt"): re.compile(r".*", re.DOTALL),
    ("img", "srcset"): FILES,
    ("img", "sizes"): SIZES,
    ("img", "loading"): re.compile("lazy"),
    ("img", "decoding"): re.compile("async"),
    ("img", "class"): re.compile("picture tone-[0-9a-f]{3}"),
    ("img", "width"): re.compile(r"\d+"),
    ("img", "height"): re.compile(r"\d+"),
}


@dataclass(frozen=True)
class Element:
    """One element as a parser sees it."""

    tag: str
    attributes: tuple[tuple[str, str], ...]


def elements_of(html: str) -> list[Element]:
    """Give the elements of a fragment, after checking that two parsers that share no code see the same ones."""
    tree = parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
    browser = [Element(str(node.tag), tuple(sorted(node.attrib.items()))) for node in tree.iter() if node is not tree]
    strict = _StrictParser()
    strict.feed(html)
    strict.close()
    assert strict.open == []
    assert browser == strict.elements
    return browser


def text_of(html: str) -> str:
    """Give the text that a reader sees, with its white space as it stands."""
    return entities.unescape(re.sub(r"<[^<>]*>", "", html))


def assert_comment_subset(html: str) -> None:
    """Check that a comment holds only what its interface names, and nothing invisible."""
    assert_comment_elements(html)
    _assert_nothing_invisible(html)


def assert_article_subset(html: str) -> None:
    """Check that an article's body holds only what it may, and nothing invisible."""
    assert_article_elements(html)
    _assert_nothing_invisible(html)
    assert all("src" in dict(element.attributes) for element in elements_of(html) if element.tag == "img")


def assert_comment_elements(html: str) -> None:
    """Check every element, attribute and scheme against the interface of comments."""
    for element in elements_of(html):
        attributes = dict(element.attributes)
        assert element.tag in COMMENT_SUBSET
        assert set(attributes) <= ({"href", "rel"} if element.tag == "a" else set())
        assert attributes.get("rel", "nofollow ugc noopener") == "nofollow ugc noopener"
        assert "rel" in attributes or "href" not in attributes
        assert ABSOLUTE_LINK.fullmatch(attributes.get("href", "https://ok.example/"))


def assert_article_elements(html: str) -> None:
    """Check every element, attribute and scheme against what an article's body may hold."""
    for element in elements_of(html):
        assert element.tag in ARTICLE_SUBSET
        for name, value in element.attributes:
            assert ARTICLE_VALUES[element.tag, name].fullmatch(value), (element, name)


def _assert_nothing_invisible(html: str) -> None:
    assert normalise(html) == html
    assert "<!--" not in html
    html.encode("utf-8")


class _StrictParser(HTMLParser):
    """Reads what every element owes: it is closed in order, and nothing but elements and text is there."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        self.elements.append(Element(tag, tuple(sorted(attrs))))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def unexpected(self, data: str) -> None:
        raise AssertionError(data)

    handle_comment = handle_decl = handle_pi = unknown_decl = unexpected
