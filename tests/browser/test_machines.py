"""What is said to machines, in a real browser: it breaks no rule of the site, and icons look like their source."""

from collections.abc import Callable

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Browser, BrowserContext

from davidson.web.assets import SOURCE
from docs.icons import ICONS, drawn
from tests.browser.newspapers import Newspaper
from tests.browser.watching import watch

pytestmark = pytest.mark.browser


def test_data_in_a_page_runs_nowhere_and_breaks_no_rule(demo: Newspaper, new_context: Callable[..., BrowserContext]):
    context = new_context()
    seen = watch(context, demo.site.address)
    page = context.new_page()
    for path in ("/", "/sections/science", "/articles/why-we-still-move-the-clocks"):
        page.goto(demo.url(path))
        told = page.evaluate("JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').textContent)")
        assert told["@context"] == "https://schema.org"
    assert (seen.violations, seen.console, seen.abroad) == ([], [], [])


def test_every_icon_is_the_favicon(browser: Browser):
    for name, size in ICONS.items():
        kept = Image.open(SOURCE / "icons" / name).convert("RGB")
        assert kept.size == (size, size)
        difference = ImageChops.difference(kept, drawn(browser, size))
        assert max(ImageStat.Stat(difference).mean) < 1, name
