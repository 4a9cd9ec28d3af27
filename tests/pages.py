"""A reader that checks every page it reads for what each page owes, and fills in forms as a browser would."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
CONTROLS = frozenset({"input", "select", "textarea"})
UNLABELLED = frozenset({"hidden", "submit", "button"})


@dataclass
class Element:
    """An element of a page: its tag, attributes, parent and what it holds, elements and text in order."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = field(repr=False, default=None)
    children: list["Element | str"] = field(repr=False, default_factory=list)

    def __iter__(self) -> Iterator["Element"]:
        """This element and all within, in document order."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child

    @property
    def text(self) -> str:
        """All text within, with runs of white space made one space."""
        return " ".join(self._text().split(" ")).strip()

    def _text(self) -> str:
        pieces = (child if isinstance(child, str) else child._text() for child in self.children)
        return re.sub(r"[ \t\r\n]+", " ", "".join(pieces))

    def raw_text(self) -> str:
        """All text within as it stands there."""
        return "".join(child if isinstance(child, str) else child.raw_text() for child in self.children)

    def matches(self, selector: str) -> bool:
        """Whether a simple selector fits: `tag`, `.class`, `#id`, `tag.class`, or `tag[name=value]`."""
        found = re.fullmatch(r"([a-z0-9]*)(?:\.([\w-]+))?(?:#([\w-]+))?(?:\[([\w-]+)=([^\]]*)\])?", selector)
        if not found:
            raise ValueError(f"not a simple selector: {selector}")
        tag, class_, id_, name, value = found.groups()
        return (
            (not tag or self.tag == tag)
            and (not class_ or class_ in self.attributes.get("class", "").split())
            and (not id_ or self.attributes.get("id") == id_)
            and (not name or self.attributes.get(name) == value)
        )

    def all(self, selector: str) -> list["Element"]:
        """The elements within that a selector finds; parts divided by spaces find within one another."""
        first, _, rest = selector.partition(" ")
        found = [element for element in self if element is not self and element.matches(first)]
        return [inner for outer in found for inner in outer.all(rest)] if rest else found

    def one(self, selector: str) -> "Element":
        """The only element within that a selector finds."""
        found = self.all(selector)
        assert len(found) == 1, f"{len(found)} elements match {selector}"
        return found[0]

    def texts(self, selector: str) -> list[str]:
        """The texts of the elements within that a selector finds."""
        return [element.text for element in self.all(selector)]


class _Builder(HTMLParser):
    """Builds the tree and refuses what is not closed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#document", {})
        self.open = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.open)
        self.open.children.append(element)
        if tag not in VOID:
            self.open = element

    def handle_endtag(self, tag: str) -> None:
        assert self.open.tag == tag, f"</{tag}> closes <{self.open.tag}>"
        assert self.open.parent is not None
        self.open = self.open.parent

    def handle_data(self, data: str) -> None:
        self.open.children.append(data)


def parse(html: str) -> Element:
    """The tree of a page. Fails on elements that are not closed in order."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert builder.open is builder.root, f"<{builder.open.tag}> is never closed"
    return builder.root


@dataclass
class Page:
    """A page that was read."""

    client: FlaskClient
    response: TestResponse
    tree: Element

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def headers(self) -> Any:
        return self.response.headers

    @property
    def html(self) -> str:
        return self.response.get_data(as_text=True)

    def all(self, selector: str) -> list[Element]:
        return self.tree.all(selector)

    def one(self, selector: str) -> Element:
        return self.tree.one(selector)

    def texts(self, selector: str) -> list[str]:
        return self.tree.texts(selector)

    def form(self, selector: str) -> tuple[str, dict[str, str]]:
        """Where a form goes and the values that it would send untouched."""
        form = self.one(selector)
        return form.attributes["action"], dict(_values(form))

    def submit(self, selector: str, *, headers: dict[str, str] | None = None, **values: str) -> "Page":
        """Fill in a form's fields and send it, as a browser without script would."""
        action, sent = self.form(selector)
        sent.update(values)
        response = self.client.post(action, data=sent, headers={"Sec-Fetch-Site": "same-origin"} | (headers or {}))
        return page_of(self.client, response)

    def follow(self) -> "Page":
        """The page that a redirect leads to."""
        assert self.status in (302, 303), f"{self.status} is no redirect:\n{self.html[:2000]}"
        return read(self.client, self.headers["Location"])


def _values(form: Element) -> Iterator[tuple[str, str]]:
    for control in form:
        name, kind = control.attributes.get("name"), control.attributes.get("type", "")
        if not name or control.tag not in CONTROLS or kind in ("submit", "button"):
            continue
        if kind in ("checkbox", "radio") and "checked" not in control.attributes:
            continue
        if control.tag == "textarea":
            yield name, control.raw_text().removeprefix("\r\n").removeprefix("\n")
        elif control.tag == "select":
            options = [option for option in control if option.tag == "option"]
            chosen = [option for option in options if "selected" in option.attributes] or options[:1]
            yield name, chosen[0].attributes.get("value", chosen[0].text) if chosen else ""
        else:
            yield name, control.attributes.get("value", "")


def read(client: FlaskClient, url: str, **options: Any) -> Page:
    """Fetch a page and check what every page owes."""
    return page_of(client, client.get(url, **options))


def page_of(client: FlaskClient, response: TestResponse) -> Page:
    """Check an answer that is a page, and give it; a redirect has nothing to check."""
    if response.status_code in (302, 303, 304):
        return Page(client, response, Element("#document", {}))
    assert response.mimetype == "text/html", response.mimetype
    tree = parse(response.get_data(as_text=True))
    _check(tree)
    if not response.request.path.startswith("/staff") and response.request.method == "GET":
        assert "Set-Cookie" not in response.headers
        assert "Cookie" not in response.headers.get("Vary", "")
    return Page(client, response, tree)


def _check(tree: Element) -> None:
    headings = tree.all("h1")
    assert len(headings) == 1, f"{len(headings)} h1"
    title = tree.one("head title").text
    assert title.startswith(headings[0].text), f"the title {title!r} does not begin with {headings[0].text!r}"
    levels = [int(element.tag[1]) for element in tree if re.fullmatch(r"h[1-6]", element.tag)]
    assert all(below <= above + 1 for above, below in pairwise(levels)), f"a level is skipped: {levels}"
    ids = [element.attributes["id"] for element in tree if "id" in element.attributes]
    assert len(ids) == len(set(ids)), f"ids twice: {sorted(one for one in ids if ids.count(one) > 1)}"
    labelled = {element.attributes.get("for") for element in tree.all("label")}
    for element in tree:
        assert "style" not in element.attributes, f"<{element.tag}> has an inline style"
        assert not any(name.startswith("on") for name in element.attributes), f"<{element.tag}> has an inline script"
        if element.tag in CONTROLS and element.attributes.get("type") not in UNLABELLED:
            named = element.attributes.get("id") in labelled or "aria-label" in element.attributes
            assert named or "aria-labelledby" in element.attributes, f"{element.attributes.get('name')} has no label"
        for name in ("aria-describedby", "aria-labelledby"):
            for target in element.attributes.get(name, "").split():
                assert target in ids, f"{name} names {target}, which is not there"
