"""Imports run one way: a package knows those to its left, and views and commands stand on top of all."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "davidson"
ORDER = (
    "later",
    "emails",
    "values",
    "config",
    "clock",
    "disk",
    "writers",
    "sqlite",
    "database",
    "tally",
    "statements",
    "text",
    "web",
    "outbox",
    "pagecache",
    "mail",
    "accounts",
    "audit",
    "media",
    "articles",
    "search",
    "comments",
    "moderation",
    "about",
    "newsroom",
    "homepage",
    "syndication",
    "admin",
    "transfer",
    "operations",
)
# They stand on top of every package, and in this order: only views import forms, nobody imports views or commands.
TOP = ("forms", "views", "commands")
# These put the application together, or are asked for it by the command line.
ROOTS = ("davidson", "davidson.cli")
VAGUE = {"utils", "helpers", "common", "services", "util", "helper", "misc", "tools"}
# Pure: no session, request or clock.
PURE = (
    "davidson.values",
    "davidson.text",
    "davidson.comments.screening",
    "davidson.comments.threads",
    "davidson.homepage.lineup",
    "davidson.moderation.charts",
    "davidson.moderation.figures",
    "davidson.syndication.feeds",
    "davidson.syndication.atom",
    "davidson.syndication.rss",
    "davidson.syndication.jsonfeed",
    "davidson.syndication.sitemap",
    "davidson.syndication.robots",
    "davidson.syndication.opensearch",
    "davidson.search.marking",
    "davidson.search.words",
    "davidson.syndication.structured",
    "davidson.moderation.steps",
    "davidson.moderation.trends",
)
IMPURE = ("flask", "davidson.database", "davidson.clock", "davidson.web")


@dataclass(frozen=True)
class Import:
    """One import of one of our modules, by another."""

    importer: str
    imported: str
    line: int
    hidden: bool

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(), str(path))
    return found


@cache
def imports() -> tuple[Import, ...]:
    return tuple(found for name, tree in modules().items() for found in _imports_of(name, tree))


def _imports_of(name: str, tree: ast.Module) -> Iterator[Import]:
    hidden = {
        inner
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(outer)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(name, alias.name, node.lineno, node in hidden)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}:{node.lineno} has a relative import"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield Import(name, whole if whole in modules() else str(node.module), node.lineno, node in hidden)


def ours() -> list[Import]:
    return [found for found in imports() if found.imported.split(".")[0] == "davidson"]


def package_of(module: str) -> str:
    """`davidson.comments.screening.links` is of `comments`."""
    return module.split(".")[1]


def last(module: str) -> str:
    return module.rpartition(".")[2]


def kind_of(module: str) -> str:
    """`forms`, `views` or `commands`, for `word_views` too; else nothing."""
    return next((kind for kind in TOP if last(module) == kind or last(module).endswith(f"_{kind}")), "")


def test_every_package_has_its_place():
    packages = {package_of(name) for name in modules() if name not in ROOTS}
    assert packages - set(ORDER) == set()


def test_no_module_imports_to_the_right():
    wrong = [
        str(found)
        for found in ours()
        if found.importer not in ROOTS
        and found.imported != "davidson"
        and not kind_of(found.importer)
        and ORDER.index(package_of(found.imported)) > ORDER.index(package_of(found.importer))
    ]
    assert wrong == []


def test_only_the_application_imports_views_and_commands():
    wrong = [str(found) for found in ours() if kind_of(found.imported) in ("views", "commands")]
    assert [line for line in wrong if not line.startswith("davidson:")] == []


def test_only_views_import_forms():
    wrong = [
        str(found)
        for found in ours()
        if kind_of(found.imported) == "forms" and kind_of(found.importer) not in ("forms", "views")
    ]
    assert wrong == []


def test_nothing_imports_the_bare_package():
    wrong = [str(found) for found in ours() if found.imported == "davidson" and found.importer != "davidson.cli"]
    assert wrong == []


def test_imports_hide_in_no_function_but_the_applications_own():
    wrong = [str(found) for found in imports() if found.hidden and found.importer != "davidson"]
    assert wrong == []


def test_what_is_pure_knows_neither_requests_nor_the_store_nor_the_clock():
    wrong = [
        str(found)
        for found in imports()
        if _within(found.importer, PURE) and not kind_of(found.importer) and _within(found.imported, IMPURE)
    ]
    assert wrong == []


def test_one_module_reads_the_clock_and_one_the_environment():
    readers = {
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today")
        if isinstance(node.value, ast.Name) and node.value.id in ("datetime", "date")
    }
    assert readers <= {"davidson.clock"}
    settings = {
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
        if isinstance(node.value, ast.Name) and node.value.id == "os"
    }
    # `serving` hands the settings on to the process that it becomes, `apart` to the one that draws.
    assert settings <= {"davidson.config", "davidson.operations.serving", "davidson.media.apart"}


def test_modules_are_named_for_what_they_hold():
    assert [name for name in modules() if last(name) in VAGUE] == []


@pytest.mark.parametrize("library", ["bleach", "nh3"])
def test_one_module_knows_the_sanitisers(library: str):
    assert {found.importer for found in imports() if found.imported.split(".")[0] == library} == {
        "davidson.text.sanitise"
    }


def test_libraries_that_load_later_are_few_and_each_has_one_place():
    later = [
        (file.relative_to(PACKAGE).as_posix(), node.args[0].value)
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Later"
    ]
    assert sorted(later) == [("emails.py", "email_validator"), ("text/sanitise.py", "bleach")]


def _within(module: str, parents: tuple[str, ...]) -> bool:
    return any(module == parent or module.startswith(f"{parent}.") for parent in parents)
