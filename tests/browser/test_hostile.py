"""Attack strings, shown in a browser that the content security policy does not protect: none of them runs.

What is stored went past the form's own cleaning, which cuts names and takes out what nobody sees, so the walls behind
it stand alone here.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from davidson.comments.receipts import receipt_for
from tests.browser.article_pages import a_picture
from tests.browser.newspapers import Newspaper, newspaper
from tests.browser.watching import Watch, watch
from tests.desks import PASSWORD, hire
from tests.factories import Made, comment_now, make_article, make_comment
from tests.hostile import HOSTILE

pytestmark = pytest.mark.browser

SUBSET = ["p", "br", "a", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li"]
# Every element and attribute of a comment's text that INTERFACE.md does not name, and what in the whole page could run
# or ask for something elsewhere.
_STRANGE = """
subset => {
  const strange = [], note = (one, what) => strange.push(`${what}: ${one.outerHTML.slice(0, 200)}`);
  for (const one of document.querySelectorAll(".comment__text *")) {
    const names = one.getAttributeNames().sort().join(" ");
    if (!subset.includes(one.localName) || one.namespaceURI !== document.body.namespaceURI) { note(one, "element"); }
    if (names !== (one.localName === "a" ? "href rel" : "")) { note(one, "attribute"); }
    if (one.localName === "a") {
      const href = one.getAttribute("href"), url = URL.canParse(href) ? new URL(href) : null;
      if (!/^https?:\\/\\//.test(href) || !url || url.username || url.password) { note(one, "link"); }
      if (one.getAttribute("rel") !== "nofollow ugc noopener") { note(one, "rel"); }
    }
  }
  for (const one of document.querySelectorAll("*")) {
    if (one.getAttributeNames().some(name => name.startsWith("on") || name === "style" || name.startsWith("srcdoc"))) {
      note(one, "script or style");
    }
    if (one.matches("iframe, object, embed, style, base, frame, svg, math, audio, video")) { note(one, "element"); }
    if (one.localName === "script" && one.type === "application/ld+json") {
      const headline = JSON.parse(one.textContent)["@graph"][0].headline;
      if (headline && headline !== document.querySelector("h1").textContent) { note(one, "headline"); }
    } else if (one.localName === "script" && new URL(one.src || "data:,").origin !== location.origin) {
      note(one, "script");
    }
    if (one.href && !/^https?:$/.test(new URL(one.href).protocol)) { note(one, "address"); }
    if (one.localName === "meta" && one.httpEquiv) { note(one, "meta"); }
    if (one.localName === "form" && new URL(one.getAttribute("action"), location).origin !== location.origin) {
      note(one, "form");
    }
  }
  return strange;
}
"""
_COMMENTS = "document.querySelectorAll('.comment__text').length"


def carried(attack: str) -> str:
    """The attack as a form could carry it: neither UTF-8 nor PostgreSQL has lone surrogates or NUL."""
    return attack.encode("utf-8", "replace").decode().replace("\0", "")


ATTACKS = [carried(attack) for attack in HOSTILE]
assert len(ATTACKS) >= 300


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newspaper]:
    """A site of its own."""
    with newspaper(tmp_path_factory.mktemp("hostile") / "instance") as made:
        yield made


@pytest.fixture(scope="module")
def published(paper: Newspaper) -> tuple[Made, list[Made]]:
    """An article, and below it each attack as the name and the text of an approved comment."""
    article = make_article(paper.app, slug="attacked")
    return article, [make_comment(paper.app, article, name=attack or "x", source=attack) for attack in ATTACKS]


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    """A profile of a browser that heeds no content security policy."""
    return new_context(bypass_csp=True)


@pytest.fixture
def seen(paper: Newspaper, context: BrowserContext) -> Iterator[Watch]:
    """What happens in that profile; in the end, nothing has run and nothing was asked of another site."""
    watched = watch(context, paper.site.address)
    yield watched
    assert (watched.runs, watched.abroad) == ([], [])
    assert watched.windows == 1


@pytest.fixture
def page(context: BrowserContext, seen: Watch) -> Page:
    """A tab of that profile."""
    return context.new_page()


def look(page: Page, url: str) -> None:
    """Open a page, put the pointer on its first comment, and find nothing there that a comment may not have."""
    page.goto(url)
    strange = page.evaluate(_STRANGE, SUBSET)
    assert strange == [], json.dumps(strange, indent=1)
    assert page.url == url


def following(page: Page, name: str) -> Iterator[str]:
    """The address of this page, and of each one that its link with that name leads to."""
    while True:
        yield page.url
        link = page.locator(".pager a", has_text=name)
        if not link.count():
            return
        page.goto(str(link.evaluate("link => link.href")))


def test_the_watch_sees_what_runs_and_what_asks_elsewhere(paper: Newspaper, context: BrowserContext):
    watched = watch(context, paper.site.address)
    page = context.new_page()
    page.goto(paper.url("/"))
    for attack in (
        "<img src=x onerror=alert(1)>",
        "<img src=//evil.example/x.png>",
        "<a href=javascript:alert(1)>x</a>",
    ):
        page.evaluate("text => document.querySelector('main').insertAdjacentHTML('beforeend', text)", attack)
    page.wait_for_timeout(200)
    assert "alert(1)" in watched.runs
    assert watched.abroad == ["http://evil.example/x.png"]
    assert [found.partition(":")[0] for found in page.evaluate(_STRANGE, SUBSET)] == ["script or style", "address"]


def test_no_attack_in_a_name_or_a_comment_runs_below_an_article(
    paper: Newspaper, page: Page, published: tuple[Made, list[Made]]
):
    article, comments = published
    page.goto(paper.url(article.url))
    shown = 0
    for url in following(page, "Next"):
        look(page, url)
        shown += page.evaluate(_COMMENTS)
    assert shown == len(comments) == len(ATTACKS)


def test_no_attack_runs_on_the_receipt_or_in_a_reply(paper: Newspaper, page: Page, published: tuple[Made, list[Made]]):
    article, comments = published
    for comment in comments[::12]:
        row = comment_now(paper.app, comment)
        with paper.app.app_context():
            look(page, paper.url(f"/comments/{receipt_for(row)}"))
    for comment in comments[::48]:
        look(page, paper.url(f"{article.url}?reply={comment.id}"))


def test_no_attack_runs_in_the_queue(paper: Newspaper, page: Page):
    article = make_article(paper.app, slug="attacked-and-waiting")
    for attack in ATTACKS:
        make_comment(paper.app, article, status="pending", name=attack or "x", source=attack)
    hire(paper.app, email="moderator@example.org")
    page.goto(paper.url("/staff/login"))
    page.get_by_label("E-mail").fill("moderator@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Log in").click()
    cards = 0
    for url in following(page, "Next page"):
        look(page, url)
        cards += page.locator(".queue-card").count()
    assert cards == len(ATTACKS)


def test_no_attack_runs_in_an_article_or_on_the_pages_that_list_it(paper: Newspaper, page: Page):
    parts = 12
    for number in range(parts):
        attacks = ATTACKS[number::parts]
        article = make_article(paper.app, slug=f"hostile-{number}", **_hostile_fields(attacks))
        look(page, paper.url(article.url))
    for path in ("/", "/sections/attacked"):
        look(page, paper.url(path))
    for path in ("/feed.atom", "/sections/attacked/feed.rss", "/sitemap-1.xml", "/news-sitemap.xml"):
        page.goto(paper.url(path))


def _hostile_fields(attacks: list[str]) -> dict[str, Any]:
    """All that an article says of itself, made of attacks."""
    headline, standfirst, alt, caption, credit, *rest = attacks
    return {
        "headline": headline,
        "standfirst": standfirst,
        # A picture that is published needs a credit.
        "source": "\n\n".join(re.sub(r"^(!\[.*\(/media/.*)\)$", r'\1 "| Ada")', attack) for attack in attacks),
        "section": "Attacked",
        "tags": tuple(f"tag {attack}" for attack in rest[::2]),
        "authors": tuple(f"author {attack}" for attack in rest[1::2]),
        "picture": replace(a_picture(640, 360), alt=alt, caption=caption, credit=credit),
    }
