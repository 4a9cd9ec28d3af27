"""gunicorn's threaded worker, which answers a request that it cannot read like the rest of the site.

gunicorn's own answer lacks the security headers, quotes the request, and is logged with the client's address.
"""

import logging
import secrets
import signal
from socket import socket
from typing import Any

from gunicorn.http.errors import ExpectationFailed, LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from davidson.web.headers import SECURITY_HEADERS
from davidson.web.log import kept_answers

logger = logging.getLogger(__name__)

# RFC 9110 sections 15.5.15 and 15.5.18, RFC 6585 section 5. All else that cannot be read is 400.
REASONS = {
    LimitRequestLine: "414 URI Too Long",
    ExpectationFailed: "417 Expectation Failed",
    LimitRequestHeaders: "431 Request Header Fields Too Large",
}


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types.
    """gthread, but for the answer to what is no request, for Ctrl-C, and for the lines of the log that it gathers."""

    def init_signals(self) -> None:
        """Leave Ctrl-C to the master: a terminal sends it to every process of the group."""
        super().init_signals()
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def run(self) -> None:
        """Serve until told to end."""
        kept_answers.begin()
        try:
            super().run()
        finally:
            kept_answers.end()

    def notify(self) -> None:
        """Say that this worker is alive, which its loop does at least every second."""
        super().notify()
        kept_answers.flush_if_due()

    def handle_quit(self, sig: int, frame: Any) -> None:
        """End as on SIGTERM. gunicorn's own way asks for the thread pool's locks within the signal's handler.

        Where the interrupted code holds one of them, the worker would wait for itself until it is killed.
        """
        self.handle_exit(sig, frame)

    def handle_error(self, req: Any, client: socket, addr: Any, exc: Exception) -> None:
        """Answer an exception that no view saw: the client's fault with 4xx, ours with 500; then the line is closed."""
        request_id = secrets.token_hex(8)
        if isinstance(exc, ParseException):
            status = next((text for kind, text in REASONS.items() if isinstance(exc, kind)), "400 Bad Request")
            fields = {"status": int(status[:3]), "kind": type(exc).__name__, "request_id": request_id}
            logger.info("unreadable request", extra={"fields": fields})
        else:
            status = "500 Internal Server Error"
            logger.error("unexpected error", exc_info=exc, extra={"fields": {"request_id": request_id}})
        try:
            write_nonblock(client, _answer(status, request_id))
        except OSError:
            logger.info("client gone", extra={"fields": {"request_id": request_id}})


def _answer(status: str, request_id: str) -> bytes:
    body = f"{status}\n"
    headers = (
        *SECURITY_HEADERS,
        ("X-Request-ID", request_id),
        ("Cache-Control", "no-store"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
    )
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 {status}\r\n{head}\r\n{body}".encode("ascii")
