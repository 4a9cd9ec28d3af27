"""Pictures of the site for its documentation, made from a demo that is thrown away: `make screenshots`.

Writes `docs/screenshot.png`, the top of the homepage, and into `docs/sheet/`, which is not committed, what readers and
staff see in three widths, light and dark, with `index.html` to look at all of it. Needs Chromium.
"""

import tempfile
from html import escape
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from davidson.accounts.models import Role
from tests.browser.conftest import SWITCHES, chromium
from tests.browser.kinds import Stage
from tests.browser.newspapers import Newspaper, newspaper
from tests.browser.reader_pages import discussed
from tests.browser.receipt_pages import receipt_path
from tests.conftest import run_davidson
from tests.desks import PASSWORD, hire
from tests.factories import make_article, make_comment

DOCS = Path(__file__).resolve().parent
SHEET = DOCS / "sheet"
COVER = {"width": 1200, "height": 900}
WIDTHS = {360: 740, 768: 1024, 1440: 900}
"""Of a telephone, a tablet and a desk, in CSS pixels, and their heights."""
SCHEMES = ("light", "dark")
OF_THE_DEMO = {
    "homepage": "/",
    "section": "/sections/science",
    "article-with-picture": "/articles/eileen-collins-shuttle-commander",
    "author": "/authors/priya-ramanathan",
    "search": "/search?q=space",
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
LONG_HEADLINE = (
    "After eleven years, three inquiries and a fire, the council votes to rebuild the bridge that nobody "
    "remembers having asked for, at four times what it was said to cost"
)


def main() -> None:
    """Make all pictures anew."""
    SHEET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, newspaper(Path(folder) / "instance") as paper:
        run_davidson("demo", url=None, instance=paper.instance, check=True)
        hire(paper.app, Role.ADMIN, "admin@example.org")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=SWITCHES)
            _cover(browser, paper)
            _sheet(browser, paper, OF_THE_DEMO)
            further = _further(paper)
            _sheet(browser, paper, further)
            browser.close()
    _index([*OF_THE_DEMO, "login", *FOR_STAFF, *further])


def _cover(browser: Browser, paper: Newspaper) -> None:
    page = browser.new_context(viewport=COVER, color_scheme="light").new_page()
    for _ in range(2):  # What is not there in time on a first visit is at hand on the second: fonts are optional.
        _open(page, paper, "/")
    page.screenshot(path=DOCS / "screenshot.png")


def _further(paper: Newspaper) -> dict[str, str]:
    """What the demo does not have, such as a very long article and a crowded discussion, and where it is now."""
    plain = make_article(paper.app, headline="A short notice")
    stage = Stage(paper, paper, plain)
    waiting = make_comment(paper.app, plain, status="pending")
    long = make_article(
        paper.app,
        headline=LONG_HEADLINE,
        source="\n\n".join(f"Paragraph {n}. " + "It went on so, and on. " * 14 for n in range(30)),
    )
    return {
        "article-short-without-picture": plain.url,
        "article-long": long.url,
        "discussion-0": discussed(stage, 0).url,
        "discussion-20": discussed(stage, 20).url,
        "discussion-500": discussed(stage, 500).url,
        "receipt": receipt_path(stage, waiting),
    }


def _sheet(browser: Browser, paper: Newspaper, pages: dict[str, str]) -> None:
    """Pictures of these pages; with those of the demo go the pages of its staff."""
    for width, height in WIDTHS.items():
        for scheme in SCHEMES:
            size = {"width": width, "height": height}
            page = browser.new_context(viewport=size, color_scheme=scheme).new_page()
            _take(page, paper, pages, f"{width}-{scheme}")
            if pages is OF_THE_DEMO:
                _take(page, paper, {"login": "/staff/login"}, f"{width}-{scheme}")
                _log_in(page)
                _take(page, paper, FOR_STAFF, f"{width}-{scheme}")


def _take(page: Page, paper: Newspaper, pages: dict[str, str], kind: str) -> None:
    for name, path in pages.items():
        _open(page, paper, path)
        page.screenshot(path=SHEET / f"{name}-{kind}.png", full_page=True)


def _log_in(page: Page) -> None:
    page.get_by_label("E-mail").fill("admin@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Log in").click()


def _open(page: Page, paper: Newspaper, path: str) -> None:
    """Open a page and wait for its pictures and fonts."""
    page.goto(paper.url(path), wait_until="networkidle")
    # What is further down loads its pictures when somebody comes near.
    page.evaluate("for (const one of document.images) { one.loading = 'eager'; }")
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => undefined)")


def _index(names: list[str]) -> None:
    rows = [
        f"<h2>{escape(name)}</h2><p>"
        + "".join(
            f'<img src="{name}-{width}-{scheme}.png" width="{width // 3}">' for scheme in SCHEMES for width in WIDTHS
        )
        for name in names
    ]
    text = (
        f"<!doctype html><title>Sheet</title><style>img {{ vertical-align: top; margin: 4px }}</style>{''.join(rows)}"
    )
    (SHEET / "index.html").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
