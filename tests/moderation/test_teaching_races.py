"""Lessons of decisions that come at once: none is lost, and nobody waits in a circle."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.database import db
from davidson.moderation.decisions import Decision, decide_each
from tests.factories import Made, comment_now, make_article, make_comment
from tests.moderation.test_teaching import HAM, SPAM, learned, settle, sum_of_lessons, take_back


@pytest.mark.timeout(120)
def test_decisions_at_once_lose_no_lesson(app: Flask, make_app: Callable[..., Flask]):
    articles = [make_article(app) for _ in range(4)]
    shared = [
        [make_comment(app, article, status="pending", source=f"{SPAM if n % 2 else HAM} {n}") for n in range(6)]
        for article in articles
    ]
    apps = [make_app() for _ in articles]
    faults: list[BaseException] = []

    def work(own: Flask, comments: list[Made]) -> None:
        try:
            for number, comment in enumerate(comments):
                settle(own, comment, "spam" if number % 2 else "approve")
            take_back(own, comments[0])
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=each) for each in zip(apps, shared, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    state = learned(app)
    assert state["counts"] == (12, 8, 20)
    assert state["weights"] == sum_of_lessons(app)


@pytest.mark.timeout(120)
def test_two_who_settle_many_comments_in_crossing_order_do_not_block_each_other(app: Flask, make_app):
    """Each decides under the article of the other too, after it has decided already."""
    articles = sorted((make_article(app) for _ in range(2)), key=lambda article: article.id)
    own = [[make_comment(app, article, status="pending", source=SPAM) for article in articles] for _ in range(2)]
    alone = [make_comment(app, articles[1], status="pending", source=HAM) for _ in range(5)]
    apps = [make_app() for _ in range(2)]
    faults: list[BaseException] = []
    barrier = threading.Barrier(2)

    def work(one: Flask, ids: list[int]) -> None:
        try:
            barrier.wait()
            with one.app_context():
                decide_each([(comment_id, 1) for comment_id in ids], Decision.SPAM, actor=SHELL, now=utcnow())
                db.session.commit()
        except BaseException as fault:
            faults.append(fault)

    jobs = [[comment.id for comment in (*own[0], *own[1])], [comment.id for comment in alone]]
    jobs[0].sort(key=lambda comment_id: comment_now(app, Made(comment_id)).article_id)
    threads = [threading.Thread(target=work, args=each) for each in zip(apps, jobs, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert learned(app)["counts"] == (9, 0, 9)
    assert learned(app)["weights"] == sum_of_lessons(app)
