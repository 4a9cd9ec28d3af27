"""Decisions on many against decisions on one, at real workers: the row is what its log says, one entry a version."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.engine import URL

from davidson.articles.models import Article
from davidson.comments.models import Comment
from davidson.database import db
from davidson.moderation.bulk import Outcome, result_of
from tests.conftest import ROOT, environment
from tests.factories import Made, comment_now, make_article, make_comment
from tests.fire.people import at_once
from tests.moderation.test_two_moderators import history, moderators
from tests.site import Site, running_site

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]

RUN = """
from davidson import create_app
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.database import db
from davidson.moderation.bulk import Seen, begin, go_on
from davidson.moderation.decisions import Decision
from sqlalchemy import select
with create_app(commands=False).app_context():
    seen = [Seen(*row) for row in db.session.execute(select(Comment.id, Comment.version, Comment.article_id))]
    number = begin(seen, Decision.APPROVE, reason="", what="of a test", actor=SHELL, now=utcnow())
    db.session.commit()
    print(number, flush=True)
    go_on(number, actor=SHELL, seconds=60)
"""


@pytest.fixture
def site(app: Flask, store: URL) -> Iterator[Site]:
    with running_site(store, Path(app.instance_path), workers=2) as running:
        yield running


def picked(comments: list[Made]) -> list[str]:
    return [f"{comment.id}:{comment.version}" for comment in comments]


def test_a_bulk_and_single_decisions_at_once_leave_one_entry_a_version(app: Flask, site: Site):
    articles = [make_article(app) for _ in range(2)]
    made = [make_comment(app, article, status="pending") for article in articles for _ in range(12)]
    grace, alan = moderators(app, site)
    answer, statuses = at_once(
        lambda: grace.decide_on_many(picked(made), "approve"),
        lambda: [alan.decide(one.id, "reject", version=1, reason="abuse").status for one in made[::-1]],
    )
    assert answer.status == 303, answer.text
    assert set(statuses) <= {303, 409}
    said = grace.ask("GET", answer.headers["Location"]).text
    skipped = statuses.count(303)
    assert f"{24 - skipped} approved" in said
    assert not skipped or f"{skipped} skipped: already decided by Alan" in said
    check_all(app, articles, made)


def test_two_bulks_at_once_decide_on_each_comment_once(app: Flask, site: Site):
    articles = [make_article(app) for _ in range(3)]
    made = [make_comment(app, article, status="pending") for article in articles for _ in range(8)]
    grace, alan = moderators(app, site)
    answers = at_once(
        lambda: grace.decide_on_many(picked(made), "approve"), lambda: alan.decide_on_many(picked(made[::-1]), "spam")
    )
    assert [answer.status for answer in answers] == [303, 303]
    assert {comment_now(app, one).version for one in made} == {2}
    check_all(app, articles, made)


def check_all(app: Flask, articles: list[Made], made: list[Made]) -> None:
    """The rows, their logs and the articles' counts agree."""
    check_log(app, made)
    with app.app_context():
        for article in articles:
            approved = db.session.query(Comment).filter_by(article_id=article.id, status="approved").count()
            assert approved == db.session.get_one(Article, article.id).comment_count


def check_log(app: Flask, made: list[Made]) -> None:
    for one in made:
        now, entries = comment_now(app, one), history(app, one)
        assert [entry.version for entry in entries] == list(range(1, now.version + 1))
        assert entries[-1].to_state == now.status


def test_a_bulk_that_is_killed_has_each_comment_decided_with_its_entry_or_not_at_all(app: Flask, store: URL):
    article = make_article(app)
    made = [make_comment(app, article, status="pending") for _ in range(60)]
    process = subprocess.Popen(
        [sys.executable, "-c", RUN],
        cwd=ROOT,
        env=environment(store, Path(app.instance_path)),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    number = int(process.stdout.readline())
    while decided(app) < 20:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    done = decided(app)
    assert 0 < done < 60
    with app.app_context():
        result = result_of(number)
        assert result is not None
        assert result.counts == {Outcome.DONE: done, Outcome.UNMET: 60 - done}
    check_all(app, [article], made)


def decided(app: Flask) -> int:
    with app.app_context():
        return db.session.query(Comment).filter(Comment.status == "approved").count()
