"""One appeal against a refusal: sent from the receipt, answered by another moderator, read on the receipt."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from davidson.accounts.models import Role
from davidson.comments.reasons import LABELS, TEXTS, Reason
from davidson.config import CommentsMode
from tests.comments.holding import APPEAL, ERASE, WITHDRAW, buttons, press, receipt_url
from tests.desks import audit_log, browser, hire, log_in
from tests.factories import Made, comment_now, make_article, make_comment
from tests.pages import Page, read

APPEALS = "/staff/moderation/appeals"
TEXT = "It was <b>fair</b> comment,\n\non the subject."
ANSWER = "You are right, and we are sorry."


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(comments=CommentsMode.HOLD_ALL)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app, headline="Mayor resigns")


@pytest.fixture
def grace(app: Flask) -> FlaskClient:
    return named(app, "Grace")


@pytest.fixture
def alan(app: Flask) -> FlaskClient:
    return named(app, "Alan")


def named(app: Flask, name: str) -> FlaskClient:
    """The browser of a moderator with that name."""
    hire(app, Role.MODERATOR, f"{name.lower()}@example.org", f"{name} Namesake")
    client = browser(app)
    log_in(client, f"{name.lower()}@example.org")
    return client


def refused_by(moderator: FlaskClient, app: Flask, article: Made, decision: str = "reject") -> Made:
    """A comment that this moderator refused."""
    comment = make_comment(app, article, status="pending", name="Ada", source="A *fair* comment.")
    page = read(moderator, f"/staff/moderation/comments/{comment.id}")
    note = {"note": "Not for the reader"}
    assert page.submit("article.queue-card form", decision=decision, reason="off-topic", **note).status == 303
    return comment


def appeal(app: Flask, client: FlaskClient, comment: Made, text: str = TEXT) -> Page:
    return press(read(client, receipt_url(app, comment)), APPEAL, appeal=text)


def answer(moderator: FlaskClient, comment: Made, verdict: str, text: str = ANSWER) -> Page:
    return read(moderator, APPEALS).submit(f"article#comment-{comment.id} form", verdict=verdict, answer=text)


def test_a_refusal_tells_its_reason_the_rule_and_the_date(app, client, article, grace):
    comment = refused_by(grace, app, article)
    page = read(client, receipt_url(app, comment))
    notice = page.one("div.notice")
    assert LABELS[Reason.OFF_TOPIC] in notice.text and TEXTS[Reason.OFF_TOPIC] in notice.text
    decided_at = comment_now(app, comment).decided_at
    assert notice.one("time").attributes["datetime"] == f"{decided_at:%Y-%m-%dT%H:%M:%SZ}"
    assert page.texts("ol.receipt__steps span") == [
        "You sent it. It was held for a moderator.",
        "A moderator rejected it: Off the subject.",
    ]
    assert "Grace" not in page.html and "Not for the reader" not in page.html


@pytest.mark.parametrize("decision", ["reject", "spam"])
def test_an_appeal_that_is_upheld_restores_the_comment(app, client, article, grace, alan, decision):
    comment = refused_by(grace, app, article, decision)
    sent = appeal(app, client, comment)
    assert sent.status == 303
    waiting = sent.follow()
    assert "It waits for an answer." in waiting.html
    assert APPEAL not in buttons(waiting)
    card = read(alan, APPEALS).one("article.queue-card")
    assert "It was <b>fair</b> comment," in card.text and "A *fair* comment." in card.text
    assert answer(alan, comment, "uphold").status == 303
    assert read(client, article.url).texts("div.comment__text em") == ["fair"]
    receipt = read(client, receipt_url(app, comment))
    assert receipt.texts("p.notice__title") == ["Published"]
    assert ANSWER in receipt.texts("p.receipt__quote") and "Upheld" in receipt.html
    assert receipt.texts("ol.receipt__steps span")[-1] == "Your appeal was upheld, and the comment restored."
    assert not any(name in receipt.html for name in ("Alan", "Grace", "@example.org"))
    assert [entry.action for entry in audit_log(app)[-2:]] == ["comment.appeal", "comment.uphold"]
    assert read(alan, APPEALS).all("article.queue-card") == []


def test_an_appeal_that_is_dismissed_leaves_the_refusal_with_its_reason(app, client, article, grace, alan):
    comment = refused_by(grace, app, article)
    before = comment_now(app, comment).decided_at
    appeal(app, client, comment)
    answer(alan, comment, "dismiss", "It is about another town.")
    receipt = read(client, receipt_url(app, comment))
    assert receipt.texts("p.notice__title") == ["Not published"]
    assert LABELS[Reason.OFF_TOPIC] in receipt.one("div.notice").text
    assert "It is about another town." in receipt.texts("p.receipt__quote") and "Dismissed" in receipt.html
    row = comment_now(app, comment)
    assert (row.status, row.reason, row.decided_at) == ("rejected", "off-topic", before)
    assert APPEAL not in buttons(receipt)


def test_who_refused_it_does_not_answer_where_there_are_two(app, client, article, grace, alan):
    comment = refused_by(grace, app, article)
    appeal(app, client, comment)
    page = read(grace, APPEALS)
    assert page.all("article.queue-card button") == []
    assert "another moderator answers" in page.one("article.queue-card").text
    action, values = read(alan, APPEALS).form(f"article#comment-{comment.id} form")
    token = page.one("article.queue-card input[name=csrf_token]").attributes["value"]
    sent = {"csrf_token": token, "version": values["version"], "verdict": "dismiss", "answer": "No, *really*."}
    refused = grace.post(action, data=sent)
    assert refused.status_code == 409
    assert "No, *really*." in refused.get_data(as_text=True)
    assert comment_now(app, comment).version == int(values["version"])
    assert answer(alan, comment, "uphold").status == 303


def test_who_refused_it_answers_where_nobody_else_is_there(app, client, article, grace):
    hire(app, Role.AUTHOR, "author@example.org")
    comment = refused_by(grace, app, article)
    appeal(app, client, comment)
    assert answer(grace, comment, "dismiss").status == 303


def test_both_who_refused_it_one_after_the_other_are_not_asked_again(app, client, article, grace, alan):
    comment = refused_by(grace, app, article)
    for decision in ("approve", "reject"):
        page = read(alan, f"/staff/moderation/comments/{comment.id}")
        page.submit("article.queue-card form", decision=decision, reason="abuse")
    appeal(app, client, comment)
    ada = named(app, "Ada")
    assert [read(one, APPEALS).all("article.queue-card textarea") != [] for one in (grace, alan, ada)] == [
        False,
        False,
        True,
    ]


def test_there_is_one_appeal_and_the_same_one_twice_is_one(app, client, article, grace, alan):
    comment = refused_by(grace, app, article)
    page = read(client, receipt_url(app, comment))
    assert [press(page, APPEAL, appeal=TEXT).status for _ in range(2)] == [303, 303]
    assert comment_now(app, comment).version == comment.version + 2
    second = press(page, APPEAL, appeal="And another thing.")
    assert second.status == 409
    assert second.one("textarea#unsaved").raw_text().strip() == "And another thing."
    answer(alan, comment, "dismiss")
    assert press(page, APPEAL, appeal="And another thing.").status == 409


@pytest.mark.parametrize("text", ["", " \u200b\n", "x" * 1001])
def test_a_faulty_appeal_is_given_back_with_its_fault_and_the_text(app, client, article, grace, text):
    comment = refused_by(grace, app, article)
    page = appeal(app, client, comment, text)
    assert page.status == 422
    field = page.one("div.field--faulty")
    assert field.one("p.field__fault").text
    assert field.one("textarea#appeal").raw_text().removeprefix("\r\n") == text
    assert comment_now(app, comment).version == comment.version + 1


def test_an_appeal_of_a_thousand_characters_is_taken(app, client, article, grace):
    assert appeal(app, client, refused_by(grace, app, article), "é" * 1000).status == 303


def test_an_appeal_without_the_pages_token_does_nothing(app, client, article, grace):
    comment = refused_by(grace, app, article)
    page = press(read(client, receipt_url(app, comment)), APPEAL, appeal=TEXT, csrf_token="x")
    assert page.status == 400
    assert page.one("textarea#appeal").raw_text().removeprefix("\r\n") == TEXT
    assert comment_now(app, comment).version == comment.version + 1


@pytest.mark.parametrize("status", ["pending", "approved", "deleted"])
def test_nobody_appeals_where_nothing_was_refused(app, client, article, grace, status):
    refused = refused_by(grace, app, article)
    comment = make_comment(app, article, status=status)
    token = read(client, receipt_url(app, comment)).all("input[name=csrf_token]")[0].attributes["value"]
    sent = {"appeal": TEXT, "csrf_token": token}
    answered = client.post(f"{receipt_url(app, comment)}/appeal", data=sent)
    assert answered.status_code == 409
    assert "on the subject." in answered.get_data(as_text=True)
    assert appeal(app, client, refused).status == 303


@pytest.mark.parametrize(
    ("text", "fault"), [("", "Please write an answer"), (" \n", "Please write"), ("y" * 1001, "1,001")]
)
def test_an_appeal_is_answered_with_a_text(app, client, article, grace, alan, text, fault):
    comment = refused_by(grace, app, article)
    appeal(app, client, comment)
    page = answer(alan, comment, "dismiss", text)
    assert page.status == 422
    assert fault in page.one("p.field__fault").text
    assert page.one("article.queue-card textarea").raw_text().strip() == text.strip()
    assert "It waits for an answer." in read(client, receipt_url(app, comment)).html


def test_an_answer_without_a_verdict_or_with_an_odd_version_is_refused(app, client, article, grace, alan):
    comment = refused_by(grace, app, article)
    appeal(app, client, comment)
    page = read(alan, APPEALS)
    for values in ({"verdict": ""}, {"verdict": "approve"}, {"verdict": "uphold", "version": "x"}):
        assert page.submit(f"article#comment-{comment.id} form", answer=ANSWER, **values).status == 422
    assert (
        page.submit(f"article#comment-{comment.id} form", answer=ANSWER, verdict="uphold", csrf_token="").status == 400
    )


def test_an_answer_to_what_changed_meanwhile_is_told_and_the_text_kept(app, client, article, grace, alan):
    comment = refused_by(grace, app, article)
    appeal(app, client, comment)
    page = read(alan, APPEALS)
    press(read(client, receipt_url(app, comment)), WITHDRAW)
    refused = page.submit(f"article#comment-{comment.id} form", verdict="uphold", answer=ANSWER)
    assert refused.status == 409
    assert "Withdrawn by its author" in refused.one("div.notice--fault").text
    assert refused.one("textarea#typed").raw_text().strip() == ANSWER
    assert "It needs no answer any more." in read(client, receipt_url(app, comment)).html


def test_an_appeal_needs_no_answer_once_the_comment_was_restored(app, client, article, grace, alan):
    comment = refused_by(grace, app, article)
    appeal(app, client, comment)
    page = read(alan, f"/staff/moderation/comments/{comment.id}")
    page.submit("article.queue-card form", decision="approve")
    assert read(alan, APPEALS).all("article.queue-card") == []
    assert "It needs no answer any more." in read(client, receipt_url(app, comment)).html


@pytest.mark.parametrize("verdict", ["uphold", "dismiss"])
def test_an_answer_can_be_undone_and_the_appeal_waits_again(app, client, article, grace, alan, verdict):
    comment = refused_by(grace, app, article)
    appeal(app, client, comment)
    answer(alan, comment, verdict)
    alone = read(alan, f"/staff/moderation/comments/{comment.id}")
    assert alone.submit("article.queue-card form", decision="undo").status == 303
    row = comment_now(app, comment)
    assert (row.status, row.reason) == ("rejected", "off-topic")
    receipt = read(client, receipt_url(app, comment))
    assert "It waits for an answer." in receipt.html and ANSWER not in receipt.html
    assert len(read(alan, APPEALS).all("article.queue-card textarea")) == 1


def test_erasing_takes_the_appeal_and_its_answer_along(app, client, article, grace, alan):
    comment = refused_by(grace, app, article)
    appeal(app, client, comment)
    answer(alan, comment, "dismiss")
    erased = press(read(client, receipt_url(app, comment)), ERASE).follow()
    assert ANSWER not in erased.html and "fair" not in erased.html
    assert "You appealed." in erased.texts("ol.receipt__steps span")


def test_only_moderators_see_appeals_and_new_texts(app, client):
    hire(app, Role.AUTHOR, "author@example.org")
    author = browser(app)
    log_in(author, "author@example.org")
    for path in (APPEALS, "/staff/moderation/edits"):
        assert client.get(path).status_code == 303
        assert author.get(path).status_code == 403
        for one in (f"{path}/1", f"{path}/{2**70}"):
            assert author.post(one, data={}).status_code in (400, 403)
