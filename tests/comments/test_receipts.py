"""Receipts: the private page on which a comment's author follows it."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import String, cast, inspect, select

from davidson.audit.models import AuditEntry
from davidson.comments.models import Comment
from davidson.comments.reasons import TEXTS, Reason
from davidson.comments.status import CommentStatus
from davidson.config import CommentsMode
from davidson.database import db
from tests.comments.holding import (
    APPEAL,
    DATA,
    EDIT,
    ERASE,
    FORGET,
    WITHDRAW,
    buttons,
    decide,
    press,
    receipt_url,
    send,
)
from tests.desks import browser, hire, log_in
from tests.factories import Made, comment_now, make_article, make_comment
from tests.pages import read


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(comments=CommentsMode.HOLD_ALL)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app, headline="Mayor resigns")


@pytest.mark.parametrize(
    ("status", "title", "offers"),
    [
        ("pending", "Received, and waiting for a moderator", {EDIT, WITHDRAW, ERASE, DATA}),
        ("approved", "Published", {EDIT, WITHDRAW, ERASE, DATA}),
        ("rejected", "Not published", {APPEAL, WITHDRAW, ERASE, DATA}),
        ("spam", "Not published: taken for advertising", {APPEAL, WITHDRAW, ERASE, DATA}),
        ("deleted", "Withdrawn", {ERASE, DATA}),
    ],
)
def test_a_receipt_tells_the_state_and_offers_what_may_be_done(app, client, article, status, title, offers):
    comment = make_comment(app, article, status=status, name="Ada", source="Well *done*.")
    page = read(client, receipt_url(app, comment))
    assert page.texts("p.notice__title") == [title]
    assert buttons(page) == offers
    assert page.one("main").all("a")[0].text == "Mayor resigns"
    assert page.one("h3.comment__name").text == "Ada"
    assert page.texts("div.comment__text em") == ["done"]
    links = [link.attributes["href"] for link in page.all("a") if "/articles/" in link.attributes["href"]][1:]
    assert links == ([f"{article.url}#comment-{comment.id}"] if status == "approved" else [])


@pytest.mark.parametrize("reason", list(Reason))
def test_a_refusal_tells_its_reason_in_words(app, client, article, reason):
    comment = make_comment(app, article)
    decide(app, comment, "rejected", reason=reason)
    assert TEXTS[reason] in read(client, receipt_url(app, comment)).one("div.notice").text


def test_a_refusal_may_have_another_reason_or_none(app, client, article):
    for reason, told in (("Rude <b>and</b> wrong", "Rude <b>and</b> wrong"), ("", "A moderator decided against it.")):
        comment = make_comment(app, article)
        decide(app, comment, "rejected", reason=reason, note="Not for the reader")
        page = read(client, receipt_url(app, comment))
        assert told in page.one("div.notice").text
        assert "Not for the reader" not in page.html


def test_the_history_is_told_in_plain_words_with_dates_and_without_names(app, client, article):
    url = send(client, article, body="First.")
    press(read(client, url), EDIT, body="Second.")
    hire(app, email="grace@example.org", name="Grace Hopper")
    grace = browser(app)
    log_in(grace, "grace@example.org")
    for decision in ("approve", "reject", "approve", "spam", "undo"):
        desk = read(grace, "/staff/moderation/comments/1")
        action, values = desk.form("article.queue-card form")
        sent = values | {"decision": decision, "reason": "abuse", "note": "Between us."}
        assert grace.post(action, data=sent).status_code == 303
    page = read(client, url)
    assert page.texts("ol.receipt__steps span") == [
        "You sent it. It was held for a moderator.",
        "You changed the text. It goes on waiting.",
        "A moderator approved it.",
        "A moderator removed it from the page: Insults or threats.",
        "A moderator restored it.",
        "A moderator removed it as advertising.",
        "A moderator took that back: it is on the page again.",
    ]
    assert len(page.all("ol.receipt__steps time")) == 7
    assert page.texts("p.receipt__small")[0].startswith("Version 7, text changed ")
    assert not any(word in page.html for word in ("Grace", "grace@", "Between us"))


def test_a_reply_is_shown_as_in_its_thread(app, client, article):
    head = make_comment(app, article, name="Bo")
    reply = make_comment(app, article, parent_id=head.id)
    assert read(client, receipt_url(app, reply)).texts("p.thread__to") == ["In reply to Bo"]
    decide(app, head, "rejected")
    page = read(client, receipt_url(app, reply))
    assert page.all("p.thread__to") == []


def test_a_receipt_is_unguessable_and_the_store_keeps_only_its_hash(app, client, article):
    receipts = [send(client, article, body=f"Comment {number}").removeprefix("/comments/") for number in range(20)]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", receipt) for receipt in receipts)
    assert len(set(receipts)) == 20
    with app.app_context():
        columns = [cast(column, String) for column in inspect(Comment).columns]
        stored = "\n".join(str(row) for row in db.session.execute(select(*columns)))
        entries = [cast(column, String) for column in inspect(AuditEntry).columns]
        stored += "\n".join(str(row) for row in db.session.execute(select(*entries)))
    assert not any(receipt in stored for receipt in receipts)


def test_a_receipt_is_for_no_cache_no_search_engine_and_no_referer(app, client, article):
    comment = make_comment(app, article, status="pending")
    page = read(client, receipt_url(app, comment))
    refused = press(page, EDIT, body="")
    saved = press(page, EDIT, body="Another text")
    for answer in (page, refused, saved):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "ETag" not in answer.headers
    assert page.one("meta[name=robots]").attributes["content"] == "noindex"
    assert page.one("meta[name=referrer]").attributes["content"] == "no-referrer"


def tampered(receipt: str) -> list[str]:
    last = "A" if receipt[-1] != "A" else "B"
    return [
        receipt[:-1] + last,
        receipt[:-1],
        receipt + "A",
        receipt + "=",
        receipt.swapcase(),
        receipt[::-1],
        "A" * 43,
        "x",
        "%00",
        "%ff",
        "é" * 43,
        "'%20OR%201=1--",
        "x" * 5000,
    ]


def test_any_other_address_is_404_whatever_is_asked_of_it(app, client, article):
    comment = make_comment(app, article, status="pending")
    receipt = receipt_url(app, comment).removeprefix("/comments/")
    for other in tampered(receipt):
        answer = client.get(f"/comments/{other}")
        assert answer.status_code == 404, other
        assert answer.headers["Cache-Control"] == "no-store"
        for act in (EDIT, APPEAL, WITHDRAW, ERASE, DATA, FORGET):
            assert client.post(f"/comments/{other}/{act}", data={"body": "x", "appeal": "x"}).status_code == 404
    assert comment_now(app, comment).status is CommentStatus.PENDING


def test_receipts_are_on_no_public_page(app, client, article):
    receipts = [send(client, article, body=f"Comment {number}") for number in range(3)]
    with app.app_context():
        ids = list(db.session.scalars(select(Comment.id)))
    for number in ids:
        decide(app, Made(number), "approved")
    for path in ("/", article.url, "/sections/world", f"{article.url}?reply={ids[0]}"):
        html = read(client, path).html
        assert not any(receipt.rpartition("/")[2] in html for receipt in receipts)
