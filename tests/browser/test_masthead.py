"""The masthead's sections: a line where there is room, a menu that unfolds without script where there is none."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.newspapers import Newspaper

pytestmark = pytest.mark.browser


def test_on_telephones_the_sections_fold_into_a_menu(demo: Newspaper, new_context: Callable[..., BrowserContext]):
    page = new_context(java_script_enabled=False).new_page()
    for width, folds in ((320, True), (767, True), (768, False), (1440, False)):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(demo.url("/"))
        line, menu = page.locator("nav.masthead__line"), page.locator("details.masthead__menu")
        assert (line.is_visible(), menu.is_visible()) == (not folds, folds), width
        if folds:
            assert not menu.locator("a").first.is_visible()
            menu.locator("summary").click()
            assert menu.locator("a").all_inner_texts() == line.locator("a").all_text_contents()
            assert menu.locator("a").first.is_visible()
