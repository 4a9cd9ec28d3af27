"""Every kind of page can be used by everybody: by the rules of axe, and by what it has no rule for.

Pages are shown as they were kept, light and dark, on a desk and on a small telephone, with all that folds unfolded.
"""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.browser.kinds import KINDS, Kept
from tests.browser.newspapers import Newspaper
from tests.browser.watching import LEAST_SHIFT, shifts_of

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 900}
TELEPHONE = {"width": 320, "height": 640}
ARTICLE = "/articles/why-we-still-move-the-clocks"
LEAST_TARGET = 24  # CSS pixels; WCAG 2.2, success criterion 2.5.8.
# The dark scheme redefines colours and nothing else, so there only what looks at colours is asked again.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
EVERYTHING = {"rules": {"target-size": {"enabled": True}}}
_RUN_AXE = """
async options => {
  const found = await axe.run(document, {resultTypes: ["violations"], ...options});
  return found.violations.map(one => [one.id, ...one.nodes.map(node => `${node.target}: ${node.failureSummary}`)]);
}
"""
# Links in a sentence are exempt, for its lines give them their height, and so is what only looks like a control.
_SMALL_TARGETS = """
least => {
  const inSentence = one => {
    if (one.localName !== "a" || getComputedStyle(one).display !== "inline") { return false; }
    const line = one.parentElement.closest("p, li, td, h1, h2, h3, blockquote, div");
    return line.textContent.trim() !== one.textContent.trim();
  };
  const targets = document.querySelectorAll("a[href], button, select, summary, textarea, input:not([type=hidden])");
  return [...targets].filter(one => one.checkVisibility({visibilityProperty: true}) && !one.closest("[aria-hidden]"))
    .filter(one => one.tabIndex >= 0 && !one.matches(".skip") && !inSentence(one))
    .map(one => [one, (one.matches("input[type=checkbox]") && one.labels[0] || one).getBoundingClientRect()])
    .filter(([_, box]) => Math.min(box.width, box.height) < least)
    .map(([one, box]) => `${one.outerHTML.slice(0, 120)}: ${box.width} x ${box.height}`);
}
"""
_TOO_WIDE = """
() => {
  const room = document.documentElement.clientWidth;
  const cuts = one => /auto|scroll|hidden|clip/.test(getComputedStyle(one).overflowX);
  const scrolls = one => one && (cuts(one) || scrolls(one.parentElement));
  if (document.documentElement.scrollWidth <= room) { return []; }
  return [...document.body.querySelectorAll("*")]
    .filter(one => one.getBoundingClientRect().right > room + 0.5 && !scrolls(one.parentElement))
    .map(one => one.outerHTML.slice(0, 120));
}
"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A tab that shows one kept page after another."""
    context = browser.new_context(reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture(params=list(KINDS))
def shown(request: pytest.FixtureRequest, page: Page, demo: Newspaper, every_page: dict[str, Kept]) -> Page:
    """A page of each kind, at the address at which it was asked for; its pictures and styles come from the site."""
    kept = every_page[request.param]

    def answer(route: Route) -> None:
        route.fulfill(status=kept.status, content_type="text/html; charset=utf-8", body=kept.body)

    page.unroute_all()
    page.route(lambda url: url == demo.url(kept.path), answer)
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")
    page.goto(demo.url(kept.path))
    page.evaluate("for (const fold of document.querySelectorAll('details')) { fold.open = true; }")
    return page


def test_a_page_of_each_kind_is_accessible(shown: Page, axe: str):
    shown.evaluate(axe)
    found = {}
    for place, size in (("desk", DESK), ("telephone", TELEPHONE)):
        shown.set_viewport_size(size)
        for scheme, rules in (("light", EVERYTHING), ("dark", COLOURS)):
            shown.emulate_media(color_scheme=scheme)
            found[f"{scheme} on a {place}"] = shown.evaluate(_RUN_AXE, rules)
        found[f"small targets on a {place}"] = shown.evaluate(_SMALL_TARGETS, LEAST_TARGET)
    found["wider than a telephone"] = shown.evaluate(_TOO_WIDE)
    assert not any(found.values()), json.dumps({where: what for where, what in found.items() if what}, indent=1)


@pytest.mark.parametrize("size", [DESK, TELEPHONE], ids=["desk", "telephone"])
@pytest.mark.parametrize("path", ["/", ARTICLE])
def test_nothing_moves_while_a_page_loads(
    demo: Newspaper, new_context: Callable[..., BrowserContext], path: str, size: dict[str, int]
):
    page = new_context(viewport=size).new_page()
    page.goto(demo.url(path), wait_until="networkidle")
    assert page.evaluate("document.fonts.status") == "loaded"
    assert shifts_of(page) < LEAST_SHIFT
