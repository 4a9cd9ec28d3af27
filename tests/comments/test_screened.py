"""Comments as they come in through the form: what each mode and each finding makes of them, and what is kept."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from davidson.accounts.models import Staff
from davidson.articles.models import Article
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.draft import Draft
from davidson.comments.models import BlockedTerm, Comment
from davidson.comments.states import change_state, lock_article_of
from davidson.comments.status import CommentStatus
from davidson.comments.submission import RESEND_WINDOW, Sender, submit
from davidson.config import CommentsMode
from davidson.database import db
from tests.comments.sending import PUBLISHED, SPAM, WAITS, newest, send
from tests.factories import Made, make_article, make_comment, make_staff
from tests.pages import read


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app)


def list_terms(app: Flask, **kinds: str) -> None:
    with app.app_context():
        for term, kind in kinds.items():
            db.session.add(BlockedTerm(term=term.replace("_", " "), kind=kind, created_at=utcnow()))
        db.session.commit()


@pytest.mark.parametrize(
    ("mode", "state", "rules"),
    [
        (CommentsMode.HOLD_ALL, WAITS, {"mode"}),
        (CommentsMode.HOLD_FIRST, WAITS, {"strangers"}),
        (CommentsMode.PUBLISH, PUBLISHED, set()),
    ],
)
def test_each_mode_treats_a_strangers_first_comment_its_way(make_app, article, mode, state, rules):
    app = make_app(comments=mode)
    sent = send(app.test_client(), article)
    assert sent.status == 303
    found = newest(app)
    assert (found[0], set(found[1])) == (state, rules)
    shown = read(app.test_client(), article.url).texts("div.comment__text")
    assert shown == (["At last."] if state == PUBLISHED else [])


def test_closed_takes_nothing_and_keeps_what_is_there(make_app, app, article):
    make_comment(app, article, source="Said before.")
    client = make_app(comments=CommentsMode.CLOSED).test_client()
    page = read(client, article.url)
    assert page.texts("div.comment__text") == ["Said before."]
    assert page.all("form") == []
    assert client.post(f"{article.url}/comments", data={"name": "Ada", "body": "More."}).status_code == 403


def test_comments_close_at_their_moment(app, client, article):
    with app.app_context():
        db.session.get_one(Article, article.id).comments_close_at = utcnow() + timedelta(minutes=5)
        db.session.commit()
    assert send(client, article).status == 303
    page = read(client, article.url)
    with time_machine.travel(utcnow() + timedelta(minutes=6)):
        assert page.submit("#comment-form", name="Ada", body="Too late").status == 403
        assert read(client, article.url).all("form") == []


@pytest.mark.parametrize(
    ("body", "state", "detail"),
    [
        ("See https://example.org/a", WAITS, "Contains a link, from a sender without an approved comment."),
        ("See www.example.org", WAITS, "Contains a link"),
        ("https://a.example https://b.example https://c.example", WAITS, "Contains 3 links."),
        (" ".join(f"https://{letter}.example" for letter in "abcdefg"), SPAM, "Contains 7 links."),
        ("[https://good.example](https://bad.example)", WAITS, "but leads to"),
    ],
)
def test_links_of_a_stranger_hold_a_comment(app, client, article, body, state, detail):
    send(client, article, body)
    found, findings = newest(app)
    assert found == state
    assert "links" in findings
    with app.app_context():
        told = [finding["detail"] for finding in db.session.scalars(select(Comment.findings)).one()]
    assert any(detail in sentence for sentence in told), told
    assert findings["links"]["evidence"]


def test_a_link_of_somebody_known_is_published(make_app, article):
    app = make_app(comments=CommentsMode.HOLD_FIRST)
    client = app.test_client()
    send(client, article, "My first.", remember="y")
    with app.app_context():
        comment = db.session.scalars(select(Comment)).one()
        lock_article_of(comment.article_id)
        change_state(comment, CommentStatus.APPROVED, action="comment.set", actor=SHELL, now=utcnow())
        db.session.commit()
    send(client, article, "See https://example.org/a")
    assert newest(app)[0] == PUBLISHED
    send(client, article, "https://a.example https://b.example https://c.example")
    assert newest(app)[0] == WAITS


def test_a_banned_term_makes_spam_and_a_suspect_one_waits_with_the_place_kept(app, client, article):
    list_terms(app, replica_watches="banned", casino="suspect")
    body = "Come to the “c\u0430sino”!"
    send(client, article, body)
    state, findings = newest(app)
    assert (state, findings["wording"]["status"], findings["wording"]["evidence"]) == (WAITS, WAITS, "casino")
    ((start, end),) = findings["wording"]["places"]
    assert body[start:end] == "c\u0430sino"
    send(client, article, "Get REPLICA-WATCHES here")
    state, findings = newest(app)
    assert (state, findings["wording"]["status"]) == (SPAM, SPAM)
    assert "replica watches" in findings["wording"]["detail"]
    send(client, article, "A quiet word about watches.")
    assert newest(app) == (PUBLISHED, {})


def test_a_term_in_the_name_counts(app, client, article):
    list_terms(app, casino="banned")
    send(client, article, "Hello.", name="Casino King")
    assert newest(app)[0] == SPAM


def test_a_term_counts_from_the_next_comment_on(app, client, article):
    send(client, article, "On to the casino.")
    assert newest(app)[0] == PUBLISHED
    list_terms(app, casino="suspect")
    send(client, article, "Back to the casino.")
    assert newest(app)[0] == WAITS


def test_what_another_process_changes_counts_from_the_next_comment_on(make_app, app, article):
    """The words are kept by each application until a change is counted; this one is made by another."""
    client = make_app(comments=CommentsMode.PUBLISH).test_client()
    send(client, article, "First.", name="Grace Hopper")
    assert newest(app)[0] == PUBLISHED
    staff = make_staff(app, name="Grace Hopper")
    list_terms(app, casino="suspect")
    assert send(client, article, "On to the casino.", name="Grace Hopper").status == 422
    send(client, article, "On to the casino.", name="Ada")
    assert set(newest(app)[1]) == {"wording"}
    with app.app_context():
        db.session.delete(db.session.scalars(select(BlockedTerm)).one())
        db.session.get_one(Staff, staff.id).disabled_at = utcnow()
        db.session.commit()
    send(client, article, "Back to the casino.", name="Grace Hopper")
    assert newest(app) == (PUBLISHED, {})


def test_the_strictest_finding_wins_and_all_are_kept(app, client, article):
    list_terms(app, casino="banned")
    send(client, article, "The casino is at https://casino.example", website="filled in")
    state, findings = newest(app)
    assert state == SPAM
    assert {"wording", "links", "honeypot"} <= set(findings)
    assert {findings[rule]["status"] for rule in ("links", "honeypot")} == {WAITS}


def test_the_honeypot_raises_suspicion_and_no_more(app, client, article):
    sent = send(client, article, website="https://example.org")
    assert sent.status == 303
    state, findings = newest(app)
    assert (state, findings["honeypot"]["evidence"]) == (WAITS, "https://example.org")
    form = read(client, article.url).one("form#comment-form")
    trap = form.one("input[name=website]")
    assert (trap.attributes["tabindex"], trap.attributes["autocomplete"]) == ("-1", "off")
    assert trap.parent is not None and trap.parent.attributes["aria-hidden"] == "true"


@pytest.mark.parametrize(
    "name",
    [
        "Grace Moderator",
        "GRACE  MODERATOR",
        "Gr\u0430ce M\u043ederator",
        "Grace Moderator (editor)",
        "Grace\u200b Moderator",
        "Davidson News",
        "Dav1ds0n News",
        "Team Davidson News",
    ],
)
def test_nobody_posts_under_the_name_of_the_staff_or_the_site(app, client, article, name):
    make_staff(app, name="Grace Moderator")
    page = send(client, article, "I am *somebody*.", name=name, email="ada@example.org")
    assert page.status == 422
    field = page.one("div.field--faulty")
    assert "somebody who works here" in field.one("p.field__fault").text
    assert field.one("input").attributes["aria-invalid"] == "true"
    assert page.form("#comment-form")[1]["body"] == "I am *somebody*."
    assert page.form("#comment-form")[1]["email"] == "ada@example.org"
    assert send(client, article, "I am nobody.", name="Grace Reader").status == 303


def test_a_borrowed_name_is_told_together_with_the_other_faults(app, client, article):
    page = send(client, article, "", name="Davidson News")
    assert (page.status, len(page.texts("p.field__fault"))) == (422, 2)


def test_the_same_text_under_another_name_waits_and_says_of_what_it_is_a_copy(app, client, article):
    text = "These are quite a few words about the mayor and the town."
    send(client, article, text)
    with app.app_context():
        first = db.session.scalars(select(Comment.id)).one()
    send(client, article, text, name="Bo")
    state, findings = newest(app)
    assert state == WAITS
    assert findings["duplicates"]["detail"].startswith(f"Same text as comment #{first}")
    assert findings["duplicates"]["evidence"] == f"#{first}"


def resend(app: Flask, article: Made, *, at: timedelta, network: str = "here", body: str = "At last.") -> int:
    """Send one form, so long from now; gives the id of the comment that it is."""
    with app.test_request_context():
        row = db.session.get_one(Article, article.id)
        comment = submit(row, Draft("Ada", body), parent_id=None, sender=Sender(network), now=utcnow() + at)
        db.session.commit()
        return comment.id


def test_a_resend_is_the_comment_that_is_there_for_a_while_and_then_another(app, article):
    first = resend(app, article, at=timedelta())
    assert resend(app, article, at=RESEND_WINDOW - timedelta(seconds=5)) == first
    assert resend(app, article, at=timedelta(), network="elsewhere") != first
    second = resend(app, article, at=RESEND_WINDOW + timedelta(seconds=5))
    assert second != first
    assert resend(app, article, at=RESEND_WINDOW + timedelta(seconds=9)) == second


def test_whoever_copies_a_published_comment_is_not_given_its_receipt(app, client, article):
    """From the same network, with the same name and text, a quarter of an hour after its author."""
    theirs = send(client, article, "Well said.", remember="y")
    with time_machine.travel(utcnow() + RESEND_WINDOW + timedelta(seconds=1)):
        copy = send(app.test_client(), article, "Well said.", remember="y")
        assert copy.headers["Location"] != theirs.headers["Location"]
        assert copy.headers["Set-Cookie"].partition(";")[0] != theirs.headers["Set-Cookie"].partition(";")[0]
        state, findings = newest(app)
        assert (state, "duplicates" in findings) == (WAITS, True)
