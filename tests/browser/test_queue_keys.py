"""The keys of the queue: one for a decision, none by mistake, and what was done is announced."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from davidson.accounts.models import Role
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.database import db
from davidson.moderation.decisions import Decision, decide_each
from davidson.moderation.listing import waiting_batches
from tests.browser.newspapers import Newspaper, newspaper
from tests.browser.watching import Watch, watch
from tests.desks import PASSWORD, hire
from tests.factories import Made, comment_now, make_article, make_comment

pytestmark = pytest.mark.browser

EMAIL = "keys@example.org"


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newspaper]:
    """A site with a moderator."""
    with newspaper(tmp_path_factory.mktemp("keys") / "instance") as made:
        hire(made.app, Role.MODERATOR, EMAIL)
        yield made


@pytest.fixture(scope="module")
def session(paper: Newspaper, browser: Browser) -> list[Any]:
    """The cookies of a browser in which the moderator logged in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(paper.url("/staff/login"))
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    kept: list[Any] = context.cookies()
    context.close()
    return kept


@pytest.fixture
def waiting(paper: Newspaper) -> list[Made]:
    """Three comments, oldest first, after all that earlier tests left."""
    article = make_article(paper.app)
    return [make_comment(paper.app, article, status="pending", source=f"Number {number}.") for number in range(3)]


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    return new_context(viewport={"width": 1280, "height": 800})


@pytest.fixture
def seen(paper: Newspaper, context: BrowserContext) -> Watch:
    return watch(context, paper.site.address)


@pytest.fixture
def queue(
    paper: Newspaper, context: BrowserContext, session: list[Any], seen: Watch, waiting: list[Made]
) -> Iterator[Page]:
    """The queue, open in a moderator's tab; what is left of it afterwards is cleared."""
    context.add_cookies(session)
    page = context.new_page()
    page.goto(paper.url("/staff/moderation/"))
    yield page
    assert seen.violations == []
    with paper.app.app_context():
        for batch in waiting_batches(utcnow(), size=100):
            decide_each(batch, Decision.APPROVE, actor=SHELL, now=utcnow())
        db.session.commit()


def focused(page: Page) -> str:
    found: str = page.evaluate("document.activeElement.id")
    return found


def states(paper: Newspaper, comments: list[Made]) -> list[str]:
    return [comment_now(paper.app, comment).status.value for comment in comments]


def press(page: Page, key: str) -> None:
    """Press a key that leads to the next page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_one_key_decides_and_the_next_card_has_the_focus(paper: Newspaper, queue: Page, waiting: list[Made]):
    first, second, third = waiting
    assert focused(queue) == f"comment-{first.id}"
    press(queue, "a")
    assert focused(queue) == f"comment-{second.id}"
    press(queue, "s")
    assert focused(queue) == f"comment-{third.id}"
    press(queue, "r")
    assert states(paper, waiting) == ["approved", "spam", "rejected"]
    expect(queue.locator("#queue-live")).to_contain_text("Rejected by")
    press(queue, "u")
    assert states(paper, waiting) == ["approved", "spam", "pending"]


def test_j_and_k_go_through_the_cards_and_stop_at_the_ends(queue: Page, waiting: list[Made]):
    ids = [f"comment-{comment.id}" for comment in waiting]
    gone = []
    for key in "jjjkkk":
        queue.keyboard.press(key)
        gone.append(focused(queue))
    assert gone == [ids[1], ids[2], ids[2], ids[1], ids[0], ids[0]]


def test_a_card_that_keeps_the_focus_is_told_to_the_others(paper: Newspaper, queue: Page, waiting: list[Made]):
    with queue.expect_response(lambda answer: answer.url.endswith("/look")) as told:
        queue.keyboard.press("j")
        queue.keyboard.press("j")
    assert (told.value.status, told.value.url) == (204, paper.url(f"/staff/moderation/comments/{waiting[2].id}/look"))


def test_ticks_outlast_a_single_decision_and_one_key_decides_on_all_of_them(
    paper: Newspaper, queue: Page, waiting: list[Made]
):
    queue.keyboard.press("Shift+R")
    expect(queue.locator("#queue-live")).to_contain_text("Nothing is ticked")
    for key in "xjxj":
        queue.keyboard.press(key)
    queue.keyboard.press("2")
    press(queue, "r")
    assert queue.locator(".queue-card__tick:checked").count() == 2
    expect(queue.locator("#bulk-title")).to_have_text("2 ticked")
    # What keys say is not hidden behind what was done last, which stays in sight at the top.
    queue.set_viewport_size({"width": 1280, "height": 400})
    for key in "jxx":
        queue.keyboard.press(key)
    expect(queue.locator("#queue-live")).to_have_text("2 ticked")
    line, said = (queue.locator(place).bounding_box() for place in (".undo-line", "#queue-live"))
    assert line["y"] == 0 and said["y"] >= line["height"]
    press(queue, "Shift+S")
    assert states(paper, waiting) == ["spam", "spam", "rejected"]
    assert comment_now(paper.app, waiting[2]).reason == "off-topic"
    press(queue, "u")
    assert states(paper, waiting) == ["pending", "pending", "rejected"]


def test_keys_pressed_while_a_page_loads_wait_for_it_unless_they_decide(
    paper: Newspaper, queue: Page, waiting: list[Made]
):
    held: list[Route] = []
    ids = [f"comment-{comment.id}" for comment in waiting]

    def decide(then: str) -> None:
        """Approve, and press other keys before that is answered."""
        queue.route("**/staff/moderation/comments/*", lambda route: held.append(route))
        with queue.expect_request(lambda request: request.method == "POST"):
            queue.keyboard.press("a")
        for key in then:
            queue.keyboard.press(key)
        with queue.expect_navigation():
            held.pop(0).continue_()
        queue.unroute("**/staff/moderation/comments/*")

    decide("sjar")
    expect(queue.locator(f"#{ids[2]}")).to_be_focused()
    assert states(paper, waiting) == ["approved", "pending", "pending"]
    queue.keyboard.press("k")
    decide("u")
    expect(queue.locator("#queue-live")).to_contain_text("Decision undone")
    assert states(paper, waiting) == ["approved", "pending", "pending"]
    assert focused(queue) == ids[1]

    # An undo is followed by no other, and says so.
    queue.keyboard.press("u")
    expect(queue.locator("#queue-live")).to_contain_text("Nothing more to undo here")
    expect(queue.locator("#queue-live")).to_be_in_viewport()
    assert states(paper, waiting) == ["approved", "pending", "pending"]


def test_on_a_phone_nothing_moves_under_the_thumb_that_ticks(queue: Page, waiting: list[Made]):
    queue.set_viewport_size({"width": 360, "height": 740})
    queue.locator(f"#comment-{waiting[0].id}").focus()
    tick = queue.locator(f"#comment-{waiting[1].id} .queue-card__tick")
    tick.scroll_into_view_if_needed()
    at = tick.bounding_box()
    queue.mouse.move(at["x"] + 9, at["y"] + 9)
    queue.mouse.down()
    assert tick.bounding_box() == at
    queue.mouse.up()
    assert tick.is_checked()

    # The bar of what is ticked says how many, has its decisions in one row, and no other bar below it.
    bar = queue.locator("#bulk-form")
    expect(bar.locator("h2")).to_have_text("1 ticked")
    assert len({button.bounding_box()["y"] for button in bar.get_by_role("button").all()}) == 1
    assert bar.bounding_box()["height"] < 150
    bars = queue.locator(".queue-card__decisions")
    assert {bar.evaluate("bar => getComputedStyle(bar).position") for bar in bars.all()} == {"static"}
    tick.uncheck()
    expect(bar.locator("h2")).to_have_text("All that are ticked")


def test_who_comes_second_goes_on_in_the_queue_with_a_key(paper: Newspaper, queue: Page, waiting: list[Made]):
    first, second, third = waiting
    with paper.app.app_context():
        decide_each([(first.id, first.version)], Decision.SPAM, actor=SHELL, now=utcnow())
        db.session.commit()
    for key in "xjjxkk":
        queue.keyboard.press(key)
    press(queue, "a")
    assert focused(queue) == "queue-back"
    for key in "asu":
        queue.keyboard.press(key)
    press(queue, "j")
    assert focused(queue) == f"comment-{second.id}"
    assert [box.get_attribute("value") for box in queue.locator(".queue-card__tick:checked").all()] == [f"{third.id}:1"]
    assert states(paper, waiting) == ["spam", "pending", "pending"]


# By how many pixels each list of the filter is narrower than what is chosen in it.
CUT = """[...document.querySelectorAll("#filter-form select")].map(list => {
  const width = list.offsetWidth, whole = list.cloneNode(true);
  [...whole.options].slice(1).forEach(option => option.remove());
  whole.style.inlineSize = "max-content";
  list.parentElement.append(whole);
  const cut = whole.offsetWidth - width;
  whole.remove();
  return cut;
})"""


def test_no_field_of_the_filter_is_cut(queue: Page):
    queue.locator(".queue-filter__summary").click()
    fields = queue.locator("#filter-form :is(select, input[type=date])")
    for width, rows in ((320, 5), (360, 3), (768, 2), (1024, 1), (1280, 1)):
        queue.set_viewport_size({"width": width, "height": 800})
        assert max(queue.evaluate(CUT)) <= 0, width
        assert len({field.bounding_box()["y"] for field in fields.all()}) == rows, width


@pytest.mark.parametrize("keys", ["Control+a", "Alt+a", "Meta+s"])
def test_keys_with_modifiers_decide_nothing(paper: Newspaper, queue: Page, waiting: list[Made], keys: str):
    queue.keyboard.press(keys)
    assert states(paper, waiting) == ["pending"] * 3


def test_a_key_in_a_field_is_the_fields(paper: Newspaper, queue: Page, waiting: list[Made]):
    queue.locator(".queue-card select").first.focus()
    queue.keyboard.press("a")
    queue.keyboard.press("s")
    assert states(paper, waiting) == ["pending"] * 3


def test_a_key_that_is_held_down_decides_once(paper: Newspaper, queue: Page, waiting: list[Made]):
    with queue.expect_navigation():
        for _ in range(5):
            queue.keyboard.down("a")
    for _ in range(5):
        queue.keyboard.down("a")  # Still held, on the page that came.
    queue.keyboard.up("a")
    assert states(paper, waiting) == ["approved", "pending", "pending"]


def test_the_switch_turns_them_off_for_later_pages_too(paper: Newspaper, queue: Page, waiting: list[Made]):
    queue.keyboard.press("?")
    queue.get_by_label("Keys are on").uncheck()
    queue.goto(paper.url("/staff/moderation/"))
    queue.keyboard.press("a")
    assert states(paper, waiting) == ["pending"] * 3
    queue.keyboard.press("?")
    expect(queue.get_by_label("Keys are on")).not_to_be_checked()
    queue.get_by_label("Keys are on").check()
    queue.locator(".queue-card").first.focus()
    press(queue, "a")
    assert states(paper, waiting)[0] == "approved"


def test_without_script_there_is_no_word_of_keys(
    paper: Newspaper, new_context: Callable[..., BrowserContext], queue: Page
):
    page = new_context(java_script_enabled=False).new_page()
    page.context.add_cookies(queue.context.cookies(paper.url("/staff/moderation/")))
    page.goto(paper.url("/staff/moderation/"))
    assert page.locator(".queue-card").count() == 3
    expect(page.get_by_text("Keys", exact=True)).to_be_hidden()


def test_the_script_is_small():
    script = Path(__file__).resolve().parents[2] / "davidson" / "static" / "js" / "queue.js"
    assert len(gzip.compress(script.read_bytes())) < 8 * 1024
