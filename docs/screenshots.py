"""Pictures of the site for its documentation, made from a demo that is thrown away: `make screenshots`.

Writes `docs/screenshot.png`, the top of the homepage, and a sheet of further pages into `docs/sheet/`, which is not
committed. Needs Chromium.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from davidson.accounts.models import Role
from tests.browser.conftest import SWITCHES, chromium
from tests.browser.newspapers import Newspaper, newspaper
from tests.conftest import run_davidson
from tests.desks import PASSWORD, hire

DOCS = Path(__file__).resolve().parent
SHEET = DOCS / "sheet"
WIDE = {"width": 1200, "height": 900}
TELEPHONE = {"width": 390, "height": 844}
ARTICLE = "/articles/why-we-still-move-the-clocks"
FOR_READERS = {
    "homepage": "/",
    "section": "/sections/science",
    "article": ARTICLE,
    "archive": "/archive",
    "not-found": "/nowhere",
}
FOR_STAFF = {
    "queue": "/staff/moderation/",
    "audit": "/staff/audit",
    "newsroom": "/staff/newsroom/",
    "front": "/staff/newsroom/front",
    "people": "/staff/admin/",
    "sections": "/staff/admin/sections",
    "words": "/staff/admin/words",
    "account": "/staff/account",
}


def main() -> None:
    """Make all pictures anew."""
    SHEET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, newspaper(Path(folder) / "instance") as paper:
        run_davidson("demo", url=None, instance=paper.instance, check=True)
        hire(paper.app, Role.ADMIN, "admin@example.org")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=SWITCHES)
            _cover(browser, paper)
            for name, size in (("wide", WIDE), ("telephone", TELEPHONE)):
                for scheme in ("light", "dark"):
                    page = browser.new_context(viewport=size, color_scheme=scheme).new_page()
                    _sheet(page, paper, f"{name}-{scheme}")
            browser.close()


def _cover(browser: Browser, paper: Newspaper) -> None:
    page = browser.new_context(viewport=WIDE, color_scheme="light").new_page()
    _open(page, paper, "/")
    page.screenshot(path=DOCS / "screenshot.png")


def _sheet(page: Page, paper: Newspaper, kind: str) -> None:
    for name, path in FOR_READERS.items():
        _open(page, paper, path)
        page.screenshot(path=SHEET / f"{name}-{kind}.png", full_page=True)
    _open(page, paper, "/staff/login")
    page.screenshot(path=SHEET / f"login-{kind}.png", full_page=True)
    page.get_by_label("E-mail").fill("admin@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Log in").click()
    for name, path in FOR_STAFF.items():
        _open(page, paper, path)
        page.screenshot(path=SHEET / f"{name}-{kind}.png", full_page=True)


def _open(page: Page, paper: Newspaper, path: str) -> None:
    """Open a page and wait for its pictures and fonts."""
    page.goto(paper.url(path), wait_until="networkidle")
    page.evaluate("document.fonts.ready.then(() => undefined)")


if __name__ == "__main__":
    main()
