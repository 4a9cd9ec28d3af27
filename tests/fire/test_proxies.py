"""Real proxies before a real site: never stale where they ask, and never older than they were told where they keep."""

import random
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from http.client import HTTPConnection, HTTPMessage, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from davidson import create_app
from davidson.config import settings_from
from davidson.database import db
from davidson.outbox.models import Message
from davidson.pagecache.purging import KIND
from tests.conftest import ROOT, environment
from tests.factories import make_article
from tests.fire.conftest import OPEN
from tests.fire.newsroom import Newsroom
from tests.fire.paper import Pages
from tests.operations.test_deploy import free_port, program, wait_for_port
from tests.sink import eventually
from tests.site import PATIENCE, Site, running_site

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]

CHANGES = 30
CODINGS = ("identity", "gzip", "gzip, deflate, br", "gzip, deflate, br, zstd")


@contextmanager
def varnish_before(port: int, folder: Path, *, at: int | None = None) -> Iterator[int]:
    """Run Varnish with deploy/varnish.vcl before the site at that port of this machine; gives its own port."""
    varnishd = program("varnishd")
    folder.mkdir()
    text = (ROOT / "deploy" / "varnish.vcl").read_text()
    assert '.port = "8000"' in text
    (folder / "site.vcl").write_text(text.replace('.port = "8000"', f'.port = "{port}"'))
    at = at or free_port()
    storage = ("-s", "malloc,32m", "-p", "http_gzip_support=off")
    listen = ("-n", str(folder / "run"), "-a", f"127.0.0.1:{at}", "-T", "none", "-f", str(folder / "site.vcl"))
    with (folder / "log").open("wb") as log:
        # Without a jail it runs as whoever runs the tests.
        process = subprocess.Popen([varnishd, "-F", "-j", "none", *listen, *storage], stdout=log, stderr=log)
    try:
        wait_for_port(at, process, folder / "log")
        yield at
    finally:
        process.terminate()
        process.wait(PATIENCE)


@contextmanager
def readers_of(port: int, paths: list[str]) -> Iterator[None]:
    """Readers who ask for these pages without pause, so that requests wait for each other at the proxy."""
    ended = threading.Event()

    def read() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        while not ended.is_set():
            connection.request("GET", random.choice(paths), headers={"Accept-Encoding": random.choice(CODINGS)})
            connection.getresponse().read()
        connection.close()

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


@contextmanager
def small_site(folder: Path, **settings: str) -> Iterator[tuple[Site, Flask]]:
    """A site on a store of its own, and an application for changes to it, for what does not depend on the store."""
    environ = OPEN | {"DAVIDSON_TRUSTED_PROXIES": "1"} | settings
    with running_site(None, folder / "instance", **environ) as site:
        app = create_app(settings_from(environment(None, folder / "instance", **environ)))
        try:
            yield site, app
        finally:
            with app.app_context():
                db.engine.dispose()


def ask(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def over_tls(port: int) -> HTTPSConnection:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return HTTPSConnection("127.0.0.1", port, timeout=PATIENCE, context=context)


def asked(site: Site, path: str = "", status: int = 0) -> int:
    """How many requests for pages the site itself has answered, by route and status; it writes that a second late."""
    time.sleep(1.2)
    route = f"route={path} " if path else "davidson.request"
    return sum(f"status={status or ''}" in line for line in site.log.splitlines() if route in line)


def stale_after_changes(newsroom: Newsroom, pages: Pages, changes: int) -> list[str]:
    """All that is wrong on the very next requests after each change."""
    stale = []
    for number in range(changes):
        about = newsroom.change()
        stale += [f"after change {number}: {wrong}" for wrong in newsroom.wrongs(pages, about)]
    return stale


def test_varnish_asks_each_time_and_is_never_stale(app: Flask, make_app, start, add_moderator, tmp_path: Path):
    site: Site = start(DAVIDSON_TRUSTED_PROXIES="1")
    newsroom = Newsroom(
        app, make_app(instance=tmp_path / "elsewhere"), add_moderator(site, "mod@example.org"), random.Random()
    )
    for _ in range(3):
        newsroom.write()
    with varnish_before(site.port, tmp_path / "varnish") as port:
        paths = ["/", *(story.path for story in newsroom.stories)]
        with readers_of(port, paths):
            pages = Pages(HTTPConnection("127.0.0.1", port, timeout=PATIENCE) for _ in range(4))
            assert stale_after_changes(newsroom, pages, CHANGES) == []
        assert asked(site, "/articles/<slug>", 304) > 10


def test_varnish_keeps_what_the_site_sends_and_asks_with_its_etag(tmp_path: Path):
    with small_site(tmp_path) as (site, app), varnish_before(site.port, tmp_path / "varnish") as port:
        article = make_article(app)
        for coding, sent in zip(CODINGS, (None, "gzip", "br", "zstd"), strict=True):
            first = ask(port, article.url, Accept_Encoding=coding)
            before = asked(site, "/articles/<slug>", 304)
            second = ask(port, article.url, Accept_Encoding=coding, Cookie="reader=1")
            assert (first[0], second[0], first[2]) == (200, 200, second[2])
            assert second[1].get("Content-Encoding") == sent
            assert second[1]["Cache-Control"] == "public, no-cache"
            assert asked(site, "/articles/<slug>", 304) == before + 1
            assert ask(port, article.url, Accept_Encoding=coding, If_None_Match=first[1]["ETag"])[0] == 304
        refused = ask(port, article.url, Accept_Encoding="gzip;q=0, br;q=0")[1]
        assert "Content-Encoding" not in refused


def test_varnish_passes_what_is_private_and_keeps_no_error(tmp_path: Path):
    with small_site(tmp_path) as (site, app), varnish_before(site.port, tmp_path / "varnish") as port:
        for path, route in (("/staff/login", "/staff/login"), ("/comments/none", "/comments/<receipt>")):
            before = asked(site, route)
            statuses = {ask(port, path, Cookie="a=b")[0] for _ in range(2)}
            assert len(statuses) == 1
            assert asked(site, route) == before + 2
        assert ask(port, "/articles/later")[0] == 404
        make_article(app, slug="later")
        assert ask(port, "/articles/later")[0] == 200
        page = ask(port, "/")[2].decode()
        sheet = next(part for part in page.split('"') if part.endswith("/css/site.css"))
        assert ask(port, sheet)[2] == ask(port, sheet)[2] == site.get(sheet).body


def test_varnish_gives_nobody_an_answer_that_was_asked_for_before_them(tmp_path: Path):
    asked_first, may_answer, version = threading.Event(), threading.Event(), ["old"]

    def page(_headers: HTTPMessage) -> str:
        made = version[-1]
        if not asked_first.is_set():
            asked_first.set()
            may_answer.wait(PATIENCE)
        return made

    with stub_site(page) as site, varnish_before(site, tmp_path / "varnish") as port, ThreadPoolExecutor() as readers:
        before = readers.submit(ask, port, "/")
        asked_first.wait(PATIENCE)
        version.append("new")
        after = [readers.submit(ask, port, "/") for _ in range(3)]
        time.sleep(0.5)  # They wait at the proxy for the first one's answer.
        may_answer.set()
        assert before.result()[2] == b"old"
        assert [one.result()[2] for one in after] == [b"new"] * 3


def test_varnish_tells_the_site_one_address_whoever_stands_in_front(tmp_path: Path):
    with (
        stub_site(lambda headers: str(headers.get_all("X-Forwarded-For"))) as site,
        varnish_before(site, tmp_path / "varnish") as port,
    ):
        assert ask(port, "/")[2] == b"['127.0.0.1']"
        assert ask(port, "/", X_Forwarded_For="192.0.2.1")[2] == b"['192.0.2.1']"
        assert ask(port, "/", X_Forwarded_For="evil, 192.0.2.1")[2] == b"['192.0.2.1']"


@contextmanager
def stub_site(page: Callable[[HTTPMessage], str]) -> Iterator[int]:
    """Something that answers every GET with what `page` makes of its headers, as the site answers pages; its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page(self.headers).encode()
            self.send_response(200)
            self.send_header("ETag", f'"{sha256(body).hexdigest()}"')
            self.send_header("Cache-Control", "public, no-cache")
            self.send_header("Vary", "Accept-Encoding")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        serving.join()


def test_varnish_is_told_what_to_drop(make_app, start, add_moderator, tmp_path: Path):
    at = free_port()
    purging = {"DAVIDSON_PURGE_URL": f"http://127.0.0.1:{at}/purge", "DAVIDSON_SHARED_MAX_AGE": "3600"}
    site: Site = start(DAVIDSON_TRUSTED_PROXIES="1", **purging)
    here = make_app(purge_url=purging["DAVIDSON_PURGE_URL"])
    elsewhere = make_app(purge_url=purging["DAVIDSON_PURGE_URL"], instance=tmp_path / "elsewhere")
    newsroom = Newsroom(here, elsewhere, add_moderator(site, "mod@example.org"), random.Random())
    with varnish_before(site.port, tmp_path / "varnish", at=at):
        stale, waits = [], []
        for number in range(CHANGES // 4):
            newsroom.moderator.connection.close()  # A purge may take longer than an idle connection lives.
            about = newsroom.change()
            began = time.monotonic()
            eventually(lambda: all_is_purged(here))
            waits.append(time.monotonic() - began)
            pages = Pages([HTTPConnection("127.0.0.1", at, timeout=PATIENCE)])
            stale += [f"after change {number}: {wrong}" for wrong in newsroom.wrongs(pages, about)]
        assert stale == []
        print(f"purged after {sorted(waits)[len(waits) // 2]:.2f} s in the median, {max(waits):.2f} s at most")
        path = newsroom.public()[0].path
        ask(at, path)
        before = asked(site)
        answers = [ask(at, path) for _ in range(3)]
        assert asked(site) == before
        for _, headers, _ in answers:
            assert headers["Cache-Control"] == "public, no-cache"
            assert not {"Surrogate-Key", "xkey", "X-Request-ID"} & set(headers)


def all_is_purged(app: Flask) -> bool:
    """Other work, such as the end of a wave, may well be due later."""
    with app.app_context():
        waits = db.session.scalar(select(Message.id).where(Message.kind == KIND).limit(1))
        db.session.rollback()
    return waits is None


def test_only_the_site_may_purge(tmp_path: Path):
    with varnish_before(free_port(), tmp_path / "varnish") as port:
        tags = {"Surrogate-Key": "front"}
        for headers, status in ((tags, 200), (tags | {"X-Forwarded-For": "192.0.2.1"}, 403), ({}, 400)):
            connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            connection.request("POST", "/purge", headers=headers)
            assert connection.getresponse().status == status
            connection.close()
