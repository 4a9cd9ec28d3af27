"""Watching what a page does that it should not: dialogs, scripts, requests to elsewhere, complaints of the browser."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Request, Route

# Attack strings call `alert`; the rest is what else can be heard or seen from outside.
_TRAPS = """
for (const name of ["alert", "confirm", "prompt", "print", "open"]) {
  Object.defineProperty(window, name, {value: (...given) => { reportRun(`${name}(${given})`); }});
}
document.addEventListener("securitypolicyviolation", event => {
  reportViolation(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
});
"""
# The layout shift score of words in the masthead that move by a pixel when their font arrives. What readers notice
# begins at a hundred times as much (web.dev/articles/cls).
LEAST_SHIFT = 0.001
_SHIFTS = """
() => new Promise(resolve => {
  const shifts = [];
  new PerformanceObserver(list => shifts.push(...list.getEntries())).observe({type: "layout-shift", buffered: true});
  setTimeout(() => resolve(shifts.reduce((sum, one) => sum + one.value, 0)), 300);
})
"""


def shifts_of(page: Page) -> float:
    """How much has moved on a page since it began to load, as a layout shift score."""
    return float(page.evaluate(_SHIFTS))


@dataclass
class Watch:
    """What happened in a browser's profile since it was made."""

    origin: str
    runs: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    abroad: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    windows: int = 0

    def is_own(self, url: str) -> bool:
        """Whether an address lies on the site; a `data:` address of the page's own is no request at all."""
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}" == self.origin


def watch(context: BrowserContext, address: str) -> Watch:
    """Watch a profile from its first page on. What asks for another site is noted and stopped."""
    parts = urlsplit(address)
    seen = Watch(f"{parts.scheme}://{parts.netloc}")
    context.expose_binding("reportRun", lambda _, what: seen.runs.append(what))
    context.expose_binding("reportViolation", lambda _, what: seen.violations.append(what))
    context.add_init_script(_TRAPS)

    def note(request: Request) -> None:
        (seen.asked if seen.is_own(request.url) else seen.abroad).append(request.url)

    def stop(route: Route) -> None:
        route.abort()

    def look_at(page: Page) -> None:
        seen.windows += 1
        page.on("dialog", lambda dialog: (seen.runs.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda message: seen.console.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: seen.console.append(f"error: {error}"))

    context.on("request", note)
    context.on("page", look_at)
    context.route(lambda url: not seen.is_own(url), stop)
    return seen
