"""The one small script: what it adds for those who have it, and that the browser has nothing to complain about."""

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Error, Page, expect

from davidson.comments.receipts import comment_with_receipt
from tests.browser.newspapers import Newspaper, newspaper
from tests.browser.watching import Watch, watch
from tests.desks import PASSWORD, hire
from tests.factories import Made, make_article, make_comment

pytestmark = pytest.mark.browser

MIN_SECONDS = 2


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newspaper]:
    """A site that publishes what is not suspect, and takes two seconds for the least that writing needs."""
    instance = tmp_path_factory.mktemp("script") / "instance"
    chosen = {"DAVIDSON_COMMENTS": "publish", "DAVIDSON_COMMENT_MIN_SECONDS": str(MIN_SECONDS)}
    with newspaper(instance, **chosen) as made:
        yield made


@pytest.fixture(scope="module")
def article(paper: Newspaper) -> Made:
    """An article with a discussion."""
    made = make_article(paper.app)
    make_comment(paper.app, made)
    return made


@pytest.fixture
def context(paper: Newspaper, new_context: Callable[..., BrowserContext]) -> BrowserContext:
    """A profile of a browser as it comes, in which scripts run."""
    return new_context()


@pytest.fixture
def seen(paper: Newspaper, context: BrowserContext) -> Watch:
    """What happens in that profile."""
    return watch(context, paper.site.address)


@pytest.fixture
def page(paper: Newspaper, context: BrowserContext, seen: Watch, article: Made) -> Page:
    """The article, open in a tab."""
    opened = context.new_page()
    opened.goto(paper.url(article.url))
    return opened


def write(page: Page, text: str) -> None:
    """Fill in the form, and wait for the time that the first touch fetches."""
    page.get_by_label("Your comment").fill(text)
    page.get_by_label("Name").fill("Ada")
    expect(page.locator("[name=started]")).not_to_have_value("")


def findings(paper: Newspaper, page: Page) -> dict[str, str]:
    """Send the form; which rules noticed something, each with the status that it asks for."""
    with page.expect_navigation():
        page.get_by_role("button", name="Send comment").click()
    with paper.app.app_context():
        comment = comment_with_receipt(page.url.rpartition("/")[2])
        assert comment is not None, page.inner_text("main")
        return {finding["rule"]: finding["status"] for finding in comment.findings}


def test_the_first_touch_of_the_form_fetches_the_time_once(page: Page, seen: Watch):
    assert not [url for url in seen.asked if url.endswith("/comments/started")]
    write(page, "One thing only.")
    page.get_by_label("E-mail").focus()
    page.get_by_label("Your comment").focus()
    assert len([url for url in seen.asked if url.endswith("/comments/started")]) == 1
    assert page.locator("[name=started]").input_value()


def test_a_comment_sent_faster_than_anybody_writes_waits(paper: Newspaper, page: Page):
    write(page, "As fast as a machine.")
    assert findings(paper, page) == {"pace": "pending"}
    assert "waiting for a moderator" in page.inner_text("[role=status]")


def test_a_comment_that_took_its_time_is_published(paper: Newspaper, page: Page):
    write(page, "Thought about for a while.")
    time.sleep(MIN_SECONDS + 0.1)
    assert findings(paper, page) == {}
    assert "Published" in page.inner_text("[role=status]")


def test_a_form_that_comes_back_with_faults_fetches_the_time_too(paper: Newspaper, page: Page, seen: Watch):
    with page.expect_navigation():
        page.get_by_role("button", name="Send comment").click()
    assert page.locator("[aria-invalid]").count() == 2
    write(page, "Now with a text.")
    assert "pace" in findings(paper, page)
    # The browser itself notes the 422 of the form's first way, and nothing else.
    assert [line for line in seen.console if "422" not in line] == []


def test_no_markup_can_be_made_from_text_by_a_script(page: Page, seen: Watch):
    with pytest.raises(Error, match="TrustedHTML"):
        page.evaluate("() => { document.body.innerHTML = '<b>text</b>'; }")
    with pytest.raises(Error, match="Policy"):
        page.evaluate("() => { trustedTypes.createPolicy('own', {createHTML: text => text}); }")
    with pytest.raises(Error, match="TrustedScript"):
        page.evaluate("() => { setTimeout('1', 0); }")
    assert {said.partition(":")[0] for said in seen.violations} == {"require-trusted-types-for", "trusted-types"}


def test_the_browser_has_nothing_to_complain_about(
    paper: Newspaper, context: BrowserContext, seen: Watch, page: Page, article: Made
):
    hire(paper.app, email="moderator@example.org")
    write(page, "A comment to be looked at.")
    findings(paper, page)
    for path in ("/", "/sections/world", f"{article.url}?reply=1", "/staff/login"):
        page.goto(paper.url(path))
    page.get_by_label("E-mail").fill("moderator@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Log in").click()
    for path in ("/staff/moderation/", "/staff/moderation/?status=approved", "/staff/audit", "/staff/account"):
        page.goto(paper.url(path))
    assert (seen.violations, seen.console, seen.abroad, seen.runs) == ([], [], [], [])
