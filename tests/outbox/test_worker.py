"""`davidson worker` as a process: it drains, ends when told, and loses nothing when it is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import URL

from davidson import create_app
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.config import settings_from
from davidson.database import db
from davidson.outbox.draining import LEASE, drain_once
from davidson.outbox.models import Message
from tests.commands import Forked
from tests.conftest import ROOT, environment, run_davidson, start_davidson
from tests.factories import make_article, make_comment
from tests.sink import Sink, eventually, running_sink
from tests.site import PATIENCE, Site, running_site

pytestmark = pytest.mark.server


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as sink:
        yield sink


@pytest.fixture
def purging(make_app, sink: Sink) -> Flask:
    """An application whose commits are purged at the sink."""
    app: Flask = make_app(purge_url=sink.url)
    return app


@pytest.fixture
def start_worker(store: URL, purging: Flask, sink: Sink) -> Iterator[Callable[[], Forked]]:
    """Start `davidson worker` on the store; all end with the test."""
    with ExitStack() as stack:

        def start() -> Forked:
            instance = Path(purging.instance_path)
            worker = start_davidson("worker", url=store, instance=instance, DAVIDSON_PURGE_URL=sink.url)
            stack.callback(worker.wait)
            stack.callback(worker.kill)
            return worker

        yield start


@pytest.fixture
def old_spam(app: Flask) -> Flask:
    """An application with one comment that was spam for long enough."""
    then = utcnow() - timedelta(days=31)
    make_comment(app, make_article(app, published_at=then), status="spam", created_at=then)
    return app


def statuses(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Comment.status)))


def waiting(app: Flask) -> int:
    with app.app_context():
        count = db.session.query(Message).count()
        db.session.rollback()
    return count


def test_a_worker_sends_what_each_commit_asks_for_until_it_is_told_to_end(purging: Flask, sink: Sink, start_worker):
    worker = start_worker()
    for number in range(3):
        article = make_article(purging)
        committed = time.monotonic()
        eventually(lambda tag=f"article:{article.id}": tag in sink.tags)
        if number:  # The worker has come up by then.
            assert time.monotonic() - committed < 5
    eventually(lambda: waiting(purging) == 0)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0


def test_what_fails_is_sent_again(purging: Flask, sink: Sink, start_worker):
    sink.statuses = [500, 503]
    make_article(purging)
    start_worker()
    eventually(lambda: waiting(purging) == 0)
    assert len(sink.received) == 3
    assert len({request.headers["Surrogate-Key"] for request in sink.received}) == 1


def test_a_worker_that_is_killed_leaves_its_message_to_another(purging: Flask, sink: Sink, start_worker):
    sink.hold()
    article = make_article(purging)
    worker = start_worker()
    eventually(lambda: f"article:{article.id}" in sink.tags)
    worker.kill()
    worker.wait()
    sink.free.set()
    with purging.app_context():
        assert db.session.query(Message).count() > 0
        db.session.rollback()
        assert not drain_once(purging, utcnow() + LEASE - timedelta(seconds=10))
        assert drain_once(purging, utcnow() + LEASE)
    assert waiting(purging) == 0
    assert len(sink.received) == 2


def test_a_worker_finishes_what_it_works_at_before_it_ends(purging: Flask, sink: Sink, start_worker):
    sink.hold()
    make_article(purging)
    worker = start_worker()
    eventually(lambda: len(sink.received) == 1)
    worker.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert worker.poll() is None
    sink.free.set()
    assert worker.wait(PATIENCE) == 0
    assert waiting(purging) == 0


def test_once_drains_what_is_due_and_exits(purging: Flask, sink: Sink, store: URL):
    make_article(purging)
    instance = Path(purging.instance_path)
    done = run_davidson("worker", "--once", url=store, instance=instance, DAVIDSON_PURGE_URL=sink.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(sink.received) == 1
    assert waiting(purging) == 0


def test_a_worker_refuses_a_store_that_is_not_this_releases(tmp_path: Path):
    refused = run_davidson("worker", url=None, instance=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr == "Error: the store's schema is empty: run `davidson db upgrade`\n"


def keeper_and_worker(site: Site) -> tuple[int, int] | None:
    """The processes beside gunicorn's own, if both are there."""
    for child in children(site.process.pid):
        if b"keeper.py" in Path(f"/proc/{child}/cmdline").read_bytes():
            for grandchild in children(child):
                if b"worker" in Path(f"/proc/{grandchild}/cmdline").read_bytes():
                    return child, grandchild
    return None


def children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def lives(process: int) -> bool:
    with suppress(FileNotFoundError):
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    return False


@contextmanager
def purging_site(sink: Sink, instance: Path) -> Iterator[tuple[Site, Flask]]:
    """A site with a store of its own whose commits are purged at the sink, and an application on it for changes."""
    with running_site(None, instance, workers=1, DAVIDSON_PURGE_URL=sink.url) as site:
        app = create_app(settings_from(environment(None, instance, DAVIDSON_PURGE_URL=sink.url)))
        try:
            yield site, app
        finally:
            with app.app_context():
                db.engine.dispose()


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_site_runs_a_worker_and_ends_it_however_it_ends(sink: Sink, tmp_path: Path, sig: signal.Signals):
    with purging_site(sink, tmp_path / "instance") as (site, app):
        eventually(lambda: keeper_and_worker(site) is not None)
        found = keeper_and_worker(site)
        assert found is not None
        article = make_article(app)
        eventually(lambda: f"article:{article.id}" in sink.tags)
        if sig is signal.SIGINT:
            os.killpg(site.process.pid, sig)  # A terminal sends it to the whole group.
        else:
            site.process.send_signal(sig)
        assert site.process.wait(PATIENCE) == (0 if sig != signal.SIGKILL else -sig)
        eventually(lambda: not any(map(lives, found)), within=10)
    assert "Traceback" not in site.log


def test_a_worker_that_dies_is_started_anew(sink: Sink, tmp_path: Path):
    with purging_site(sink, tmp_path / "instance") as (site, app):
        eventually(lambda: keeper_and_worker(site) is not None)
        found = keeper_and_worker(site)
        assert found is not None
        os.kill(found[1], signal.SIGKILL)
        article = make_article(app)
        eventually(lambda: f"article:{article.id}" in sink.tags)
        assert site.stop() == 0


def test_a_site_without_later_work_keeps_no_worker_running(tmp_path: Path):
    with running_site(None, tmp_path / "instance", workers=1) as site:
        assert site.get("/").status == 200
        assert len(children(site.process.pid)) == 2  # A keeper that sleeps, for daily work.
        assert keeper_and_worker(site) is None
        assert site.stop() == 0


def test_a_keeper_of_daily_work_looks_for_it_and_ends_with_its_parent(old_spam: Flask, store: URL):
    hurried = (
        "import os; from davidson.operations import keeper;"
        "keeper.FIRST_LOOK = 0; one = keeper.Keeper(os.getppid()); one.run_seldom()"
    )
    keeper = subprocess.Popen(
        [sys.executable, "-c", hurried], env=environment(store, Path(old_spam.instance_path)), cwd=ROOT
    )
    try:
        eventually(lambda: statuses(old_spam) == ["deleted"], within=30)
        keeper.send_signal(signal.SIGTERM)
        assert keeper.wait(PATIENCE) == 0
    finally:
        keeper.kill()
        keeper.wait()
