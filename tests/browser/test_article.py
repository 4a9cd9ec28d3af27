"""An article with everything that one can hold, in a real browser: on paper, from right to left, on a telephone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.kinds import Kept
from tests.browser.newspapers import Newspaper
from tests.browser.watching import LEAST_SHIFT, shifts_of, watch

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 900}
TELEPHONE = {"width": 360, "height": 640}
# Which parts of a page show words or pictures, and words that stand in none of these.
_SHOWN = """
parts => {
  const found = new Set(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const note = one => found.add(parts.find(part => one.closest(part)) ?? one.outerHTML.slice(0, 120));
  while (walk.nextNode()) {
    const one = walk.currentNode.parentElement;
    if (walk.currentNode.data.trim() && one.checkVisibility({visibilityProperty: true})) { note(one); }
  }
  [...document.images, ...document.querySelectorAll("input, button, textarea")]
    .filter(one => one.checkVisibility()).forEach(note);
  return [...found].sort();
}
"""
_DIRECTIONS = """
names => Object.fromEntries(names.map(name => [name, getComputedStyle(document.querySelector(name)).direction]))
"""


@pytest.fixture
def show(
    demo: Newspaper, every_page: dict[str, Kept], new_context: Callable[..., BrowserContext]
) -> Callable[..., Page]:
    """Open a kept page in a profile of its own, which may ask nobody but the site."""

    def open_page(name: str, **options: Any) -> Page:
        kept, context = every_page[name], new_context(**options)

        def answer(route: Route) -> None:
            route.fulfill(status=kept.status, content_type="text/html; charset=utf-8", body=kept.body)

        seen = watch(context, demo.site.address)
        context.route(lambda url: url == demo.url(kept.path), answer)
        page = context.new_page()
        page.goto(demo.url(kept.path), wait_until="networkidle")
        assert (seen.abroad, seen.runs) == ([], [])
        return page

    return open_page


def test_on_paper_stand_headline_byline_picture_text_and_address_alone(show: Callable[..., Page]):
    page = show("article with everything that one can hold", viewport=DESK)
    page.emulate_media(media="print")
    address = page.locator(".story__address")
    assert address.inner_text().startswith("Davidson News, http://localhost/articles/")
    wanted = [
        *(".byline", ".figure", ".prose", ".sources", ".story-notes"),
        *(".story__address", ".story__headline", ".story__standfirst", ".story__time"),
    ]
    furniture = [".read-also", ".pull-quote", ".footnote-backref"]
    assert page.evaluate(_SHOWN, [*furniture, *wanted]) == sorted(wanted)
    assert page.locator(".story__time:visible a").count() == 0
    assert page.locator(".prose .table").first.evaluate("one => getComputedStyle(one).overflowX") == "visible"
    added = page.locator(".sources a").evaluate_all("all => all.map(one => getComputedStyle(one, '::after').content)")
    assert added[0] != "none" and added[1] == "none"  # What is itself an address is not followed by it.


def test_an_arabic_article_is_mirrored_and_what_surrounds_it_is_not(show: Callable[..., Page]):
    page = show("article with everything, from right to left", viewport=DESK)
    root = page.locator("html")
    assert (root.get_attribute("lang"), root.get_attribute("dir")) == ("ar", "rtl")
    mirrored = [".story", ".prose", ".comment__text", ".figure__text", ".sources__list"]
    kept = [".masthead", ".discussion", ".comment-form", ".more", ".footer", ".share", ".byline", ".story__address"]
    found = page.evaluate(_DIRECTIONS, [*mirrored, *kept])
    assert {name: found[name] for name in mirrored} == dict.fromkeys(mirrored, "rtl")
    assert {name: found[name] for name in kept} == dict.fromkeys(kept, "ltr")

    def box(selector: str) -> dict[str, float]:
        found = page.locator(selector).first.bounding_box()
        assert found is not None
        return {"left": found["x"], "right": found["x"] + found["width"]}

    prose, margin, name = box(".prose"), box(".story__credits"), box(".masthead__name")
    assert margin["left"] > prose["right"]
    assert name["left"] < DESK["width"] / 4
    quote = page.locator(".prose > blockquote").first.evaluate("one => getComputedStyle(one).borderRightWidth")
    assert quote == "3px"
    setting = "one => [getComputedStyle(one).letterSpacing, getComputedStyle(one).fontStyle]"
    for joined in (".story__headline", ".prose > blockquote", ".prose em", ".comment__text em"):
        assert page.locator(joined).first.evaluate(setting) == ["normal", "normal"], joined
    first_cell, last_cell = box(".prose th:first-child"), box(".prose th:last-child")
    assert first_cell["left"] > last_cell["left"]


def test_a_fault_leaves_the_fields_of_a_row_side_by_side(show: Callable[..., Page]):
    page = show("compose with faults", viewport=DESK)
    page.locator(".field-row .field__fault").last.evaluate("one => one.remove()")
    expect(page.locator(".field-row .field__fault")).to_have_count(1)
    for part in ("label", "control"):
        tops = "all => all.map(one => Math.round(one.getBoundingClientRect().top))"
        assert len(set(page.locator(f".field-row .field__{part}").evaluate_all(tops))) == 1, part


@pytest.mark.parametrize("size", [DESK, TELEPHONE], ids=["desk", "telephone"])
def test_nothing_moves_while_one_reads_to_the_end(show: Callable[..., Page], size: dict[str, int]):
    page = show("article with everything that one can hold", viewport=size, reduced_motion="reduce")
    for image in page.locator(".story img").all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("one => one.naturalWidth") > 1
    page.locator("footer").scroll_into_view_if_needed()
    assert shifts_of(page) < LEAST_SHIFT
    lead, *others = page.locator(".story img").all()
    assert (lead.get_attribute("fetchpriority"), lead.get_attribute("loading")) == ("high", None)
    assert {image.get_attribute("loading") for image in others} == {"lazy"}


def test_a_wide_table_scrolls_by_the_keyboard_and_the_page_does_not(show: Callable[..., Page]):
    page = show("article with everything that one can hold", viewport=TELEPHONE)
    table = page.get_by_role("region", name="Wheat, by year")
    table.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(table).not_to_have_js_property("scrollLeft", 0)
    assert page.evaluate("[document.scrollingElement.scrollLeft, document.scrollingElement.scrollWidth]") == [
        *(0, TELEPHONE["width"]),
    ]
