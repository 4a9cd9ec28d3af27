"""Discussions: replies indented once and named, tombstones where something was removed, pages that find a comment."""

from datetime import timedelta

import pytest
from flask import Flask

from davidson.articles.models import Article
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.comments.status import CommentStatus
from davidson.config import CommentsMode
from davidson.database import db
from tests.bulk import fill_comments
from tests.comments.holding import decide, receipt_url
from tests.factories import Made, make_article, make_comment
from tests.pages import Element, Page, read


@pytest.fixture
def app(make_app) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app)


def outline(page: Page) -> list[list[str]]:
    """Each thread as its comments' names, a removed one as a dash."""
    return [[_name(place) for place in thread if _name(place)] for thread in page.all("li.thread")]


def _name(place: Element) -> str:
    if place.matches("p.thread__tombstone"):
        return "–"
    return place.one(".comment__name").text if place.matches("article.comment") else ""


@pytest.fixture
def talk(app: Flask, article: Made) -> dict[str, Made]:
    """Ada; Bo answers Ada; Cy answers Bo; Di answers Ada; then Eve begins another thread."""
    ada = make_comment(app, article, name="Ada")
    bo = make_comment(app, article, name="Bo", parent_id=ada.id)
    cy = make_comment(app, article, name="Cy", parent_id=bo.id)
    di = make_comment(app, article, name="Di", parent_id=ada.id)
    eve = make_comment(app, article, name="Eve")
    return {"Ada": ada, "Bo": bo, "Cy": cy, "Di": di, "Eve": eve}


def test_replies_of_any_depth_stand_below_the_first_comment_in_their_order(client, article, talk):
    assert outline(read(client, article.url)) == [["Ada", "Bo", "Cy", "Di"], ["Eve"]]


def test_each_reply_names_whom_it_answers_and_leads_there(client, article, talk):
    page = read(client, article.url)
    told = {}
    for name, made in talk.items():
        comment = page.one(f"article#comment-{made.id}")
        told[name] = [(link.text, link.attributes["href"]) for link in comment.all("p.thread__to a")]
    assert told == {
        "Ada": [],
        "Bo": [("Ada", f"#comment-{talk['Ada'].id}")],
        "Cy": [("Bo", f"#comment-{talk['Bo'].id}")],
        "Di": [("Ada", f"#comment-{talk['Ada'].id}")],
        "Eve": [],
    }
    assert page.texts("summary.thread__summary") == ["3 replies"]
    assert page.one("h2#comments-heading").text == "5 comments"


@pytest.mark.parametrize("status", ["rejected", "spam", "deleted", "pending"])
def test_a_removed_first_comment_leaves_a_tombstone_above_its_replies(app, client, article, talk, status):
    decide(app, talk["Ada"], status)
    page = read(client, article.url)
    assert outline(page) == [["–", "Bo", "Cy", "Di"], ["Eve"]]
    assert page.texts("p.thread__tombstone") == ["This comment was removed."]
    assert "Ada" not in page.html
    assert page.one("h2#comments-heading").text == "4 comments"


@pytest.mark.parametrize("status", ["rejected", "spam", "deleted"])
def test_a_removed_reply_leaves_a_tombstone_before_the_answers_to_it(app, client, article, talk, status):
    decide(app, talk["Bo"], status)
    page = read(client, article.url)
    assert outline(page) == [["Ada", "–", "Cy", "Di"], ["Eve"]]
    assert page.texts("p.thread__tombstone") == ["This reply was removed."]
    assert "Bo" not in page.one("section#comments").text
    assert page.one(f"article#comment-{talk['Cy'].id}").all("p.thread__to") == []
    assert page.texts("summary.thread__summary") == ["2 replies"]


def test_what_nobody_answered_leaves_nothing(app, client, article, talk):
    for name in ("Di", "Eve"):
        decide(app, talk[name], "rejected")
    assert outline(read(client, article.url)) == [["Ada", "Bo", "Cy"]]


def test_a_tombstone_goes_when_the_last_answer_goes(app, client, article, talk):
    for name in ("Ada", "Bo", "Di", "Cy"):
        decide(app, talk[name], "rejected")
    page = read(client, article.url)
    assert outline(page) == [["Eve"]]
    assert page.one("h2#comments-heading").text == "1 comment"


def test_a_comment_that_is_approved_again_takes_its_place_again(app, client, article, talk):
    for name in ("Ada", "Bo"):
        decide(app, talk[name], "rejected")
    assert outline(read(client, article.url)) == [["–", "–", "Cy", "Di"], ["Eve"]]
    for name in ("Bo", "Ada"):
        decide(app, talk[name], "approved")
    assert outline(read(client, article.url)) == [["Ada", "Bo", "Cy", "Di"], ["Eve"]]


def test_a_thread_without_a_shown_comment_is_not_there(app, client, article):
    first = make_comment(app, article)
    make_comment(app, article, parent_id=first.id, status="pending")
    decide(app, first, "rejected")
    page = read(client, article.url)
    assert outline(page) == []
    assert page.one("h2#comments-heading").text == "No comments yet"


def test_counts_stay_true_through_every_change(app, article, talk):
    for name, status in (
        ("Cy", "spam"),
        ("Ada", "rejected"),
        ("Cy", "approved"),
        ("Ada", "approved"),
        ("Di", "deleted"),
    ):
        decide(app, talk[name], status)
        with app.app_context():
            approved = Comment.status == CommentStatus.APPROVED
            total = db.session.query(Comment).filter(approved).count()
            below = db.session.query(Comment).filter(approved, Comment.thread_id == talk["Ada"].id).count()
            assert db.session.get_one(Article, article.id).comment_count == total
            assert db.session.get_one(Comment, talk["Ada"].id).reply_count == below


def test_comments_below_the_names_of_other_articles_stay_there(app, client, article, talk):
    other = make_article(app)
    make_comment(app, other, name="Zed")
    assert outline(read(client, other.url)) == [["Zed"]]


def test_a_receipt_leads_to_the_page_on_which_the_comment_stands(app, client, article):
    """Also where many comments share one moment, as imported ones do."""
    moment = utcnow() - timedelta(minutes=30)
    made = [make_comment(app, article, created_at=moment) for _ in range(52)]
    reply = make_comment(app, article, parent_id=made[-1].id)
    for comment, page_number in ((made[0], 1), (made[49], 1), (made[50], 2), (made[51], 2), (reply, 2)):
        receipt = receipt_url(app, comment)
        (link,) = [one for one in read(client, receipt).all("a") if "#comment-" in one.attributes["href"]]
        query = f"?page={page_number}" if page_number > 1 else ""
        assert link.attributes["href"] == f"{article.url}{query}#comment-{comment.id}"
        assert len(read(client, link.attributes["href"]).all(f"article#comment-{comment.id}")) == 1


def test_tombstones_count_as_threads_where_pages_are_made(app, client, article):
    ids = fill_comments(app, article, 51)
    first = Made(ids[0], article.slug)
    make_comment(app, article, parent_id=ids[0], name="Answering")
    decide(app, first, "rejected")
    page = read(client, article.url)
    assert outline(page)[0] == ["–", "Answering"]
    assert len(page.all("li.thread")) == 50
    assert len(read(client, f"{article.url}?page=2").all("li.thread")) == 1


def test_hostile_names_and_texts_are_text_in_a_thread(app, client, article):
    hostile = '"><img src=x onerror=alert(1)>'
    first = make_comment(app, article, name=hostile, source=hostile)
    make_comment(app, article, parent_id=first.id)
    page = read(client, article.url)
    assert page.texts("p.thread__to a") == [hostile]
    assert page.one(f"article#comment-{first.id}").one("div.comment__text").text == hostile
    assert page.one("section#comments").all("img") == []
