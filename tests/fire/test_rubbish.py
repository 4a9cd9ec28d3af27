"""Hundreds of malformed requests: the site answers each with a clear refusal or closes, and never with a 5xx."""

import random
from collections.abc import Iterator
from contextlib import suppress
from itertools import product

import pytest

from tests.fire.people import Reader
from tests.site import Site

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]

PATHS = (
    "/articles/%00",
    "/articles/%ff%fe",
    "/articles/..%2f..%2fetc%2fpasswd",
    "/articles/" + "a" * 3000,
    "/articles/%D8%A7%D9",
    "//evil.example/",
    "/\\evil.example",
    "/articles/x;y=z",
    "/sections/world?before=",
    "/sections/world?before=AAAA",
    "/sections/world?before=" + "9" * 500,
    "/sections/world?before=%00",
    "/sections/world?before=LTEuLTE",
    "/sections/world?before=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OS4x",
    "/tags/%F0%9F%92%A9",
    "/authors/'%20OR%201=1--",
    "/?q=%C3%28",
    "/media/../secret-key",
    "/media/%2e%2e%2fsecret-key",
    "/media/" + "0" * 20 + "-320.webp",
    "/static/../davidson.db",
    "/static/%2e%2e/%2e%2e/secret-key",
    "/comments/" + "x" * 43,
    "/comments/%00",
    "/comments/started/",
    "/staff/%2e%2e/",
    "/staff/moderation/comments/99999999999999999999999",
    "/staff/login?next=//evil.example",
    "/metrics",
    "/%",
    "/%zz",
    "/*",
)
COMMENT_QUERIES = (
    "page=0",
    "page=-1",
    "page=1e9",
    "page=999999",
    "page=99999999999999999999999999",
    "page=%00",
    "page=%D9%A1",
    "page=",
    "reply=0",
    "reply=-5",
    "reply=abc",
    "reply=9223372036854775808",
    "reply=" + "9" * 400,
    "reply=%00",
)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW")
HEADERS = (
    "Cookie: davidson_staff=.eJx; davidson_author=x.y",
    "Cookie: davidson_staff=\x01\x02; =; ;;;",
    "Cookie: " + "a=b; " * 1000,
    'If-None-Match: W/"x", *, "',
    "If-None-Match: " + '"' * 500,
    "If-Modified-Since: yesterday",
    "Range: bytes=9-1,--,5-",
    "Accept-Encoding: gzip;q=2, br;q=-1, *;q=x",
    "Accept: \xff\xfe",
    "Referer: http://[::1",
    "Origin: \x80\x81",
    "Sec-Fetch-Site: " + "x" * 2000,
    "X-Forwarded-For: 1.2.3.4, garbage, ::, %00",
    "X-Forwarded-Host: evil.example",
    "X-Forwarded-Proto: gopher",
    'Forwarded: for="_x";proto=https;;;',
    "X-Request-ID: " + "y" * 300,
    "Content-Length: -1",
    "Content-Length: 1e3",
    "Content-Length: 99999999999999999999",
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding: gzip",
    "Expect: 200-ok",
    "Upgrade: h2c",
    "Bad Header: x",
    "NoColon",
    " Folded: x",
)
FORMS = (
    ("application/x-www-form-urlencoded", b"%zz=%&&&==&name=%00%ff&body=%f0%28%8c%28&parent=%00"),
    ("application/x-www-form-urlencoded", b"&" * 5000),
    ("application/x-www-form-urlencoded", b"a=b&" * 5000),
    ("application/x-www-form-urlencoded; charset=utf-7", b"name=+ADw-&body=x"),
    ("application/x-www-form-urlencoded; charset=klingon", b"name=a&body=b"),
    ("application/x-www-form-urlencoded", b"name=a&name=b&body=c&body=d&csrf_token=e&csrf_token=f"),
    ("application/x-www-form-urlencoded", b"started=" + b"9" * 3000 + b"&name=a&body=b&remember=\xff"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=", b"--\r\n\r\n"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=body\r\n\r\nno end"),
    ("multipart/form-data; boundary=x", b"--x\r\n" * 500),
    ("multipart/form-data; boundary=" + "b" * 300, b"--b\r\n"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="body"; filename="a"\r\n\r\nz\r\n--x--',
    ),
    ("application/json", b'{"name": "a"'),
    ("text/plain", b"name=a"),
    ("", b"name=a&body=b"),
    ("application/x-www-form-urlencoded", b"body=" + b"\xf0\x9f\x92\xa9" * 10000),
    ("application/x-www-form-urlencoded", b"body=" + b"x" * 65530),
)
RAW = (
    b"\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET / HTTP/1.1\nHost: x\n\n",
    b"GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: \xff\xff\r\n\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 500 + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"z" * 20000 + b"\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
)
CHUNKS = (
    b"zz\r\nabc\r\n0\r\n\r\n",
    b"-1\r\nabc\r\n0\r\n\r\n",
    b"5\r\nab\r\n0\r\n\r\n",
    b"3\r\nabcdef\r\n0\r\n\r\n",
    b"FFFFFFFFFFFFFFFFF\r\nabc\r\n",
    b"3;x=" + b"y" * 9000 + b"\r\nabc\r\n0\r\n\r\n",
    b"4\r\nbody\r\n0\r\nTrailer: \xff\r\n\r\n",
)


@pytest.fixture
def site(start) -> Site:
    return start(workers=2)


def answer_to(site: Site, request: bytes, *, close: bool = True) -> int:
    """Send bytes and give the status of what comes back; 0 where the line was closed without an answer."""
    answer = b""
    with site.connect() as connection:
        connection.settimeout(20)
        with suppress(OSError):
            connection.sendall(request)
            if close:
                connection.shutdown(1)  # No more is coming: a body that is too short has ended.
            while b"\r\n" not in answer and (piece := connection.recv(4096)):
                answer += piece
    if not answer:
        return 0
    assert answer.startswith(b"HTTP/1."), answer[:100]
    return int(answer.split(b" ")[1][:3])


def requests(article: str, hidden: dict[str, str]) -> Iterator[bytes]:
    yield from RAW
    for method, path in product(METHODS, (*PATHS, *(f"{article}?{query}" for query in COMMENT_QUERIES))):
        yield f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n".encode("latin-1")
    for header in HEADERS:
        for path in ("/", article, "/staff/login"):
            yield f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\n".encode("latin-1")
    targets = (f"{article}/comments", "/staff/login", "/staff/moderation/comments/1", f"/comments/{'x' * 43}/edit")
    for target, (kind, body) in product(targets, FORMS):
        content_type = f"Content-Type: {kind}\r\n" if kind else ""
        head = f"POST {target} HTTP/1.1\r\nHost: localhost\r\n{content_type}Content-Length: {len(body)}\r\n\r\n"
        yield head.encode() + body
        yield head.encode() + body[: len(body) // 2]
    for chunks in CHUNKS:
        head = f"POST {article}/comments HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
        yield head.encode() + b"Content-Type: application/x-www-form-urlencoded\r\n\r\n" + chunks
    rng = random.Random(20)  # The same rubbish each time.
    for _ in range(100):
        values = hidden | {"name": "Ada", "body": "x", rng.choice(["name", "body", "email", "parent", "started"]): ""}
        body = "&".join(f"{name}={value}" for name, value in values.items()).encode()
        place = rng.randrange(len(body))
        body = body[:place] + rng.randbytes(rng.randrange(1, 30)) + body[place:]
        head = f"POST {article}/comments HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
        yield head.encode() + b"Content-Type: application/x-www-form-urlencoded\r\n\r\n" + body


def test_no_rubbish_gets_a_5xx(site: Site, article, read_article):
    reader: Reader = read_article(site)
    reader.comment("Filling the form's hidden values.")
    sent = list(requests(article.url, reader.hidden))
    assert len(sent) > 500
    failed = [(status, request[:200]) for request in sent if (status := answer_to(site, request)) >= 500]
    assert failed == []
    assert site.get("/healthz").status == 200
    assert site.get(article.url).status == 200
    assert "Traceback" not in site.log


# Each holds one of the four threads of a worker until it times out; more of them need the proxy in front.
def test_a_few_half_sent_requests_hold_no_other_up(site: Site, article):
    held = [site.connect() for _ in range(3)]
    try:
        for connection in held:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: loc")
        assert site.get(article.url).status == 200
    finally:
        for connection in held:
            connection.close()
