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
from tests.comments.holding import EDIT, FORGET, WITHDRAW, buttons, decide, press, receipt_url, send
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
        ("pending", "Received, and waiting for a moderator", {EDIT, WITHDRAW}),
        ("approved", "Published", {WITHDRAW}),
        ("rejected", "Not published", {WITHDRAW}),
        ("spam", "Not published: taken for advertising", {WITHDRAW}),
        ("deleted", "Withdrawn", set()),
    ],
)
def test_a_receipt_tells_the_state_and_offers_what_may_be_done(app, client, article, status, title, offers):
    comment = make_comment(app, article, status=status, name="Ada", source="Well *done*.")
    page = read(client, receipt_url(app, comment))
    assert page.texts("p.notice__title") == [title]
    assert buttons(page) == offers
    assert page.one("main").all("a")[0].text == "Mayor resigns"
    if status != "deleted":
        assert page.one("h3.comment__name").text == "Ada"
        assert page.texts("div.comment__text em") == ["done"]
    links = [link.attributes["href"] for link in page.all("a") if "#comment-" in link.attributes["href"]]
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
        for act in (EDIT, WITHDRAW, FORGET):
            assert client.post(f"/comments/{other}/{act}", data={"body": "x"}).status_code == 404
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
