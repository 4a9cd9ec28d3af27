"""Mails are sent once, by real workers that are killed at every point there is, to a real server."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.engine import URL

from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.database import db
from davidson.mail.models import Handover, Subscription
from davidson.outbox.draining import drain_once
from davidson.outbox.models import Message
from tests.commands import Forked
from tests.comments.holding import decide
from tests.conftest import start_davidson
from tests.factories import make_comment
from tests.mail.conftest import ORIGIN, Author, post_office, waiting
from tests.mailsink import MailSink
from tests.sink import eventually

pytestmark = pytest.mark.server


@pytest.fixture
def start_worker(store: URL, app: Flask, sink: MailSink) -> Iterator[Callable[[], Forked]]:
    """Start `davidson worker` on the store; all end with the test."""
    with ExitStack() as stack:

        def start() -> Forked:
            settings = {"DAVIDSON_SMTP_URL": sink.url, "DAVIDSON_BASE_URL": ORIGIN}
            worker = start_davidson("worker", url=store, instance=Path(app.instance_path), **settings)
            stack.callback(worker.wait)
            stack.callback(worker.kill)
            return worker

        yield start


@pytest.fixture
def due(app: Flask, sink: MailSink, write: Callable[..., Author]) -> Author:
    """An author who is owed a mail about a decision, now."""
    author = write().confirm()
    sink.taken.clear()
    sink.steps.clear()
    decide(app, author.comment, "approved")
    let_time_pass(app)
    return author


def let_time_pass(app: Flask) -> None:
    """Let what waits be due, and what was handed over be so for long; as an hour does."""
    with app.app_context():
        db.session.execute(update(Message).values(due_at=utcnow()))
        for handover in db.session.query(Handover):
            handover.at -= timedelta(hours=1)
        db.session.commit()


@contextmanager
def locked_store(app: Flask) -> Iterator[None]:
    """Keep every worker from writing down that a mail leaves."""
    with app.app_context():
        db.session.execute(update(Subscription).values(told=Subscription.told))
        yield
        db.session.rollback()


@pytest.mark.parametrize("step", ["rcpt", "text", "end", "quit"])
def test_a_worker_that_is_killed_at_any_step_leaves_one_mail(app, sink, due, start_worker, step):
    with ExitStack() as stack:
        sink.hold("data" if step == "text" else step)
        worker = start_worker()
        eventually(lambda: ("data" if step == "text" else step) in sink.steps)
        if step == "text":  # All of the mail but its end: the server gives no answer there, so the store does not.
            stack.enter_context(locked_store(app))
            sink.let_go()
            eventually(lambda: "text" in sink.steps)
            time.sleep(0.2)
        worker.kill()
        worker.wait()
    sink.let_go()
    assert len(sink.taken) == (1 if step in ("end", "quit") else 0)
    assert len(waiting(app)) == 1
    with app.app_context():
        assert not drain_once(app, utcnow())  # The lease of whoever was killed.
    let_time_pass(app)
    post_office(app, later=3600)
    assert len(sink.taken) == 1
    assert waiting(app) == []


def test_workers_that_are_killed_again_and_again_send_no_mail_twice(app, sink, due, start_worker):
    draw = random.Random(20261125)
    replies = [make_comment(app, due.article, parent_id=due.comment.id, source=f"Reply {n}.") for n in range(12)]
    sink.pace = 0.01
    for _ in range(3):
        let_time_pass(app)
        before = len(sink.steps)
        worker = start_worker()
        eventually(lambda before=before: len(sink.steps) > before)
        time.sleep(draw.uniform(0, 0.25))
        worker.kill()
        worker.wait()
    sink.pace = 0
    let_time_pass(app)
    post_office(app, later=3600)
    with app.app_context():
        assert db.session.query(Comment).count() == len(replies) + 1
    ids = [taken.message["Message-ID"] for taken in sink.taken]
    assert len(ids) == len(set(ids))
    # A kill in the one window that docs/mail.md names loses a mail; it is a thousandth of the time that a mail takes.
    assert len(replies) <= len(ids) <= len(replies) + 1
    assert waiting(app) == []


def test_a_worker_sends_by_itself_what_is_asked_for(app, sink, write, start_worker):
    start_worker()
    write()
    eventually(lambda: len(sink.taken) == 1)
    eventually(lambda: waiting(app) == [])
