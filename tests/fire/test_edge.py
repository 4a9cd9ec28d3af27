"""The edge: a real nginx answers kept pages from files, and they are never stale, whoever is slow or killed."""

import os
import random
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPSConnection
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import URL

from davidson.articles.publishing import article_to_change
from davidson.clock import unix_time, utcnow
from davidson.database import db
from davidson.pagecache.decorator import Pages as KeptPages
from davidson.pagecache.edge import SPAN, Edge
from davidson.web.headers import HSTS, SECURITY_HEADERS
from tests.conftest import ROOT, environment
from tests.factories import Made, make_article, make_comment
from tests.fire.newsroom import Newsroom
from tests.fire.paper import Pages
from tests.operations.test_deploy import NAME, nginx_before
from tests.site import PATIENCE, Site

pytestmark = [pytest.mark.server, pytest.mark.timeout(900)]

CHANGES = 120
KILLS = 8
REWRITE = """
import sys
from davidson import create_app
from davidson.articles.publishing import article_to_change
from davidson.database import db
app = create_app()
with app.app_context():
    for number in range(int(sys.argv[2]), 10**9):
        article_to_change(sys.argv[1]).headline = f"Headline number {number}"
        db.session.commit()
        print(number, flush=True)
"""


@pytest.fixture
def start_edge(start: Callable[..., Site], tmp_path: Path) -> Callable[[], "Front"]:
    """Start a site that keeps its pages for nginx, and nginx before it."""

    @contextmanager
    def begin() -> Iterator[Front]:
        folder = tmp_path / "edge"
        site = start(workers=2, DAVIDSON_EDGE=str(folder), DAVIDSON_TRUSTED_PROXIES="1")
        with nginx_before(site, tmp_path / "nginx", edge=folder) as port:
            yield Front(site, port, folder)

    return begin


class Front:
    """nginx before a site."""

    def __init__(self, site: Site, port: int, folder: Path) -> None:
        self.site, self.port, self.folder = site, port, folder

    def connect(self) -> HTTPSConnection:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE, context=context)

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = self.connect()
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, headers={"Host": NAME} | named)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    @property
    def asked(self) -> int:
        """How many requests reached the site itself, which writes that a second late."""
        time.sleep(1.2)
        return self.site.log.count("davidson.request")


def away_from_the_end_of_a_span() -> None:
    """Wait where a span of the edge ends within a moment, so that a test sees one span."""
    while unix_time() % SPAN > SPAN - 5:
        time.sleep(0.5)


def test_nginx_answers_a_kept_page_by_itself_as_the_site_does(app: Flask, article: Made, start_edge):
    away_from_the_end_of_a_span()
    with start_edge() as front:
        status, from_site, body = front.ask(article.url)
        before = front.asked
        status, from_edge, same = front.ask(article.url)
        assert (status, same) == (200, body)
        assert front.asked == before
        names = {"Content-Type", "Cache-Control", "Vary", *(name for name, _ in SECURITY_HEADERS)}
        assert {name: from_edge.get(name) for name in names} == {name: from_site.get(name) for name in names}
        assert from_edge[HSTS[0]] == HSTS[1]
        assert "Last-Modified" not in from_edge
        status, zipped, body = front.ask(article.url, Accept_Encoding="gzip")
        assert (status, zipped["Content-Encoding"], len(body) < len(same)) == (200, "gzip", True)
        assert zipped["ETag"] != from_edge["ETag"]
        assert front.ask(article.url, If_None_Match=from_edge["ETag"])[0] == 304
        assert front.ask(article.url, "HEAD")[0] == 200
        assert front.asked == before
        # What is no page of readers, or asks for another host, goes to the site.
        assert front.ask(article.url, "POST")[0] == 405
        assert front.ask("/staff/login")[0] == 200
        assert front.ask(f"{article.url}?page=../../x")[0] == 404
        assert front.ask(f"{article.url}?utm_source=x")[0] == 200
        assert front.ask(article.url, Host="evil.example")[0] == 200
        assert front.asked == before + 5
        # Nor does nginx know a feed: it would call it a page, or say by its date alone that nothing has changed.
        for _ in range(2):
            status, feed, _ = front.ask("/feed.atom")
            assert (status, feed["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
        assert front.ask("/feed.atom", If_None_Match=feed["ETag"])[0] == 304
        assert front.ask("/feed.atom", If_Modified_Since=feed["Last-Modified"])[0] == 200


def test_random_changes_leave_no_stale_page_at_the_edge(app: Flask, make_app, start_edge, add_moderator):
    draw = random.Random(seed := random.randrange(10**6))
    print(f"seed {seed}")
    # Every process with the site's instance folder takes the pages away that it changes.
    with start_edge() as front:
        newsroom = Newsroom(app, make_app(), add_moderator(front.site, "mod@example.org"), draw)
        pages = Pages([front.connect() for _ in range(3)], Host=NAME)
        stale, before = [], 0
        for number in range(CHANGES):
            about = newsroom.change()
            for _ in range(2):
                stale += [f"after change {number}: {wrong}" for wrong in newsroom.wrongs(pages, about)]
        assert stale == []
        assert front.asked - before < pages.asked
        for connection in pages.workers:
            connection.close()


def kept(app: Flask) -> KeptPages:
    found: KeptPages = app.extensions["davidson-pages"]
    return found


@pytest.fixture
def edge_app(make_app, tmp_path: Path) -> Flask:
    """An application that keeps its pages for a web server, in this process."""
    app: Flask = make_app(edge=tmp_path / "edge")
    Edge(Path(app.instance_path)).open(tmp_path / "edge")
    return app


def files(app: Flask) -> list[str]:
    return sorted(path.name for path in (Path(app.instance_path) / "edge").rglob("*.html"))


def test_a_slow_renderer_cannot_put_an_old_page_back(edge_app: Flask):
    article = make_article(edge_app, slug="first")
    edge_app.test_client().get(article.url)
    assert files(edge_app) == ["first.html"]
    old = kept(edge_app).store.get(article.url)
    assert old is not None
    old.edge_span = 0
    make_comment(edge_app, article)
    assert files(edge_app) == []
    edge = kept(edge_app).edge
    assert edge is not None
    edge.fill(article.url, old, kept(edge_app).freshness)
    assert files(edge_app) == []


def test_no_page_comes_while_a_change_of_it_is_being_committed(edge_app: Flask):
    article = make_article(edge_app, slug="first")
    edge_app.test_client().get(article.url)
    page = kept(edge_app).store.get(article.url)
    edge = kept(edge_app).edge
    assert page is not None and edge is not None
    seen: list[list[str]] = []

    def try_to_fill(_connection: object) -> None:
        page.edge_span = 0
        edge.fill(article.url, page, kept(edge_app).freshness)
        seen.append(files(edge_app))

    with edge_app.app_context():
        found = article_to_change(article.slug)
        assert found is not None
        found.headline = "Another"
        event.listen(db.engine, "commit", try_to_fill)
        db.session.commit()
        event.remove(db.engine, "commit", try_to_fill)
    assert seen == [[]]


def test_a_page_that_ends_within_the_span_is_left_to_the_site(edge_app: Flask):
    away_from_the_end_of_a_span()
    article = make_article(edge_app, slug="first")
    make_article(edge_app, slug="later", published_at=utcnow() + timedelta(seconds=1), section="Science")
    edge_app.test_client().get("/")
    edge_app.test_client().get(article.url)
    assert files(edge_app) == []
    time.sleep(1.1)
    edge_app.test_client().get(article.url)
    assert files(edge_app) == ["first.html"]


def test_what_is_no_html_is_left_to_the_site(edge_app: Flask):
    """The web server knows no other type: it would call a feed a page."""
    article = make_article(edge_app, slug="first")
    client = edge_app.test_client()
    for path in (article.url, f"{article.url}/comments.atom"):
        assert client.get(path).status_code == 200
    assert files(edge_app) == ["first.html"]


def test_a_site_that_starts_begins_with_an_empty_edge(edge_app: Flask, tmp_path: Path):
    article = make_article(edge_app, slug="first")
    edge_app.test_client().get(article.url)
    edge = Edge(Path(edge_app.instance_path))
    edge.open(tmp_path / "edge")
    assert (files(edge_app), edge.is_open) == ([], True)
    edge.open(None)
    assert not edge.is_open
    assert (tmp_path / "edge").exists()


def test_a_process_that_is_killed_leaves_no_stale_page(
    app: Flask, store: URL, article: Made, start_edge, tmp_path: Path
):
    """A writer is killed at random moments while readers fill the edge; after each, nginx says what the store says."""
    draw = random.Random()
    with start_edge() as front:
        said = 0
        for _ in range(KILLS):
            log = tmp_path / "rewriting"
            with log.open("w") as out:
                process = subprocess.Popen(
                    [sys.executable, "-c", REWRITE, article.slug, str(said)],
                    cwd=ROOT,
                    env=environment(store, Path(app.instance_path)),
                    stdout=out,
                )
            while not log.read_text():
                front.ask(article.url)
            until = time.monotonic() + draw.uniform(0.05, 0.4)
            while time.monotonic() < until:
                front.ask(article.url)
            os.kill(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)
            with app.app_context():
                found = article_to_change(article.slug)
                assert found is not None
                headline = found.headline
            said = int(headline.rpartition(" ")[2])
            for _ in range(5):
                assert f">{headline}</h1>" in front.ask(article.url)[2].decode()
