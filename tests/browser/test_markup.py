"""The HTML of every kind of page, and the CSS, are valid: the Nu Html Checker (validator.w3.org/nu) finds no error."""

import subprocess
from pathlib import Path

import pytest

from davidson.web.assets import SOURCE
from tests.browser.kinds import Kept

# Container queries and strokes that keep their width, in every browser since 2023 and 2020, are unknown to the checker.
TOO_NEW = ".*(container-type|@container|vector-effect).*"

pytestmark = pytest.mark.browser


def test_every_kind_of_page_is_valid_html(every_page: dict[str, Kept], vnu: tuple[str, ...], tmp_path: Path):
    files = []
    for name, page in every_page.items():
        file = tmp_path / f"{name}.html"
        file.write_bytes(page.body)
        files.append(str(file))
    assert complaints(vnu, "--errors-only", *files) == []


def test_every_style_sheet_is_valid_css(vnu: tuple[str, ...]):
    files = sorted(str(path) for path in SOURCE.rglob("*.css"))
    assert complaints(vnu, "--errors-only", "--css", "--filterpattern", TOO_NEW, *files) == []


def complaints(command: tuple[str, ...], *arguments: str) -> list[str]:
    """What the checker says, a line each."""
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=240)
    lines = done.stderr.splitlines()
    assert done.returncode == 0 or lines, done.stdout
    return lines
