"""nginx as a cache before a real site, and how old a page may be where a proxy is not told to drop it."""

import random
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest
from flask import Flask

from tests.factories import make_article, make_comment
from tests.fire.newsroom import Newsroom
from tests.fire.paper import Pages
from tests.fire.test_proxies import (
    CHANGES,
    CODINGS,
    asked,
    over_tls,
    small_site,
    stale_after_changes,
    varnish_before,
)
from tests.operations.test_deploy import nginx_before
from tests.sink import running_sink
from tests.site import Site

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]


def test_nginx_is_never_stale_without_keeping_pages(app: Flask, make_app, start, add_moderator, tmp_path: Path):
    site: Site = start(DAVIDSON_TRUSTED_PROXIES="1")
    newsroom = Newsroom(
        app, make_app(instance=tmp_path / "elsewhere"), add_moderator(site, "mod@example.org"), random.Random()
    )
    with nginx_before(site, tmp_path / "nginx") as port:
        pages = Pages(over_tls(port) for _ in range(2))
        assert stale_after_changes(newsroom, pages, CHANGES // 2) == []
        path = newsroom.public()[0].path
        connection = over_tls(port)
        for coding, sent in zip(CODINGS, (None, "gzip", "br", "zstd"), strict=True):
            connection.request("GET", path, headers={"Accept-Encoding": coding})
            answer = connection.getresponse()
            answer.read()
            assert answer.headers["Content-Encoding"] == sent
            headers = {"Accept-Encoding": coding, "If-None-Match": answer.headers["ETag"]}
            connection.request("GET", path, headers=headers)
            same = connection.getresponse()
            same.read()
            assert same.status == 304


def test_nginx_keeps_pages_no_longer_than_the_site_said(tmp_path: Path):
    with running_sink() as sink:
        told = {"DAVIDSON_PURGE_URL": sink.url, "DAVIDSON_SHARED_MAX_AGE": "2"}
        with (
            small_site(tmp_path, **told) as (site, app),
            nginx_before(site, tmp_path / "nginx", keeps_pages=True) as port,
        ):
            # nginx counts whole seconds, so its two may be nearly three.
            check_that_a_page_is_kept_for(3.0, app, over_tls(port), site)


def test_a_lost_purge_costs_no_more_seconds_than_the_site_said(tmp_path: Path):
    with running_sink() as sink:
        sink.statuses = [500] * 1000
        told = {"DAVIDSON_PURGE_URL": sink.url, "DAVIDSON_SHARED_MAX_AGE": "2"}
        with small_site(tmp_path, **told) as (site, app), varnish_before(site.port, tmp_path / "varnish") as port:
            check_that_a_page_is_kept_for(2.0, app, HTTPConnection("127.0.0.1", port), site)


def check_that_a_page_is_kept_for(seconds: float, app: Flask, connection: HTTPConnection, site: Site) -> None:
    """Change an article of which the proxy has just kept the page: the old one may come so long, and not once more."""
    article = make_article(app)

    def page() -> str:
        connection.request("GET", article.url, headers={"Accept-Encoding": "identity"})
        answer = connection.getresponse()
        assert answer.headers.get_all("Cache-Control") == ["public, no-cache"]
        assert answer.headers["Surrogate-Key"] is None
        return answer.read().decode()

    before = asked(site)
    page()
    kept_at = time.monotonic()
    make_comment(app, article, source="Said a moment ago.")
    assert "Said a moment ago." not in page()
    time.sleep(kept_at + seconds + 0.1 - time.monotonic())
    assert "Said a moment ago." in page()
    assert asked(site) == before + 2, "the proxy asked although it may keep the page"
