"""Where the Tab key goes, on pages where no script runs."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.keyboard import focused, tab
from tests.browser.newspapers import Newspaper
from tests.factories import make_article

pytestmark = pytest.mark.browser


def test_tab_goes_through_an_article_in_the_order_of_reading(
    demo: Newspaper, new_context: Callable[..., BrowserContext]
):
    article = make_article(demo.app, section="City", tags=("Harbour",), authors=("Grace Hopper",))
    page = new_context(java_script_enabled=False).new_page()
    page.goto(demo.url(article.url))
    names = []
    while (stop := tab(page)) is not None:
        names.append(stop.name)
    in_order = ["Skip to content", "Skip to comments", "Davidson News", "City", "Grace Hopper", "Harbour"]
    in_order += ["Your comment (required)", "Name (required)", "E-mail (optional)", "Remember me here", "Send comment"]
    kept = [next((wanted for wanted in in_order if name.startswith(wanted)), "") for name in names]
    assert list(dict.fromkeys(filter(None, kept))) == in_order, names
    assert not [name for name in names if name.startswith(("Leave this empty", "website"))]


@pytest.mark.parametrize("path", ["/", "/sections/science", "/articles/why-we-still-move-the-clocks"])
def test_the_first_link_skips_the_furniture_and_is_seen_when_it_is_reached(
    demo: Newspaper, new_context: Callable[..., BrowserContext], path: str
):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(demo.url(path))
    stop = tab(page)
    assert stop and stop.name == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)"), focused(page)


def test_who_logs_in_may_type_at_once(demo: Newspaper, new_context: Callable[..., BrowserContext]):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(demo.url("/staff/login"))
    expect(page.locator("[name=email]")).to_be_focused()  # A browser sees to that with the first picture of the page.
    page.keyboard.type("somebody@example.org")
    assert page.input_value("[name=email]") == "somebody@example.org"
    stop = tab(page)
    assert stop and stop.name == "Password"
