"""Pages of long discussions: fifty threads each, oldest first, whatever appears and goes, at one cost."""

from datetime import timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.engine import URL

from davidson.articles.models import Article
from davidson.clock import utcnow
from davidson.comments.models import IN_THREAD_HEADS, Comment, PageBegin
from davidson.comments.pages import THREADS_PER_PAGE
from davidson.config import CommentsMode
from davidson.database import db
from tests.bulk import fill_comments
from tests.comments.holding import decide
from tests.conftest import migrate
from tests.factories import Made, make_article, make_comment
from tests.pages import read


@pytest.fixture
def app(make_app) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app, published_at=utcnow() - timedelta(days=9))


def heads_of(app: Flask, article: Made) -> list[int]:
    """The comments that begin a thread which is shown, oldest first, by a walk over all."""
    with app.app_context():
        heads = select(Comment.id).where(Comment.article_id == article.id, IN_THREAD_HEADS)
        return list(db.session.scalars(heads.order_by(Comment.created_at, Comment.id)))


def kept_pages(app: Flask, article: Made) -> tuple[int, list[tuple[int, int]]]:
    """The number of threads that is kept, and of each later page its number and first comment."""
    with app.app_context():
        pages = select(PageBegin.number, PageBegin.first_id).where(PageBegin.article_id == article.id)
        rows = db.session.execute(pages.order_by(PageBegin.number))
        return db.session.get_one(Article, article.id).thread_count, [(row.number, row.first_id) for row in rows]


def true_pages(app: Flask, article: Made) -> tuple[int, list[tuple[int, int]]]:
    heads = heads_of(app, article)
    return len(heads), list(enumerate(heads[THREADS_PER_PAGE::THREADS_PER_PAGE], start=2))


def shown_heads(client, article: Made, pages: int) -> list[int]:
    shown = []
    for number in range(1, pages + 1):
        threads = read(client, f"{article.url}?page={number}").all("li.thread")
        shown += [int(thread.one("article.comment").attributes["id"].removeprefix("comment-")) for thread in threads]
    return shown


def test_pages_hold_fifty_threads_without_gap_or_double(app, client, article):
    ids = fill_comments(app, article, 151)
    assert shown_heads(client, article, 4) == ids
    assert client.get(f"{article.url}?page=5").status_code == 404


def test_a_later_page_begins_with_its_comments_and_leads_to_the_form(app, client, article):
    first = fill_comments(app, article, 51)[0]
    later = read(client, f"{article.url}?page=2")
    assert later.all("#comment-form") == []
    href = next(link.attributes["href"] for link in later.all("a") if link.text == "Write a comment")
    assert href == f"{article.url}#comment-form"
    assert read(client, article.url).all("#comment-form")
    assert read(client, f"{article.url}?page=2&reply={first}").all("#comment-form")


def test_the_comment_after_a_full_page_begins_another(app, client, article):
    fill_comments(app, article, 50)
    assert client.get(f"{article.url}?page=2").status_code == 404
    newest = make_comment(app, article)
    assert shown_heads(client, article, 2)[-1] == newest.id
    decide(app, newest, "spam")
    assert client.get(f"{article.url}?page=2").status_code == 404


def test_a_thread_that_appears_or_goes_among_the_oldest_moves_every_later_page(app, client, article):
    ids = fill_comments(app, article, 101)
    for gone in (ids[0], ids[50], ids[100]):  # Two of the three begin a page.
        decide(app, Made(gone, article.slug), "rejected")
        assert kept_pages(app, article) == true_pages(app, article)
    early = make_comment(app, article, created_at=utcnow() - timedelta(days=2))
    assert shown_heads(client, article, 2) == [early.id, *(id_ for id_ in ids[1:100] if id_ != ids[50])]
    for back in (ids[100], ids[0], ids[50]):
        decide(app, Made(back, article.slug), "approved")
        assert kept_pages(app, article) == true_pages(app, article)
    assert shown_heads(client, article, 3) == [early.id, *ids]


@pytest.mark.parametrize("seed", range(3))
def test_pages_stay_true_through_any_changes(app, article, seed):
    """New threads and replies of any moment, removals, tombstones and what ends them, in any order."""
    chance = Random(seed)
    ids = fill_comments(app, article, 102)
    known = [Made(id_, article.slug) for id_ in ids]
    for _ in range(25):
        match chance.randrange(4):
            case 0:
                at = utcnow() - timedelta(minutes=chance.randrange(3000))
                known.append(make_comment(app, article, created_at=at, status=chance.choice(("approved", "pending"))))
            case 1:
                parents = set(heads_of(app, article)) & {made.id for made in known if made.status != "pending"}
                with app.app_context():
                    approved = select(Comment.id).where(Comment.id.in_(parents), Comment.status == "approved")
                    parent = chance.choice(list(db.session.scalars(approved.order_by(Comment.id))))
                known.append(make_comment(app, article, parent_id=parent))
                decide(app, Made(parent, article.slug), "rejected")
            case _:
                near_begin = chance.choice((0, 1, 49, 50, 51, 99, 100, 101, len(known) - 1))
                decide(app, known[near_begin], chance.choice(("approved", "rejected", "spam", "pending")))
        assert kept_pages(app, article) == true_pages(app, article)


def test_upgrading_finds_the_pages_of_the_discussions_that_there_are(store: URL, app: Flask, article: Made, tmp_path):
    ids = fill_comments(app, article, 101)
    make_comment(app, article, parent_id=ids[7])
    decide(app, Made(ids[7], article.slug), "rejected")
    decide(app, Made(ids[70], article.slug), "spam")
    make_comment(app, make_article(app))
    kept = kept_pages(app, article)
    with app.app_context():
        db.engine.dispose()
    migrate(store, tmp_path / "down", "downgrade", "0003")
    migrate(store, tmp_path / "up", "upgrade")
    assert kept_pages(app, article) == kept == true_pages(app, article)
    with app.app_context():
        counts = text("SELECT thread_count FROM article ORDER BY id")
        assert list(db.session.scalars(counts)) == [100, 1]
