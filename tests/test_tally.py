"""The numbers that the store keeps are those that counting gives, whatever happens to the rows."""

import random
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

import pytest
from flask import Flask
from markupsafe import Markup
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import URL

from davidson import create_app
from davidson.articles.models import Article
from davidson.articles.publishing import article_to_change, retract
from davidson.audit.log import SHELL
from davidson.audit.models import AuditEntry
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.comments.status import CommentStatus
from davidson.comments.withdrawing import erase
from davidson.config import Settings
from davidson.database import db
from davidson.moderation.decisions import Decision, NotDecidable, Stale, decide, undo
from davidson.tally import LISTED_ARTICLES, Tally, comments_tally, tallies
from tests.bulk import fill_articles, fill_comments
from tests.conftest import migrate
from tests.factories import Made, make_article, make_comment

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Undone(Exception):
    """Ends a savepoint or a transaction as a fault would."""


def check(app: Flask) -> dict[str, int]:
    """Compare what the store says with what counting says, and give it."""
    with app.app_context():
        by_state = db.session.execute(select(Comment.status, func.count()).group_by(Comment.status))
        counted = {comments_tally(state): number for state, number in by_state}
        listed = select(func.count()).where(Article.published_at.is_not(None), Article.retracted_at.is_(None))
        counted[LISTED_ARTICLES] = db.session.execute(listed).scalar_one()
        told = tallies()
    assert {what: number for what, number in told.items() if number} == {k: v for k, v in counted.items() if v}
    return told


def random_act(comment_id: int, chance: random.Random) -> None:
    """Do one of the things that happen to comments; what is not possible does not happen."""
    now, version = utcnow(), db.session.scalar(select(Comment.version).where(Comment.id == comment_id)) or 0
    with suppress(NotDecidable, Stale):
        match chance.randrange(8):
            case 0:
                erase(db.session.get_one(Comment, comment_id), now=now)
            case 1 | 2:
                undo(comment_id, version=version, actor=SHELL, now=now)
            case _:
                decision = chance.choice(list(Decision))
                decide(comment_id, decision, version=version, actor=SHELL, now=now, reason="abuse")


def act_at_random(ids: list[int], seed: int, times: int) -> None:
    """Act on comments in transactions of some acts each; savepoints and transactions are rolled back now and then."""
    chance = random.Random(seed)
    for _ in range(times):
        for comment_id in sorted(chance.sample(ids, 3)):
            with suppress(Undone), db.session.begin_nested():
                random_act(comment_id, chance)
                db.session.flush()
                if chance.random() < 0.3:
                    raise Undone
        (db.session.rollback if chance.random() < 0.2 else db.session.commit)()


def act_in_a_process(settings: Settings, ids: list[int], seed: int) -> None:
    """The same in a process of its own."""
    app = create_app(settings)
    with app.test_request_context():
        act_at_random(ids, seed, times=25)


def waiting(app: Flask, number: int) -> list[int]:
    article: Made = make_article(app)
    return [make_comment(app, article, status="pending").id for _ in range(number)]


def test_random_acts_leave_exact_numbers(app: Flask):
    ids = waiting(app, 12)
    assert check(app)[comments_tally("pending")] == 12
    for seed in range(3):
        with app.test_request_context():
            act_at_random(ids, seed, times=20)
        check(app)


def test_processes_that_act_at_once_leave_exact_numbers(app: Flask, settings: Settings):
    ids = [id_ for _ in range(3) for id_ in waiting(app, 6)]
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        works = [pool.submit(act_in_a_process, settings, ids[place * 6 : place * 6 + 6], place) for place in range(3)]
        for work in works:
            work.result(timeout=120)
    check(app)


def test_rows_that_no_object_stood_for_are_counted_too(app: Flask):
    article = make_article(app)
    fill_comments(app, article, 30)
    fill_articles(app, [NOON - timedelta(hours=hours) for hours in range(5)])
    assert check(app) == {"comment:approved": 30, "article:listed": 6}
    with app.app_context():
        db.session.execute(update(Comment).where(Comment.id % 3 == 0).values(status=CommentStatus.SPAM))
        db.session.execute(delete(Comment).where(Comment.id % 5 == 0))
        db.session.execute(update(Article).where(Article.id != article.id).values(published_at=None))
        db.session.commit()
    assert check(app)["article:listed"] == 1


def test_an_article_is_counted_while_it_is_listed(app: Flask):
    make_article(app, published=False)
    assert check(app).get(LISTED_ARTICLES, 0) == 0
    article = make_article(app, published_at=utcnow() + timedelta(days=1))
    assert check(app)[LISTED_ARTICLES] == 1
    with app.app_context():
        found = article_to_change(article.slug)
        assert found is not None
        retract(found, reason="Wrong.", actor=SHELL, now=utcnow())
        db.session.commit()
    assert check(app)[LISTED_ARTICLES] == 0


def test_writers_at_once_do_not_wait_for_a_number(app: Flask, settings: Settings, store: URL):
    if store.get_backend_name() == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    article, other = make_article(app), create_app(settings)
    with app.app_context():
        fill = insert(Comment).values(comment_row(article))
        db.session.execute(fill)
        with other.app_context():  # lock_timeout ends a wait after two seconds.
            db.session.execute(fill)
            db.session.commit()
            db.engine.dispose()
        db.session.commit()
    assert check(app)[comments_tally("pending")] == 2
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Tally.what == comments_tally("pending"))) == 2


def comment_row(article: Made) -> dict[str, object]:
    return {
        "article_id": article.id,
        "name": "Ada",
        "source": "",
        "html": Markup(),
        "renderer": 1,
        "status": CommentStatus.PENDING,
        "findings": [],
        "rules_version": 1,
        "created_at": NOON,
        "decided_at": NOON,
        "version": 1,
    }


def test_the_revision_counts_what_is_there(app: Flask, store: URL, tmp_path):
    article = make_article(app)
    for status in ("pending", "pending", "spam"):
        make_comment(app, article, status=status)
    with app.app_context():
        db.session.execute(delete(AuditEntry))
        db.session.commit()
        db.engine.dispose()
    migrate(store, tmp_path / "down", "downgrade", "0003")
    migrate(store, tmp_path / "up", "upgrade")
    assert check(app) == {"comment:pending": 2, "comment:spam": 1, "article:listed": 1}
