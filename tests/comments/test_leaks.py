"""No word of a comment that is held, removed, replaced or erased is on any page for readers, nor with an old ETag."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.editing import edit
from davidson.comments.forgetting import forget_spam
from davidson.comments.models import Comment
from davidson.comments.reasons import Reason
from davidson.comments.reports import report
from davidson.comments.withdrawing import erase, withdraw
from davidson.config import CommentsMode
from davidson.database import db
from davidson.moderation.decisions import Decision, decide
from davidson.moderation.picks import pick
from davidson.moderation.proposals import TextDecision, decide_text
from tests.comments.holding import receipt_url
from tests.factories import Made, make_article, make_comment

# Of pictures and for the holders of a mail's secret address alone, or not for readers at all.
PRIVATE = ("/staff", "/static", "/media", "/mail")
LINKS = "https://a.example https://b.example https://c.example"  # So many are looked at before they show.
PLACES = {"articles": "mayor-resigns", "sections": "world", "tags": "rivers", "authors": "ann-author"}


def with_row(app: Flask, act: Callable[[Comment], object]) -> Callable[[Made], None]:
    def do(comment: Made) -> None:
        with app.test_request_context():
            act(db.session.get_one(Comment, comment.id))
            db.session.commit()

    return do


def ways_to_go(app: Flask) -> dict[str, Callable[[Made], None]]:
    """All that takes words which readers have seen out of their sight."""

    def decided(decision: Decision) -> Callable[[Made], None]:
        return with_row(
            app, lambda row: decide(row.id, decision, version=None, actor=SHELL, now=utcnow(), reason="abuse")
        )

    def hold(row: Comment) -> None:
        for network in ("one", "two", "three"):
            report(row.id, Reason.ABUSE, network=network, now=utcnow())

    def replace(row: Comment) -> None:
        edit(row, f"Calm words. {LINKS}", now=utcnow())
        decide_text(row.id, TextDecision.APPROVE, version=row.version, actor=SHELL, now=utcnow())

    def forget(row: Comment) -> None:
        decide(row.id, Decision.SPAM, version=None, actor=SHELL, now=utcnow() - timedelta(days=31))
        db.session.flush()
        assert forget_spam(utcnow() - timedelta(days=30), now=utcnow(), most=9) == 1

    return {
        "rejected": decided(Decision.REJECT),
        "spam": decided(Decision.SPAM),
        "held": with_row(app, hold),
        "withdrawn": with_row(app, lambda row: withdraw(row, now=utcnow())),
        "erased": with_row(app, lambda row: erase(row, now=utcnow())),
        "edited": with_row(app, lambda row: edit(row, "Kind words.", now=utcnow())),
        "replaced": with_row(app, replace),
        "forgotten": with_row(app, forget),
    }


def surfaces(app: Flask, comments: list[Made], receipt: str) -> Iterator[str]:
    """The address of every page for readers that the site has, found in its own list of them."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(PRIVATE):
            yield from addresses(app, rule, comments, receipt)
    article = f"/articles/{PLACES['articles']}"
    yield from (f"{article}?{asked}" for asked in ("order=newest", "page=2", "order=newest&page=2"))
    yield from (f"{article}?reply={comment.id}" for comment in comments)


def addresses(app: Flask, rule: Rule, comments: list[Made], receipt: str) -> Iterator[str]:
    """What stands for each part of an address; a new kind of part must be told here."""
    first = rule.rule.split("/")[1]
    choices = {
        "slug": [PLACES.get(first, "")],
        "name": ["atom", "rss", "json"],
        "number": ["1"],
        "month": [f"{utcnow():%Y-%m}"],
        "day": [f"{utcnow():%Y-%m-%d}"],
        "comment_id": [comment.id for comment in comments],
        "receipt": [receipt.rpartition("/")[2]],
    }
    found: list[dict[str, object]] = [{}]
    for part in sorted(rule.arguments):
        found = [{**values, part: value} for values in found for value in choices[part]]
    with app.test_request_context():
        yield from (app.url_map.bind("localhost").build(rule.endpoint, values) for values in found)


class Reader:
    """Fetches pages, and offers the ETag that it was given before; what is unchanged then is what it had."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.had: dict[str, tuple[str, str]] = {}

    def sees(self, path: str, *, afresh: bool = False) -> str:
        etag, before = self.had.get(path, ("", ""))
        answer = self.client.get(path, headers={"If-None-Match": etag} if etag and not afresh else {})
        assert answer.status_code < 500
        if answer.status_code == 304:
            return before
        self.had[path] = (answer.headers.get("ETag", ""), f"{answer.headers}\n{answer.text}")
        return self.had[path][1]


@pytest.fixture
def app(make_app) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH)


def test_no_word_that_nobody_may_see_is_on_any_page(app: Flask, make_app, tmp_path):
    ways = ways_to_go(app)
    article = make_article(
        app,
        slug=PLACES["articles"],
        section="World",
        tags=("Rivers",),
        authors=("Ann Author",),
        headline="Mayor resigns",
    )

    def say(word: str, **values: object) -> Made:
        return make_comment(app, article, name=f"Okapi{word}", source=f"Some quagga{word} here.", **values)

    head = make_comment(app, article, source="It stays.")
    unseen = {status: say(status, status=status) for status in ("pending", "deleted")}
    shown = {way: say(f"once{way}") for way in ways}
    shown["answered"] = say("onceanswered")
    make_comment(app, article, parent_id=shown["answered"].id, source="An answer.")
    ways["answered"] = ways["withdrawn"]  # A tombstone stays.
    waits = make_comment(app, article, source="It is shown.")
    with app.test_request_context():
        for way in ("rejected", "edited"):
            pick(shown[way].id, version=shown[way].version, actor=SHELL, now=utcnow())
        db.session.commit()
        edit(db.session.get_one(Comment, waits.id), f"Some quaggaproposed here. {LINKS}", now=utcnow())
        db.session.commit()

    comments = [head, waits, *unseen.values(), *shown.values()]
    paths = sorted(set(surfaces(app, comments, receipt_url(app, head))))
    readers = [Reader(app.test_client()), Reader(make_app(instance=tmp_path / "elsewhere").test_client())]
    before = [reader.sees(path) for reader in readers for path in paths]
    for way in shown:
        assert sum(f"quaggaonce{way}" in text for text in before) > 10, way

    for way, comment in shown.items():
        ways[way](comment)
    words = [
        f"{begin}{word}" for begin in ("okapi", "quagga") for word in (*unseen, "proposed", *map("once{}".format, ways))
    ]
    still_named = {"okapionceedited", "okapioncereplaced"}  # Another text, by the same person.
    for afresh in (False, True):
        for reader in readers:
            for path in paths:
                text = reader.sees(path, afresh=afresh).lower()
                assert [word for word in words if word in text and word not in still_named] == [], path
    assert {"/", "/about/moderation", "/feed.json", f"{article.url}/comments.atom", "/sitemap-1.xml"} < set(paths)
