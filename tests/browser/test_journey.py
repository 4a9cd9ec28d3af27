"""The whole way of a comment, on each kind of store: without script, and by keyboard alone on both sides."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page
from sqlalchemy.engine import URL

from tests.browser.keyboard import enter, tab, tab_to
from tests.conftest import run_davidson
from tests.factories import Made, make_article
from tests.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.server]

EMAIL = "moderator@example.org"
PASSWORD = "four quiet herons wade"


@pytest.fixture
def article(app: Flask) -> Made:
    """An article that may be commented on."""
    return make_article(app, headline="Mayor resigns", slug="mayor-resigns")


@pytest.fixture
def site(store: URL, app: Flask, article: Made) -> Iterator[Site]:
    """A site in the mode that sites start with, and one moderator, added from the shell."""
    instance = Path(app.instance_path)
    adding = ("staff", "add", EMAIL, "--role", "moderator", "--password-stdin")
    run_davidson(*adding, url=store, instance=instance, stdin=PASSWORD, check=True)
    with running_site(store, instance) as started:
        yield started


@pytest.fixture
def profile(new_context: Callable[..., BrowserContext]) -> Callable[[], BrowserContext]:
    """Make a browser's profile in which no script runs."""
    return lambda: new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})


def comment_on(page: Page, site: Site, text: str, *, name: str) -> str:
    """Write a comment by keyboard and give the address of its receipt."""
    page.goto(f"{site.address}articles/mayor-resigns")
    tab(page)
    stop = tab(page)
    assert stop and stop.name == "Skip to comments"
    page.keyboard.press("Enter")
    tab_to(page, "Your comment")
    page.keyboard.type(text)
    tab_to(page, "Name")
    page.keyboard.type(name)
    tab_to(page, "Send comment")
    enter(page)
    assert "Received, and waiting for a moderator" in page.inner_text("[role=status]")
    return page.url


def log_in(page: Page, site: Site) -> None:
    """Log in by keyboard."""
    page.goto(f"{site.address}staff/login")
    tab_to(page, "E-mail")
    page.keyboard.type(EMAIL)
    tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    enter(page)
    assert page.url == f"{site.address}staff/moderation/"


def card_of(page: Page, name: str) -> str:
    """The id of the card that shows a comment by that person."""
    return page.locator("article", has_text=name).first.get_attribute("id") or ""


def status_line(page: Page, receipt: str) -> str:
    """What a receipt says now."""
    page.goto(receipt)
    return page.inner_text("[role=status]")


def test_a_comment_goes_its_whole_way_by_keyboard_and_without_script(site: Site, profile: Callable[[], BrowserContext]):
    reader, desk = profile().new_page(), profile().new_page()
    good = comment_on(reader, site, "At last. It was time.", name="Ada")
    bad = comment_on(reader, site, "My cousin sells bicycles.", name="Bob")
    article = f"{site.address}articles/mayor-resigns"
    reader.goto(article)
    assert reader.locator(".comment").count() == 0

    log_in(desk, site)
    tab_to(desk, "Approve", card=card_of(desk, "Ada"))
    enter(desk)
    reader.goto(article)
    assert reader.locator(".comment__text").all_inner_texts() == ["At last. It was time."]
    assert "Published" in status_line(reader, good)
    tab_to(reader, "See it in the discussion")
    enter(reader)
    assert reader.locator(":target").inner_text().startswith("Ada")

    tab_to(desk, "Reason for a rejection", card=card_of(desk, "Bob"))
    desk.keyboard.type("Off the subject")
    tab_to(desk, "Reject", card=card_of(desk, "Bob"))
    enter(desk)
    assert "It is not about the article" in status_line(reader, bad)

    tab_to(desk, "Undo")
    enter(desk)
    assert "waiting for a moderator" in status_line(reader, bad)
    assert desk.locator(f"#{card_of(desk, 'Bob')}:target").is_visible()
    leave_for_good(desk, site, thief=profile())


def leave_for_good(desk: Page, site: Site, *, thief: BrowserContext) -> None:
    """Log out; then neither the back button nor a copy of the cookie shows anything."""
    cookies = desk.context.cookies()
    assert "bicycles" in desk.inner_text("main")
    tab_to(desk, "Log out")
    enter(desk)
    assert desk.url == f"{site.address}staff/login"
    desk.go_back()
    assert "/staff/login" in desk.url
    assert "bicycles" not in desk.content()
    thief.add_cookies(cookies)
    page = thief.new_page()
    page.goto(f"{site.address}staff/moderation/")
    assert "/staff/login" in page.url
