"""The lock files pin, by hash, all that is installed, and say nothing of where it is fetched from."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

LOCKS = ("app", "dev")
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9-]*)==(?P<version>[^ ;\\]+)", re.MULTILINE)


def pins(lock: str) -> dict[str, set[str]]:
    """The versions of each package: one, or several for several versions of Python."""
    versions: dict[str, set[str]] = {}
    for found in PIN.finditer((ROOT / "requirements" / f"{lock}.lock").read_text()):
        versions.setdefault(found["name"], set()).add(found["version"])
    return versions


def names(lines: list[str]) -> set[str]:
    """The normalised names of requirements (PEP 503)."""
    words = (re.split(r"[\[<>=!~; ]", line.strip(), maxsplit=1)[0] for line in lines)
    return {re.sub(r"[-_.]+", "-", word).lower() for word in words if word and word[0] not in "#-"}


@pytest.mark.parametrize(
    "path", ["requirements/app.lock", "requirements/dev.lock", "package-lock.json", "bench/package-lock.json"]
)
def test_a_lock_names_no_place_to_fetch_from(path: str):
    text = (ROOT / path).read_text()
    for forbidden in ("://", "--index", "--extra-index", "--find-links", "--trusted-host", '"resolved"'):
        assert forbidden not in text


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_its_hashes(lock: str):
    text = (ROOT / "requirements" / f"{lock}.lock").read_text()
    requirements = [part for part in re.split(r"\n(?=[a-z0-9])", text) if PIN.match(part)]
    assert len(requirements) == sum(map(len, pins(lock).values())) > 40
    assert [part.split()[0] for part in requirements if "--hash=sha256:" not in part] == []


def test_all_that_the_project_depends_on_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = names(project["project"]["dependencies"]) | names(project["build-system"]["requires"])
    assert needed - pins("app").keys() == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_is_made_of_what_is_asked_for_now(lock: str):
    asked = names((ROOT / "requirements" / f"{lock}.in").read_text().splitlines())
    assert asked - pins(lock).keys() == set()


def test_tests_run_on_the_versions_that_sites_run_on():
    tested = pins("dev")
    assert {name: versions for name, versions in pins("app").items() if tested.get(name) != versions} == {}


@pytest.mark.parametrize("folder", [ROOT, ROOT / "bench"], ids=["tests", "bench"])
def test_the_tools_from_npm_are_locked_too(folder: Path):
    asked = json.loads((folder / "package.json").read_text())["devDependencies"]
    locked = json.loads((folder / "package-lock.json").read_text())["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in asked} == asked
    assert [name for name, package in locked.items() if name and not package["integrity"].startswith("sha512-")] == []


def test_lock_formats_that_record_addresses_stay_out_of_the_repository():
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"uv.lock", "pylock.toml"} <= set(ignored)
