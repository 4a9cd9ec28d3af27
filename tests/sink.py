"""A real HTTP server in a thread that keeps what it is sent and answers as it is told."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE = 30  # seconds


@dataclass(frozen=True)
class Received:
    """A request that came in."""

    method: str
    path: str
    headers: HTTPMessage
    body: bytes = b""


@dataclass
class Sink:
    """`statuses` are the answers to come; with none left it is 200. While `held`, nobody is answered."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    free: threading.Event = field(default_factory=threading.Event)

    def hold(self) -> None:
        self.free.clear()

    @property
    def tags(self) -> set[str]:
        """Every tag that was named so far."""
        return {tag for request in self.received for tag in request.headers["Surrogate-Key"].split()}


@contextmanager
def running_sink() -> Iterator[Sink]:
    """Listen on a free port of this machine."""
    sink = Sink()
    sink.free.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            sink.received.append(Received(self.command, self.path, self.headers, body))
            sink.free.wait(PATIENCE)
            self.send_response(sink.statuses.pop(0) if sink.statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sink.url = f"http://127.0.0.1:{server.server_address[1]}/purge?now"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield sink
    finally:
        sink.free.set()
        server.shutdown()
        server.server_close()
        thread.join()


def eventually(true: Callable[[], bool], *, within: float = PATIENCE) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)
