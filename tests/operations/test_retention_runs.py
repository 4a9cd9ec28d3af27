"""Retention at work: the command, the daily worker, and decisions made meanwhile."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.engine import URL

from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.database import db
from davidson.moderation.decisions import Decision, Stale, decide
from davidson.outbox.models import Daily
from tests.commands import Forked
from tests.conftest import run_davidson, start_davidson
from tests.factories import Made, comment_now, make_comment
from tests.operations.test_retention import entries, old_article, verified

DAYS = timedelta(days=30)
TICK = timedelta(microseconds=1)


@pytest.fixture
def old_site(app: Flask, store: URL) -> Iterator[tuple[Flask, Made]]:
    article = old_article(app)
    yield app, make_comment(app, article, status="spam", created_at=utcnow() - DAYS)


def test_the_command_says_what_it_did(old_site, store: URL, tmp_path: Path):
    app, spam = old_site
    done = run_davidson("retention", "run", url=store, instance=tmp_path / "instance", check=True)
    assert done.stdout.splitlines() == [
        "networks of comments: 1 forgotten",
        "reports: 0 forgotten",
        "networks of sessions: 0 forgotten",
        "spam comments: 1 forgotten",
        "ended bans: 0 forgotten",
        "notes on senders: 0 forgotten",
        "hints of who looks: 0 forgotten",
        "rows of decisions on many: 0 forgotten",
        "ended sessions: 0 forgotten",
        "counts of attempts: 0 forgotten",
    ]
    assert comment_now(app, spam).status == "deleted"
    for value in ("0", ""):
        never = {"DAVIDSON_RETENTION_NETWORK_DAYS": value, "DAVIDSON_RETENTION_SPAM_DAYS": value}
        done = run_davidson("retention", "run", url=store, instance=tmp_path / "instance", check=True, **never)
        assert done.stdout.startswith("networks: kept for ever, as the settings say\nspam: kept for ever")


def test_a_worker_forgets_once_a_day(old_site):
    app, spam = old_site
    runner = app.test_cli_runner()
    assert runner.invoke(args=["worker", "--once"]).exit_code == 0
    assert comment_now(app, spam).status == "deleted"
    other = make_comment(app, old_article(app), status="spam", created_at=utcnow() - DAYS)
    assert runner.invoke(args=["worker", "--once"]).exit_code == 0
    assert comment_now(app, other).status == "spam"
    with app.app_context():
        row = db.session.get_one(Daily, "retention")
        assert timedelta(hours=23) < row.due_at - utcnow() <= timedelta(days=1)
        row.due_at = utcnow()
        db.session.commit()
    assert runner.invoke(args=["worker", "--once"]).exit_code == 0
    assert comment_now(app, other).status == "deleted"


def test_decisions_on_old_spam_while_it_is_forgotten_leave_each_comment_whole_or_erased(
    app: Flask, store: URL, tmp_path: Path
):
    article, old = old_article(app), utcnow() - DAYS
    comments = [make_comment(app, article, status="spam", created_at=old) for _ in range(60)]
    retention = start_davidson("retention", "run", url=store, instance=tmp_path / "instance")
    refused = 0
    with app.app_context():
        for number, comment in enumerate(comments):
            if number == 3:  # It takes a moment to come up.
                wait_until_forgetting(retention)
            try:
                decide(comment.id, Decision.APPROVE, version=comment.version, actor=SHELL, now=utcnow())
                db.session.commit()
            except Stale:
                db.session.rollback()
                refused += 1
    assert retention.wait(60) == 0
    states = {"approved": 0, "deleted": 0}
    for comment in comments:
        row, log = comment_now(app, comment), entries(app, f"comment:{comment.id}")
        states[row.status] += 1
        assert bool(row.source) is (row.status == "approved")
        assert [entry.version for entry in log] == list(range(1, row.version + 1))
        assert log[-1].to_state == row.status
    assert states["deleted"] == refused and states["approved"] >= 3
    assert verified(app)


def wait_until_forgetting(retention: Forked) -> None:
    """Until the command has touched its first comments, or is done."""
    deadline = time.monotonic() + 60
    while retention.poll() is None and time.monotonic() < deadline:
        forgotten = db.session.query(Comment).filter(Comment.sender.is_(None)).count()
        db.session.rollback()
        if forgotten:
            return
        time.sleep(0.005)
