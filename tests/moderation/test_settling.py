"""Taking decisions at the desk: one click and back to the next card, undo, and being told when somebody was faster."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from davidson.accounts.models import Role
from davidson.moderation.queries import PAGE_SIZE
from tests.desks import audit_log, browser, hire, log_in, on_duty
from tests.factories import comment_now, make_article, make_comment
from tests.pages import Page, read

DESK = "/staff/moderation/"


def named(app: Flask, name: str) -> FlaskClient:
    """The browser of a moderator with that name."""
    email = f"{name.lower()}@example.org"
    hire(app, Role.MODERATOR, email, name)
    client = browser(app)
    log_in(client, email)
    return client


def press(page: Page, comment_id: int, decision: str, **values: str) -> Page:
    """Press a button of a card."""
    return page.submit(f"article#comment-{comment_id} form", decision=decision, **values)


def test_a_decision_leads_back_to_the_next_card_and_shows_at_once(app: Flask):
    article = make_article(app)
    first, second, third = (make_comment(app, article, status="pending", source=f"Text {n}.") for n in range(3))
    moderator = named(app, "Grace")
    answer = press(read(moderator, DESK), second.id, "approve")
    assert answer.status == 303
    assert answer.headers["Location"].endswith(f"#comment-{third.id}")
    page = answer.follow()
    assert [card.attributes["id"] for card in page.all("article.queue-card")] == [
        f"comment-{first.id}",
        f"comment-{third.id}",
    ]
    assert page.one(f"article#comment-{third.id}").attributes["tabindex"] == "-1"
    assert page.one(".undo-line").text.startswith("Approved by Grace. Reader")
    assert "Text 1." in read(app.test_client(), article.url).html


def test_the_button_of_a_card_sends_the_reason_beside_it(app: Flask):
    comment = make_comment(app, make_article(app), status="pending")
    press(read(named(app, "Grace"), DESK), comment.id, "reject", reason="personal-data")
    assert (comment_now(app, comment).status, comment_now(app, comment).reason) == ("rejected", "personal-data")
    last = audit_log(app)[-1]
    assert (last.action, last.actor, last.reason) == ("comment.reject", "grace@example.org", "personal-data")


def test_after_the_last_card_the_desk_is_empty_and_the_undo_stays(app: Flask):
    comment = make_comment(app, make_article(app), status="pending")
    page = press(read(on_duty(app), DESK), comment.id, "spam").follow()
    assert "autofocus" in page.one(".empty__title").attributes
    undone = page.submit(".undo-line form", decision="undo")
    assert undone.headers["Location"].endswith(f"#comment-{comment.id}")
    assert comment_now(app, comment).status == "pending"
    assert undone.follow().all(".undo-line button") == []


def test_the_undo_line_is_for_who_decided_and_while_nothing_followed(app: Flask):
    comment = make_comment(app, make_article(app), status="pending")
    grace, alan = named(app, "Grace"), named(app, "Alan")
    after = press(read(grace, DESK), comment.id, "approve").headers["Location"].partition("#")[0]
    assert len(read(grace, after).all(".undo-line button")) == 1
    assert read(alan, after).all(".undo-line") == []
    press(read(alan, f"{DESK}comments/{comment.id}"), comment.id, "spam")
    assert read(grace, after).all(".undo-line") == []


@pytest.mark.parametrize("decided", ["", "0", "x", "99", "9" * 30, "-1"])
def test_nothing_is_said_of_a_decision_that_was_not_taken(app: Flask, decided: str):
    assert read(on_duty(app), f"{DESK}?decided={decided}").all(".undo-line") == []


def test_a_later_page_is_come_back_to(app: Flask):
    article = make_article(app)
    made = [make_comment(app, article, status="pending") for _ in range(PAGE_SIZE + 2)]
    moderator = on_duty(app)
    later = read(moderator, DESK).one("a.pager__link--forward").attributes["href"]
    answer = press(read(moderator, later), made[-2].id, "approve")
    page = answer.follow()
    assert page.headers is not None
    assert [card.attributes["id"] for card in page.all("article.queue-card")] == [f"comment-{made[-1].id}"]
    back = press(page, made[-1].id, "approve").follow()
    assert len(back.all("article.queue-card")) == PAGE_SIZE


def test_who_comes_second_is_told_who_decided_what_and_may_decide_anew(app: Flask):
    article = make_article(app)
    comment = make_comment(app, article, status="pending")
    grace, alan = named(app, "Grace"), named(app, "Alan")
    seen = read(alan, DESK)
    press(read(grace, DESK), comment.id, "reject", reason="abuse")
    clash = press(seen, comment.id, "approve")
    assert clash.status == 409
    assert comment_now(app, comment).status == "rejected"
    told = clash.one(".notice").text
    said = (
        r"Rejected by Grace: Insults or threats, \d+ \w+ \d{4}, \d\d:\d\d UTC\. It is rejected now and stays so, unless"
    )
    assert re.search(said, told)
    assert press(clash, comment.id, "approve").status == 303
    assert comment_now(app, comment).status == "approved"


def test_who_comes_second_goes_back_to_the_queue_where_they_were(app: Flask):
    article, other = make_article(app), make_article(app)
    made = [make_comment(app, article, status="pending") for _ in range(PAGE_SIZE + 3)]
    elsewhere = make_comment(app, other, status="pending")
    grace, alan = named(app, "Grace"), named(app, "Alan")

    def back_after(page: Page, comment_id: int, decision: str = "approve") -> str:
        clash = press(page, comment_id, decision)
        assert clash.status == 409
        link = clash.one(".notice a")
        assert link.text == "Back to the queue" and "autofocus" in link.attributes
        assert "autofocus" not in clash.one(".notice").attributes
        return link.attributes["href"] or ""

    first = f"{DESK}?article={article.slug}"
    later = read(alan, first).one("a.pager__link--forward").attributes["href"] or ""
    seen, seen_later, without = read(alan, first), read(alan, later), read(alan, DESK)
    for comment in (made[0], made[-2], made[-1]):
        press(read(grace, f"{DESK}comments/{comment.id}"), comment.id, "spam")
    status = f"{DESK}?status=pending"
    assert back_after(seen, made[0].id) == f"{status}&article={article.slug}#comment-{made[1].id}"
    assert back_after(without, made[0].id) == f"{status}#comment-{made[1].id}"
    back = back_after(seen_later, made[-2].id)
    assert "#" not in back and dict(parse_qsl(urlsplit(back).query)) == dict(parse_qsl(urlsplit(later).query))
    assert [card.attributes["id"] for card in read(alan, back).all("article")] == [f"comment-{made[-3].id}"]
    # What was only changed waits where it did.
    assert (
        press(seen, made[1].id, "approve", version="9").one(".notice a").attributes["href"].endswith(f"-{made[1].id}")
    )
    # In another tab a comment has another place now, and alone it is on no page.
    rejected = read(grace, f"{DESK}?status=spam")
    press(read(alan, f"{DESK}comments/{made[0].id}"), made[0].id, "approve")
    assert back_after(rejected, made[0].id) == f"{DESK}?status=spam"
    alone = read(alan, f"{DESK}comments/{elsewhere.id}")
    press(read(grace, f"{DESK}comments/{elsewhere.id}"), elsewhere.id, "approve")
    assert press(alone, elsewhere.id, "spam").all(".notice a") == []


def test_a_second_click_is_told_that_it_was_done(app: Flask):
    comment = make_comment(app, make_article(app), status="pending")
    page = read(on_duty(app), DESK)
    assert press(page, comment.id, "approve").status == 303
    assert press(page, comment.id, "approve").status == 409
    assert comment_now(app, comment).version == comment.version + 1


def test_what_cannot_be_done_is_said(app: Flask):
    article = make_article(app)
    rejected, deleted = (make_comment(app, article, status=status) for status in ("rejected", "deleted"))
    moderator = on_duty(app)
    page = read(moderator, f"{DESK}?status=rejected")
    assert press(page, rejected.id, "spam").status == 409
    assert press(page, rejected.id, "undo").status == 409
    gone = read(moderator, f"{DESK}comments/{deleted.id}")
    answer = press(gone, deleted.id, "approve")
    assert answer.status == 409
    assert "withdrawn by its author" in answer.one(".notice").text


@pytest.mark.parametrize(
    "values",
    [
        {"decision": "reject", "reason": "because"},
        {"decision": "reject", "reason": ""},
        {"decision": "delete"},
        {"decision": ""},
        {"decision": "approve", "version": ""},
        {"decision": "approve", "version": "one"},
        {"decision": "approve", "version": "9" * 30},
        {"decision": "approve", "version": "-1"},
        {"decision": "approve", "note": "x" * 1001},
    ],
)
def test_a_decision_that_makes_no_sense_is_given_back(app: Flask, values: dict[str, str]):
    comment = make_comment(app, make_article(app), status="pending")
    page = read(on_duty(app), f"{DESK}comments/{comment.id}")
    answer = page.submit("article form", **values)
    assert answer.status == 422
    assert answer.one(".notice__title").text == "Nothing was decided yet."
    assert answer.one("article textarea").raw_text().strip("\n") == values.get("note", "")
    assert comment_now(app, comment).version == comment.version


@pytest.mark.parametrize("comment_id", ["0", "99", str(2**63), "9" * 30])
def test_no_decision_on_a_comment_that_is_not_there(app: Flask, comment_id: str):
    comment = make_comment(app, make_article(app), status="pending")
    moderator = on_duty(app)
    _, values = read(moderator, DESK).form(f"article#comment-{comment.id} form")
    sent = values | {"decision": "approve"}
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert moderator.post(f"{DESK}comments/{comment_id}", data=sent, headers=headers).status_code == 404


def test_nothing_is_decided_without_the_token_or_from_elsewhere(app: Flask):
    comment = make_comment(app, make_article(app), status="pending")
    page = read(on_duty(app), DESK)
    selector = f"article#comment-{comment.id} form"
    assert page.submit(selector, decision="approve", csrf_token="").status == 400
    assert page.submit(selector, headers={"Sec-Fetch-Site": "cross-site"}, decision="approve").status == 400
    action, values = page.form(selector)
    assert browser(app).post(action, data=values | {"decision": "approve"}).status_code == 303
    assert on_duty(app, Role.AUTHOR).post(action, data=values | {"decision": "approve"}).status_code == 403
    assert comment_now(app, comment).status == "pending"


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example/", "x", "\r\nSet-Cookie: a=b"])
def test_no_text_that_is_sent_leads_elsewhere(app: Flask, back: str):
    comment = make_comment(app, make_article(app), status="pending")
    answer = press(read(on_duty(app), DESK), comment.id, "approve", tab=back, after=back)
    assert re.fullmatch(r"/staff/moderation/\?status=pending&decided=\d+", answer.headers["Location"])


def test_a_published_comment_is_removed_and_its_author_told_why(app: Flask):
    article = make_article(app)
    comment = make_comment(app, article, source="Soon gone.")
    page = read(on_duty(app), f"{DESK}?status=approved")
    assert page.texts("article button") == ["Remove", "Spam"]
    press(page, comment.id, "reject", reason="false")
    assert "Soon gone." not in read(app.test_client(), article.url).html
    assert comment_now(app, comment).reason == "false"
