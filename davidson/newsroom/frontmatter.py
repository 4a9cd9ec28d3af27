"""The YAML front matter of a manuscript, read as it is written: every value keeps its place, for messages."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self, TypeVar

import yaml

from davidson.text.normalise import normalise

# The most characters that a value takes; MOST where its key is not named here.
LONGEST = {"title": 300, "standfirst": 1000, "alt": 1000, "caption": 1000, "url": 2000, "sources": 2000}
MOST = 200
# A no-break space is none of these.
SPACES = re.compile(r"[ \t\n]+")
WORD = re.compile(r"[^\W_]+")

T = TypeVar("T")


class BadManuscript(ValueError):
    """The file is no manuscript; the message is one line that names the file, the line and what is expected."""


@dataclass(frozen=True)
class Front:
    """A mapping of the front matter: its file, its keys with their nodes, and how far down the file it begins."""

    path: Path
    nodes: dict[str, yaml.Node]
    line: int

    def place(self, node: yaml.Node | None) -> str:
        """Where a value stands, for messages."""
        return f"{self.path}, line {_line(node) if node else self.line}"

    def fault(self, node: yaml.Node | None, expected: str) -> BadManuscript:
        return BadManuscript(f"{self.place(node)}: {expected}")

    def text(self, key: str) -> str:
        """The value of a key as it is written but on one line, empty where it lacks."""
        node = self.nodes.get(key)
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode):
            raise self.fault(node, f"{key} takes one text")
        return "" if is_null(node) else self._one_line(key, node)

    def names(self, key: str) -> tuple[str, ...]:
        """The names in a list, or the one that stands for a list of one."""
        node = self.nodes.get(key)
        if isinstance(node, yaml.SequenceNode):
            return tuple(self._name(key, item) for item in node.value)
        return (self._name(key, node),) if node is not None and self.text(key) else ()

    def entries(self, key: str) -> tuple[yaml.Node, ...]:
        """The values in a list, or the one that stands for a list of one; none where the key lacks."""
        node = self.nodes.get(key)
        if isinstance(node, yaml.SequenceNode):
            return tuple(node.value)
        return (node,) if node is not None and not is_null(node) else ()

    def line_of(self, key: str, node: yaml.Node) -> str:
        """An entry that is a text, on one line."""
        text = self._one_line(key, node) if isinstance(node, yaml.ScalarNode) and not is_null(node) else ""
        if not text:
            raise self.fault(node, f"{key} takes texts")
        return text

    def name(self, key: str) -> str:
        """The one name that a key takes, empty where it lacks."""
        return self._name(key, self.nodes[key]) if self.text(key) else ""

    def _name(self, key: str, node: yaml.Node) -> str:
        name = self._one_line(key, node) if isinstance(node, yaml.ScalarNode) else ""
        if not WORD.search(name):
            raise self.fault(node, f"{key} takes names with a letter or digit in them")
        return name

    def _one_line(self, key: str, node: yaml.ScalarNode) -> str:
        text = SPACES.sub(" ", normalise(node.value)).strip(" ")
        most = LONGEST.get(key, MOST)
        if len(text) > most:
            raise self.fault(node, f"{key} takes at most {most} characters, not {len(text)}")
        return text

    def checked(self, key: str, parse: Callable[[str], T], expected: str) -> T:
        """The value of a key, parsed; a ValueError becomes the fault that says what is expected."""
        text = self.text(key)
        try:
            return parse(text)
        except (ValueError, OverflowError):
            raise self.fault(self.nodes.get(key), f"{key} takes {expected}, not {text!r}") from None

    def mapping(self, node: yaml.Node, keys: tuple[str, ...], expected: str) -> Self:
        """The mapping that a value is, which has none but these keys; `expected` says so where it is none."""
        if not isinstance(node, yaml.MappingNode):
            raise self.fault(node, expected)
        nodes: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.fault(key, expected)
            if key.value not in keys:
                raise self.fault(key, f"unknown key {key.value!r}; expected is one of {', '.join(keys)}")
            if key.value in nodes:
                raise self.fault(key, f"{key.value} stands here twice")
            nodes[key.value] = value
        return replace(self, nodes=nodes, line=_line(node))

    @classmethod
    def read(cls, path: Path, lines: list[str], keys: tuple[str, ...]) -> Self:
        """The front matter of a file, whose first line it follows. Raises BadManuscript."""
        front = cls(path, {}, 1)
        expected = "a front matter of `key: value` lines is expected"
        text = "\n".join(("", *lines, ""))  # An empty line for the opening ---, so that lines count true.
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            yaml_rule = ", in which a value with a colon needs quotes" if "mapping values" in str(error.problem) else ""
            raise BadManuscript(f"{path}, line {line}: YAML is expected{yaml_rule}: {error.problem}") from None
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            raise BadManuscript(f"{path}, line {line}: text is expected, not a control character") from None
        except RecursionError:
            raise BadManuscript(f"{path}, line 1: {expected}") from None
        return front if node is None else front.mapping(node, keys, expected)


def is_null(node: yaml.Node) -> bool:
    """Whether a value was left empty."""
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
