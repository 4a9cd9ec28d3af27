"""Nobody is watched here: what a reader's browser is asked to keep, whom it talks to, how little it has to fetch."""

import gzip
from collections import Counter
from collections.abc import Callable, Hashable
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Response

from davidson.operations.privacy import Crawl
from davidson.web.headers import SECURITY_HEADERS
from tests.browser.newspapers import Newspaper
from tests.browser.watching import Watch, watch
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.browser

# Every comment and every day of the archive has pages of its own; so many of a sort are looked at in a browser.
MOST_ALIKE = 4
DISCUSSED = "/articles/why-we-still-move-the-clocks"
LINKED = (
    *("/articles/a", f"{DISCUSSED}/comments/1", "/articles/a?reply=1", "/articles/a?order=oldest", "/sections/science"),
    *("/authors/a", "/tags/a", "/archive", "/archive/2026-11", "/search", "/corrections", "/about/moderation"),
)
MOST_REQUESTS = 6
MOST_BYTES = 25 * 1000
FIRST_ROUND_TRIP = 14 * 1000
KEPT_BY_THE_BROWSER = """
async () => [localStorage.length, sessionStorage.length, document.cookie, (await indexedDB.databases()).length,
             (await navigator.serviceWorker?.getRegistrations() ?? []).length]
"""
# A paragraph of common length, of words that do not compress as one word repeated would.
PROSE = """The council met on {0} and argued for {1} hours over the bridge, which was built in {2} and has been closed
since a lorry of {3} tons crossed it. Nobody could say who had let it pass. Member number {4} asked for a report; the
others, some {5} of them, wanted the bridge back first and the report after it."""


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    """A fresh profile of a browser."""
    return new_context()


@pytest.fixture
def seen(demo: Newspaper, context: BrowserContext) -> Watch:
    """What happens in that profile."""
    return watch(context, demo.site.address)


def links_of(page: Page) -> set[str]:
    """The addresses on this site that the page links to, without their fragments."""
    found = page.evaluate("[...document.querySelectorAll('a[href]')].map(link => link.getAttribute('href'))")
    whole = {urljoin(page.url, href).partition("#")[0] for href in found}
    return {url for url in whole if urlsplit(url).netloc == urlsplit(page.url).netloc}


def sort_of(url: str) -> Hashable:
    """What pages of one sort have in common in their addresses: the first word, how long it is, what is asked for."""
    parts = urlsplit(url)
    return parts.path.split("/")[1], parts.path.count("/"), tuple(parse_qs(parts.query, keep_blank_values=True))


def open_as_a_reader(page: Page, url: str) -> Response:
    """Open a page; it carries the security headers and sets no cookie."""
    response = page.goto(url)
    assert response is not None
    headers = response.all_headers()
    assert {name: headers.get(name.lower()) for name, _ in SECURITY_HEADERS} == dict(SECURITY_HEADERS)
    assert "set-cookie" not in headers
    assert "cookie" not in headers.get("vary", "").lower()
    return response


def test_no_page_that_links_lead_to_watches_its_reader(demo: Newspaper, context: BrowserContext, seen: Watch):
    page = context.new_page()
    waiting = [demo.url("/"), demo.url(DISCUSSED)]  # What other tests publish there may stand before it on the front.
    known, looked_at = set(waiting), Counter[Hashable]()
    while waiting:
        url = waiting.pop()
        assert open_as_a_reader(page, url).status == 200, url
        assert page.evaluate(KEPT_BY_THE_BROWSER) == [0, 0, "", 0, 0], url
        fresh = links_of(page) - known
        known |= fresh
        for link in sorted(fresh):
            looked_at[sort_of(link)] += 1
            if looked_at[sort_of(link)] <= MOST_ALIKE:
                waiting.append(link)
    assert {sort_of(demo.url(path)) for path in LINKED} <= set(looked_at)
    assert context.cookies() == []
    assert (seen.abroad, seen.violations, seen.console, seen.windows) == ([], [], [], 1)


def test_anyone_can_see_from_outside_that_nobody_is_watched_and_every_link_leads_somewhere(demo: Newspaper):
    """What `davidson doctor --privacy` finds: nothing, though it looks at every page that links lead to."""
    crawl = Crawl(demo.url("/"), most_pages=2000)
    assert list(crawl.findings()) == []
    assert crawl.seen.pages > 100 and crawl.seen.files > 50 and crawl.seen.left == 0


@pytest.mark.parametrize("path", ["/", "/sections/science", DISCUSSED, "/nowhere"])
def test_every_reader_gets_the_same_bytes(demo: Newspaper, new_context: Callable[..., BrowserContext], path: str):
    readers = [new_context(), new_context(locale="de-DE", color_scheme="dark", user_agent="Another/1.0")]
    bodies = [open_as_a_reader(reader.new_page(), demo.url(path)).body() for reader in readers]
    assert bodies[0] == bodies[1]


def transferred(context: BrowserContext, url: str, *, without: tuple[str, ...]) -> dict[str, int]:
    """What a page's first visit fetches `without` some types: the bytes of each body as nginx compresses it."""
    answers: list[Response] = []
    context.on("response", lambda answer: answers.append(answer))
    context.new_page().goto(url, wait_until="networkidle")
    kept = [answer for answer in answers if answer.request.resource_type not in without]
    assert {answer.status for answer in kept} == {200}
    return {answer.url: len(gzip.compress(answer.body(), compresslevel=6)) for answer in kept}


def prose(number: int) -> str:
    """A paragraph that is not quite like any other."""
    return PROSE.format(*(number * factor % 1013 for factor in (7, 13, 17, 29, 31, 37)))


def test_an_article_with_its_discussion_is_light(demo: Newspaper, context: BrowserContext):
    article = make_article(demo.app, source="\n\n".join(prose(number) for number in range(12)))
    for number in range(20):
        make_comment(demo.app, article, source=prose(100 + number))
    sizes = transferred(context, demo.url(article.url), without=("image", "font"))
    assert len(sizes) <= MOST_REQUESTS
    assert sum(sizes.values()) <= MOST_BYTES, sizes


def test_an_article_can_be_drawn_after_one_round_trip(demo: Newspaper, context: BrowserContext):
    article = make_article(demo.app, source="\n\n".join(prose(number) for number in range(12)))
    sizes = transferred(context, demo.url(article.url), without=("image", "font", "script", "other"))
    assert len(sizes) == 2
    assert sum(sizes.values()) <= FIRST_ROUND_TRIP, sizes
