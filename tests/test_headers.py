"""Every answer carries the security headers and a request id, whatever it is the answer to."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
OWED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def assert_owed(answer: TestResponse) -> None:
    """Each header stands once, and no cookie is set."""
    for name, value in OWED.items():
        assert answer.headers.getlist(name) == [value], (answer.request.path, name)
    [policy] = answer.headers.getlist("Referrer-Policy")
    assert policy in ("strict-origin-when-cross-origin", "no-referrer", "same-origin")
    assert "camera=()" in answer.headers["Permissions-Policy"]
    [request_id] = answer.headers.getlist("X-Request-ID")
    assert re.fullmatch(r"[0-9a-f]{16}", request_id)
    assert "Set-Cookie" not in answer.headers


@pytest.fixture
def failing(make_app: Callable[..., Flask]) -> Iterator[FlaskClient]:
    """A client of a site with a view that breaks."""
    app = make_app()
    app.add_url_rule("/breaks", "breaks", lambda: 1 // 0)
    yield app.test_client()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("OPTIONS", "/", 200),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/no-such-page", 404),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/media/nothing.webp", 404),
        ("POST", "/", 405),
        ("PUT", "/healthz", 405),
        ("BREW", "/", 405),
        ("GET", "/breaks", 500),
    ],
)
def test_every_kind_of_answer_carries_them(failing: FlaskClient, method: str, path: str, status: int):
    answer = failing.open(path, method=method)
    assert answer.status_code == status
    assert_owed(answer)
    if method == "HEAD":
        assert answer.data == b""


def test_static_files_carry_them_and_are_kept_for_ever(app: Flask, client: FlaskClient):
    path = app.jinja_env.globals["asset"]("css/site.css")
    for headers in ({}, {"Accept-Encoding": "br"}, {"Accept-Encoding": "gzip"}, {"Range": "bytes=0-3"}):
        answer = client.get(path, headers=headers)
        assert answer.status_code == (206 if "Range" in headers else 200)
        assert_owed(answer)
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Access-Control-Allow-Origin" not in answer.headers
        unchanged = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert unchanged.status_code == 304
        assert_owed(unchanged)


def test_a_request_for_another_host_is_refused_with_them(make_app: Callable[..., Flask]):
    client = make_app(base_url="http://news.example.org").test_client()
    for path in ("/", "/no-such-page", "/staff/login"):
        answer = client.get(path, headers={"Host": "evil.example"})
        assert answer.status_code == 421
        assert b"evil.example" not in answer.data
        assert "evil.example" not in str(answer.headers)
        assert_owed(answer)
    assert client.get("/healthz", headers={"Host": "10.0.0.7:8000"}).status_code == 200
    assert client.get("/", headers={"Host": "News.Example.org"}).status_code == 200


def test_a_schemes_own_port_is_no_other_host(make_app: Callable[..., Flask]):
    client = make_app(base_url="https://news.example.org", trusted_proxies=1).test_client()

    def asked(**forwarded: str) -> int:
        headers = {"X-Forwarded-Host": "news.example.org", "X-Forwarded-Proto": "https"} | forwarded
        return client.get("/", headers=headers).status_code

    assert asked() == 200
    assert asked(**{"X-Forwarded-Port": "443"}) == 200
    assert asked(**{"X-Forwarded-Host": "news.example.org:443"}) == 200
    assert asked(**{"X-Forwarded-Port": "8443"}) == 421


def test_a_request_without_a_host_is_no_fault_of_ours(make_app: Callable[..., Flask]):
    for base_url in ("", "http://news.example.org"):
        client = make_app(base_url=base_url).test_client()
        for host in ("", "a b", "[::1", "x" * 300, "localhost:port", "\x00"):
            assert client.get("/", environ_overrides={"HTTP_HOST": host}).status_code in (200, 400, 421)


def test_browsers_are_told_to_stay_on_https_where_the_site_is_there(make_app: Callable[..., Flask]):
    def promise(base_url: str) -> str | None:
        host = base_url.partition("://")[2]
        answer = make_app(base_url=base_url).test_client().get("/healthz", headers={"Host": host or "localhost"})
        return answer.headers.get("Strict-Transport-Security")

    assert promise("https://news.example.org") == "max-age=31536000"
    assert promise("http://news.example.org") is None
    assert promise("") is None


def test_a_request_id_is_taken_from_a_trusted_proxy_only(make_app: Callable[..., Flask]):
    def answered(given: str, trusted_proxies: int) -> str:
        client = make_app(trusted_proxies=trusted_proxies).test_client()
        return client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"]

    assert answered("deadbeef-cafe", 1) == "deadbeef-cafe"
    assert answered("deadbeef-cafe", 0) != "deadbeef-cafe"
    assert answered("x" * 65, 1) != "x" * 65
    assert answered("<script>", 1) != "<script>"


def test_each_request_has_an_id_of_its_own(client: FlaskClient):
    assert len({client.get("/healthz").headers["X-Request-ID"] for _ in range(20)}) == 20


@pytest.mark.parametrize("path", ["/staff/admin", "/articles//x", "/sections/world/", "//staff/admin/"])
def test_no_spelling_of_a_path_is_answered_with_an_address_made_of_the_host(client: FlaskClient, path: str):
    response = client.get(path, headers={"Host": "evil.example"})
    assert "evil.example" not in response.headers.get("Location", "")
    assert response.status_code in (303, 404)
