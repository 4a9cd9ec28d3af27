"""Real Chromium for tests, and the tools that read the pages it shows. In CI one that lacks is a failure."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser import (  # noqa: F401 - they list their kinds of pages.
    archive_pages,
    article_pages,
    mail_pages,
    moderation_pages,
    reader_pages,
    receipt_pages,
    staff_pages,
)
from tests.browser.kinds import Kept, every_kind
from tests.browser.newspapers import Newspaper, newspaper
from tests.conftest import ROOT, run_davidson

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
VNU = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
PATIENCE = 30_000  # milliseconds; the machine may be busy with other tests.


def lacks(what: str) -> None:
    """Skip what cannot run here; in CI, where everything must be there, fail."""
    if os.environ.get("CI"):
        pytest.fail(f"CI needs {what}")
    pytest.skip(f"{what} is not installed")


@pytest.fixture(autouse=True)
def counted_for_sqlite(request: pytest.FixtureRequest) -> None:
    """A browser test that asks for no kind of store runs on SQLite: what it shows is alike on both."""
    if "store" not in request.fixturenames:
        request.node.user_properties.append(("store", "sqlite"))


def chromium() -> str | None:
    """The program of the browser; None where there is none."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a process."""
    program = chromium()
    if program is None:
        lacks("Chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=SWITCHES)
        yield started
        started.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Make a fresh profile of the browser: `new_context(java_script_enabled=False)`; all close with the test."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of the accessibility checker."""
    if not AXE.exists():
        lacks("axe-core (npm ci --ignore-scripts)")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def vnu() -> tuple[str, ...]:
    """The command that runs the HTML validator."""
    java = shutil.which("java")
    if not (java and VNU.exists()):
        lacks("Java with vnu-jar (npm ci --ignore-scripts)")
    return (str(java), "-jar", str(VNU))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, drawn_demo: Callable[[Path], None]) -> Iterator[Newspaper]:
    """A site filled by `davidson demo`, for tests that take nothing away from it."""
    instance: Path = tmp_path_factory.mktemp("demo") / "instance"
    drawn_demo(instance)
    with newspaper(instance) as made:
        run_davidson("demo", url=None, instance=instance, check=True)
        yield made


@pytest.fixture(scope="session")
def every_page(demo: Newspaper, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Kept]:
    """A page of every kind that the site has, by its name."""
    with newspaper(tmp_path_factory.mktemp("new") / "instance") as new:
        return every_kind(demo, new)
