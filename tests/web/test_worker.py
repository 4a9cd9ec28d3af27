"""What is no request is answered like the rest of the site: 4xx, with the security headers, quoting nothing."""

from collections.abc import Iterator

import pytest

from davidson.web.headers import CONTENT_SECURITY_POLICY
from tests.site import Site, running_site

pytestmark = pytest.mark.server

HOST = b"Host: localhost\r\n"
MALFORMED = [
    (b"GET\r\n\r\n", 400),
    (b"GET / HTTP/9.9\r\n" + HOST + b"\r\n", 400),
    (b"\x00\x01\x02\r\n\r\n", 400),
    (b"get / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\n" + HOST + b"<script>: x\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\n" + HOST + b"A: b\r\n folded\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: brotli\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400),
    (b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
    (b"GET / HTTP/1.1\r\n" + HOST + b"A: " + b"x" * 9000 + b"\r\n\r\n", 431),
    (b"GET / HTTP/1.1\r\n" + HOST + b"A: b\r\n" * 100 + b"\r\n", 431),
    (b"POST / HTTP/1.1\r\n" + HOST + b"Expect: a miracle\r\nContent-Length: 1\r\n\r\nx", 417),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(None, tmp_path_factory.mktemp("site") / "instance") as running:
        yield running


def answer_to(site: Site, sent: bytes) -> bytes:
    with site.connect() as line:
        line.sendall(sent)
        line.shutdown(1)
        received = b""
        while more := line.recv(65536):
            received += more
    return received


@pytest.mark.parametrize(("sent", "status"), MALFORMED)
def test_what_is_no_request_is_the_clients_fault(site: Site, sent: bytes, status: int):
    head, _, body = answer_to(site, sent).partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0].startswith(f"HTTP/1.1 {status} ")
    assert f"Content-Security-Policy: {CONTENT_SECURITY_POLICY}" in lines
    assert "X-Content-Type-Options: nosniff" in lines
    assert any(line.startswith("X-Request-ID: ") for line in lines)
    assert body.decode() == lines[0].removeprefix("HTTP/1.1 ") + "\n"


@pytest.mark.parametrize(
    "chunks",
    [
        b"zz\r\nname=Ada\r\n0\r\n\r\n",
        b"8\r\nname=Ada",
        b"8\r\nname=AdaXX0\r\n\r\n",
        b"-8\r\nname=Ada\r\n0\r\n\r\n",
        b"8",
    ],
)
def test_a_body_in_broken_chunks_is_the_clients_fault(site: Site, chunks: bytes):
    form = b"Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
    for path in (b"/", b"/articles/no-such/comments", b"/staff/login"):
        answer = answer_to(site, b"POST " + path + b" HTTP/1.1\r\n" + HOST + form + chunks)
        assert answer == b"" or answer[9:10] == b"4", answer[:200]


def test_the_site_answers_on_after_all_that(site: Site):
    for sent, _ in MALFORMED:
        answer_to(site, sent)
    assert site.get("/healthz").status == 200
    assert "Traceback" not in site.log
