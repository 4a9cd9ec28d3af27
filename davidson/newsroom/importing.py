"""Taking an article from a Markdown file with a YAML front matter, as `davidson article add` is given one.

Every fault is told with the file, the line and what is expected there.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TypeVar

import yaml

from davidson.articles.manuscript import Manuscript, ManuscriptPicture
from davidson.text.slug import is_slug, slugify

KEYS = ("title", "slug", "standfirst", "section", "tags", "authors", "published_at", "lang", "image")
IMAGE_KEYS = ("file", "alt", "caption", "credit")
MAX_HEADLINE = 300
MAX_FILE_BYTES = 2 * 1024 * 1024
LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")
# Names of where a picture was found, which say nothing of who owns it.
OWNERLESS = re.compile(
    r"\b(google|internet|web|facebook|instagram|twitter|x\.com|tiktok|pinterest|youtube|whatsapp|social media|"
    r"online|screenshot|unknown|courtesy photo|file photo)\b",
    re.IGNORECASE,
)

T = TypeVar("T")


class BadManuscript(ValueError):
    """The file is no manuscript; the message is one line that names the file, the line and what is expected."""


@dataclass(frozen=True)
class _Front:
    """A mapping of the front matter: its file, its keys with their nodes, and how far down the file it begins."""

    path: Path
    nodes: dict[str, yaml.Node]
    line: int

    def fault(self, node: yaml.Node | None, expected: str) -> BadManuscript:
        return BadManuscript(f"{self.path}, line {_line(node) if node else self.line}: {expected}")

    def text(self, key: str) -> str:
        """The value of a key as it is written, empty where it lacks."""
        node = self.nodes.get(key)
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode):
            raise self.fault(node, f"{key} takes one text")
        return "" if node.tag.endswith(":null") else str(node.value).strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """The values of a list, or of the one text that stands for a list of one."""
        node = self.nodes.get(key)
        if node is None or isinstance(node, yaml.ScalarNode):
            text = self.text(key)
            return (text,) if text else ()
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        for item in items:
            if not isinstance(item, yaml.ScalarNode) or not str(item.value).strip():
                raise self.fault(item, f"{key} takes a list of texts")
        return tuple(str(item.value).strip() for item in items)

    def checked(self, key: str, parse: Callable[[str], T], expected: str) -> T:
        """The value of a key, parsed; a ValueError becomes the fault that says what is expected."""
        text = self.text(key)
        try:
            return parse(text)
        except ValueError:
            raise self.fault(self.nodes.get(key), f"{key} takes {expected}, not {text!r}") from None


def read_manuscript(path: Path, *, zone: tzinfo) -> Manuscript:
    """Read an article from a Markdown file; a time without a zone is meant in `zone`.

    Raises BadManuscript.
    """
    front, body = _front_and_body(path)
    headline = front.text("title")
    if not headline:
        raise front.fault(front.nodes.get("title"), "a title is expected: `title: The headline`")
    if len(headline) > MAX_HEADLINE:
        raise front.fault(front.nodes.get("title"), f"title takes at most {MAX_HEADLINE} characters")
    manuscript = Manuscript(
        headline=headline,
        slug=front.checked("slug", _slug, "lower-case letters, digits and single hyphens") or slugify(headline),
        source=body,
        standfirst=front.text("standfirst"),
        section=front.text("section"),
        tags=front.texts("tags"),
        authors=front.texts("authors"),
        published_at=front.checked(
            "published_at", lambda text: _moment(text, zone), "a date and time such as 2026-11-23T10:00:00Z"
        ),
        lang=front.checked("lang", _language, "a language code such as en or pt-BR"),
    )
    return replace(manuscript, picture=_picture(front))


def names_no_owner(credit: str) -> bool:
    """Whether a credit tells only where a picture was found ("Photo from Google"), not whose it is."""
    return OWNERLESS.search(credit) is not None


def _front_and_body(path: Path) -> tuple[_Front, str]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BadManuscript(f"{path}, line 1: a file of at most {MAX_FILE_BYTES // 1024 // 1024} MB is expected")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadManuscript(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise BadManuscript(f"{path}: text in UTF-8 is expected, byte {error.start} is not") from None
    lines = text.splitlines(keepends=True)
    if not lines or lines[0].strip() != "---":
        raise BadManuscript(f"{path}, line 1: a front matter between two lines of --- is expected")
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.strip() == "---"), None)
    if end is None:
        raise BadManuscript(f"{path}, line {len(lines)}: a line of --- is expected after the front matter")
    return _front(path, "\n" + "".join(lines[1:end])), "".join(lines[end + 1 :]).replace("\r\n", "\n").strip(
        "\n"
    ) + "\n"


def _front(path: Path, text: str) -> _Front:
    """The front matter's nodes. `text` begins with an empty line for the opening ---, so that lines count true."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BadManuscript(f"{path}, line {mark.line + 1 if mark else 1}: YAML is expected: {error.problem}") from None
    except yaml.YAMLError:
        raise BadManuscript(f"{path}, line 1: a front matter in YAML is expected") from None
    if node is None:
        return _Front(path, {}, 1)
    return _mapping(_Front(path, {}, 1), node, KEYS, "a front matter of `key: value` lines is expected")


def _mapping(within: _Front, node: yaml.Node, keys: tuple[str, ...], expected: str) -> _Front:
    if not isinstance(node, yaml.MappingNode):
        raise within.fault(node, expected)
    nodes: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if key.value not in keys:
            raise within.fault(key, f"unknown key {key.value!r}; expected is one of {', '.join(keys)}")
        if key.value in nodes:
            raise within.fault(key, f"{key.value} stands here twice")
        nodes[key.value] = value
    return _Front(within.path, nodes, _line(node))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _slug(text: str) -> str:
    if text and not is_slug(text):
        raise ValueError(text)
    return text


def _moment(text: str, zone: tzinfo) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _language(text: str) -> str:
    if text and not LANGUAGE.fullmatch(text):
        raise ValueError(text)
    return text or "en"


def _picture(front: _Front) -> ManuscriptPicture | None:
    node = front.nodes.get("image")
    if node is None or (isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")):
        return None
    image = _mapping(front, node, IMAGE_KEYS, f"image takes {', '.join(IMAGE_KEYS)}")
    name = image.text("file")
    if not name:
        raise image.fault(image.nodes.get("file"), "image takes a file, relative to this one")
    file = front.path.parent / name
    try:
        data = file.read_bytes()
    except OSError as error:
        raise image.fault(image.nodes["file"], f"a picture is expected at {file}: {error.strerror}") from None
    return ManuscriptPicture(data, alt=image.text("alt"), caption=image.text("caption"), credit=image.text("credit"))
