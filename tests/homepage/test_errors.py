"""Error pages: in the design of the site, for every reader alike, kept by nobody."""

from collections.abc import Callable

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.engine import URL

from davidson.config import CommentsMode
from tests.factories import make_article
from tests.pages import Page, page_of, read


def check(page: Page, status: int, *, sections: list[str] | None = None) -> None:
    """What an error page owes."""
    assert page.status == status
    assert page.one("p.kicker").text == f"Error {status}"
    assert page.one("a.masthead__name").attributes["href"] == "/"
    assert page.texts("ul.masthead__sections a") == (["World"] if sections is None else sections)
    assert len(page.all("footer.footer")) == 1
    assert page.one("meta[name=robots]").attributes["content"] == "noindex"
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers and "Vary" not in page.headers
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "Traceback" not in page.html and "davidson/" not in page.html


@pytest.fixture
def world(app: Flask) -> str:
    """The address of an article in the section "World"."""
    return make_article(app, slug="one").url


@pytest.mark.parametrize(
    "path", ["/none", "/articles/none", "/sections/none", "/comments/none", "/media/none", "/a/b/c"]
)
def test_404(client, world, path):
    check(read(client, path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/", {"GET", "HEAD", "OPTIONS"}),
        ("DELETE", "/articles/one", {"GET", "HEAD", "OPTIONS"}),
        ("GET", "/articles/one/comments", {"POST", "OPTIONS"}),
        ("GET", "/comments/x/delete", {"POST", "OPTIONS"}),
        ("PUT", "/comments/x", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_405_names_what_is_allowed(client, world, method, path, allowed):
    page = page_of(client, client.open(path, method=method))
    check(page, 405)
    assert {word.strip() for word in page.headers["Allow"].split(",")} == allowed


def test_403_is_shown_where_comments_are_closed(make_app, world):
    client = make_app(comments=CommentsMode.CLOSED).test_client()
    page = page_of(client, client.post(f"{world}/comments", data={"body": "Too late"}))
    assert (page.status, page.texts("ul.masthead__sections a")) == (403, ["World"])
    assert page.headers["Cache-Control"] == "no-store"


def with_view(make_app: Callable[..., Flask], code: int) -> FlaskClient:
    """A client of a site of which one address answers with that error."""
    app = make_app()

    def view() -> str:
        if code == 500:
            raise RuntimeError("a secret of the machine")
        abort(code)

    app.add_url_rule("/faulty", view_func=view)
    return app.test_client()


@pytest.mark.parametrize("code", [400, 403, 410, 429])
def test_every_error_of_a_view_is_a_page(make_app, world, code):
    check(read(with_view(make_app, code), "/faulty"), code)


def test_500_says_nothing_of_its_cause(make_app, world):
    page = read(with_view(make_app, 500), "/faulty")
    check(page, 500, sections=[])
    assert "secret" not in page.html and "RuntimeError" not in page.html


def test_413_for_a_body_that_is_too_large(client, world):
    for path in (f"{world}/comments", "/comments/x/edit"):
        answer = client.post(path, data={"name": "Ada", "body": "x" * 66_000})
        assert answer.status_code in (404, 413)
    check(page_of(client, client.post(f"{world}/comments", data={"body": "x" * 66_000})), 413)


def test_421_for_another_host_without_its_name_in_the_page(make_app, world):
    client = make_app(base_url="https://news.example.org").test_client()
    page = page_of(client, client.get(world, base_url="https://evil.example"))
    check(page, 421, sections=[])
    assert "evil.example" not in page.html
    assert client.get(world, base_url="https://news.example.org").status_code == 200


def away(store: URL) -> URL:
    """The address of a store that does not answer."""
    if store.get_backend_name() == "sqlite":
        return store.set(database="/nonexistent/davidson.db")
    return store.set(query={"host": "/nonexistent"})


@pytest.mark.parametrize("path", ["/", "/articles/one", "/sections/world", "/comments/" + "x" * 43])
def test_503_where_the_store_is_away(make_app, settings, path):
    client = make_app(database_url=away(settings.database_url)).test_client()
    page = read(client, path)
    check(page, 503, sections=[])
    assert page.headers["Retry-After"] == "5"
    assert "nonexistent" not in page.html


def test_a_head_of_an_error_has_no_body(client, world):
    answer = client.head("/none")
    assert (answer.status_code, answer.get_data()) == (404, b"")
