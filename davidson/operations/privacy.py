"""The crawl behind `davidson doctor --privacy`: whether a site, seen from outside, lets its readers alone.

It asks for pages as any reader does, from link to link, and reads what a browser would fetch and run. It knows
nothing of the site but its address, so it can look at any.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from davidson.operations.fetching import Fetched, NoAnswer, fetched
from davidson.operations.pageparts import addresses_in_css, parts_of_page

MOST_STEPS = 5
OWN_PORTS = {"http": 80, "https": 443}
REQUIRED = ("content-security-policy", "referrer-policy")
# They tell other sites which page the reader was on.
TELLING = ("unsafe-url", "no-referrer-when-downgrade")
# By these a browser is told to send something elsewhere, or to fetch it.
REPORTING = ("content-security-policy", "reporting-endpoints", "report-to", "link", "refresh")
ADDRESS = re.compile(r"https?://[^\s\"'<>;,]+", re.IGNORECASE)
STORING = re.compile(
    r"\b(localStorage|sessionStorage|indexedDB|cookieStore|document\.cookie|caches\.open|serviceWorker\.register"
    r"|sendBeacon)\b"
)


@dataclass(frozen=True)
class Finding:
    """What is wrong with one of the site's answers."""

    place: str
    what: str


@dataclass
class Seen:
    """How much was looked at, and how many linked pages were not, for there were more than were asked for."""

    pages: int = 0
    files: int = 0
    left: int = 0


class Crawl:
    """A walk through at most so many pages of a site, which is all with the scheme, host and port of an address."""

    def __init__(self, address: str, *, most_pages: int) -> None:
        self.start = urldefrag(address).url
        self.most_pages = most_pages
        self.seen = Seen()
        self._known: set[str] = set()
        self._told: set[Finding] = set()
        # What stands alone comes before what a page has many of: its sorts, answers to each of its comments.
        self._plain: deque[tuple[str, str]] = deque()
        self._queries: deque[tuple[str, str]] = deque()
        self._files: deque[tuple[str, str]] = deque()

    def findings(self) -> Iterator[Finding]:
        """Walk, and tell each finding once. Raises NoAnswer where the address itself gives none."""
        self._queue(self.start, "the address that was given")
        first = True
        while waiting := self._files or self._plain or self._queries:
            is_page = waiting is not self._files
            if is_page and self.seen.pages >= self.most_pages:
                break
            url, linked_from = waiting.popleft()
            self.seen.pages += is_page
            self.seen.files += not is_page
            try:
                found = list(self._look_at(url, linked_from))
            except NoAnswer as fault:
                if first:
                    raise
                found = [Finding(_path(url), f"gives no answer: {fault} (linked from {_path(linked_from)})")]
            first = False
            yield from self._new(found)
        self.seen.left = len(self._plain) + len(self._queries)

    def _new(self, found: Iterable[Finding]) -> Iterator[Finding]:
        for one in found:
            if one not in self._told:
                self._told.add(one)
                yield one

    def _look_at(self, url: str, linked_from: str) -> Iterator[Finding]:
        """One address to where it leads, and all that is wrong on the way."""
        for _ in range(MOST_STEPS):
            answer = fetched(url)
            yield from self._answer(answer)
            target = answer.one("location") if 300 <= answer.status < 400 else ""
            if not target:
                break
            url = _joined(url, target)
            if not self._is_own(url):
                yield Finding(_path(answer.url), f"sends readers to {url}")
                return
            if url in self._known:
                return
            self._known.add(url)
        if answer.status != 200:
            yield Finding(_path(answer.url), f"answers {answer.status} (linked from {_path(linked_from)})")
        yield from self._content(answer)

    def _answer(self, answer: Fetched) -> Iterator[Finding]:
        """What the headers of any answer tell."""
        place = _path(answer.url)
        for cookie in answer.all("set-cookie"):
            yield Finding(place, f"sets the cookie {cookie.partition('=')[0].strip()}")
        for name in REPORTING:
            for value in answer.all(name):
                for url in ADDRESS.findall(value):
                    if not self._is_own(url):
                        yield Finding(place, f"names another site in its header {name}: {url}")

    def _content(self, answer: Fetched) -> Iterator[Finding]:
        place = _path(answer.url)
        if answer.media_type in ("text/html", "application/xhtml+xml"):
            yield from self._page(answer, place)
        elif answer.media_type == "text/css":
            yield from self._fetches(answer, [("style", url) for url in addresses_in_css(answer.text, answer.url)])
        elif "javascript" in answer.media_type:
            for name in sorted(set(STORING.findall(answer.text))):
                yield Finding(place, f"is a script that may store or send something: {name}")

    def _page(self, answer: Fetched, place: str) -> Iterator[Finding]:
        for name in REQUIRED:
            if not answer.one(name):
                yield Finding(place, f"has no header {name}")
        if answer.one("referrer-policy").strip().lower() in TELLING:
            yield Finding(place, f"tells other sites its address: referrer-policy is {answer.one('referrer-policy')}")
        parts = parts_of_page(answer.text, answer.url)
        for script in parts.own_scripts:
            yield Finding(place, f"has {script}")
        for url in parts.forms:
            if not self._is_own(url):
                yield Finding(place, f"sends a form to {url}")
        yield from self._fetches(answer, parts.fetched)
        for url in parts.links:
            if self._is_own(url):
                self._queue(url, answer.url)

    def _fetches(self, answer: Fetched, addresses: Iterable[tuple[str, str]]) -> Iterator[Finding]:
        for element, url in addresses:
            if not self._is_own(url):
                yield Finding(_path(answer.url), f"makes browsers ask another site ({element}): {url}")
            elif url not in self._known:
                self._known.add(url)
                self._files.append((url, answer.url))

    def _queue(self, url: str, linked_from: str) -> None:
        if url not in self._known:
            self._known.add(url)
            (self._queries if urlsplit(url).query else self._plain).append((url, linked_from))

    def _is_own(self, url: str) -> bool:
        return _origin(url) == _origin(self.start)


def _origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port (HTML standard, "origin"); a port that is none is none of ours."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or OWN_PORTS.get(parts.scheme)
    except ValueError:
        return "", url, 0


def _joined(url: str, target: str) -> str:
    """Where a redirect leads; what is no address leads to itself."""
    try:
        return urldefrag(urljoin(url, target)).url
    except ValueError:
        return target


def _path(url: str) -> str:
    """An address as a line names it: without the site's own part."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}" if parts.scheme else url
