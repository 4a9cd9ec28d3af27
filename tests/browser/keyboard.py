"""Using a page by keyboard alone, and seeing at each step where the focus is."""

from dataclasses import dataclass

from playwright.sync_api import Page

MOST_STOPS = 400

# The focused element, and how it looks; the same element later, when the focus has gone on, must look otherwise.
_FOCUSED = """
() => {
  const one = document.activeElement;
  if (!one || one === document.body) { return null; }
  window.lastFocused = one;
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  const label = one.labels?.[0]?.innerText ?? "";
  return {
    name: (one.getAttribute("aria-label") ?? (label || one.innerText || one.name || "")).replace(/\\s+/g, " ").trim(),
    tag: one.localName, type: one.type ?? "", field: one.name ?? "", value: one.value ?? "", href: one.href ?? "",
    card: one.closest("article")?.id ?? "",
    outline: `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor}`,
    on_screen: box.width > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
  };
}
"""
_OUTLINE_NOW = """
() => {
  const style = getComputedStyle(window.lastFocused);
  return `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor}`;
}
"""


@dataclass(frozen=True)
class Stop:
    """A place where the Tab key stopped: `name` is the label or text, `card` the article element it lies in."""

    name: str
    tag: str
    type: str
    field: str
    value: str
    href: str
    card: str
    outline: str
    on_screen: bool


def focused(page: Page) -> Stop | None:
    """What has the focus; None for nothing."""
    found = page.evaluate(_FOCUSED)
    return Stop(**found) if found else None


def tab(page: Page) -> Stop | None:
    """Press Tab and give where it stopped, having seen that one can see where; None at the end of the page."""
    before = focused(page)
    page.keyboard.press("Tab")
    if before is not None:
        assert page.evaluate(_OUTLINE_NOW) != before.outline, f"{before} looks the same without the focus"
    stop = focused(page)
    if stop is not None:
        style, width, _ = stop.outline.split(" ", 2)
        assert style != "none" and float(width.removesuffix("px")) >= 2, f"the focus is not to be seen on {stop}"
        assert stop.on_screen, f"the focus is out of sight on {stop}"
    return stop


def tab_to(page: Page, name: str, *, card: str = "") -> list[Stop]:
    """Press Tab until what has that name has the focus, in that card if one is named; gives all stops on the way.

    At the end of the page Tab begins anew, once.
    """
    stops: list[Stop] = []
    ends = 0
    while ends < 2 and len(stops) < MOST_STOPS:
        stop = tab(page)
        if stop is None:
            ends += 1
            continue
        stops.append(stop)
        if stop.name.startswith(name) and (not card or stop.card == card):
            return stops
    raise AssertionError(f"Tab never came to {name!r}, only to {[stop.name for stop in stops]}")


def enter(page: Page) -> None:
    """Press Enter on a link or a button and wait for the page that it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")
