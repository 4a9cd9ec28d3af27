"""A real site for tests: gunicorn with its workers, started by `davidson serve` on a free port."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPMessage
from pathlib import Path

from sqlalchemy.engine import URL

from tests.commands import Forked
from tests.conftest import ROOT, environment

DAVIDSON = (sys.executable, "-c", "from davidson.cli import main; main()")
PATIENCE = 60  # seconds
NOTHING = Path(os.devnull)

Process = subprocess.Popen[bytes] | Forked


@dataclass(frozen=True)
class Answer:
    """What came back; redirects are not followed."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Site:
    """A running site. `address` ends with a slash; the process leads a group of its own."""

    address: str
    process: Process
    log_file: Path

    @property
    def host(self) -> str:
        return self.address.removeprefix("http://").rstrip("/").rpartition(":")[0]

    @property
    def port(self) -> int:
        return int(self.address.rstrip("/").rpartition(":")[2])

    @property
    def log(self) -> str:
        """All that the site wrote to standard error so far."""
        return self.log_file.read_text()

    def request(
        self, method: str, path: str, body: bytes | str | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request on a connection of its own."""
        connection = HTTPConnection(self.host, self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        """GET a path; underscores in the names of headers stand for hyphens."""
        return self.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def connect(self) -> socket.socket:
        """A connection to write bytes to that no library would send."""
        return socket.create_connection((self.host, self.port), timeout=PATIENCE)

    def kill(self) -> None:
        """SIGKILL for the whole process group, as a power cut would have it."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def stop(self) -> int:
        """SIGTERM, as a service manager does; gives the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextmanager
def running_site(
    url: URL | None,
    instance: Path,
    *,
    workers: int = 2,
    command: tuple[str, ...] = (),
    cwd: Path = ROOT,
    **settings: str,
) -> Iterator[Site]:
    """Start a site, wait until it is ready, and end it with all its processes afterwards.

    Started in the checkout, the command is forked from a process that has loaded it; gunicorn is started in earnest.
    `url` None means the embedded store of the instance folder; `settings` are environment variables.
    """
    folder = (cwd / instance).parent
    folder.mkdir(parents=True, exist_ok=True)
    number = time.monotonic_ns()
    out, log = (folder / f"serve-{number}.{kind}" for kind in ("out", "log"))
    arguments = ("serve", "--port", "0", "--workers", str(workers))
    environ = environment(url, instance, **settings)
    if not command and cwd == ROOT:
        process: Process = Forked(arguments, environ=environ, folder=cwd, files={"in": NOTHING, "out": out, "err": log})
    else:
        with out.open("wb") as stdout, log.open("wb") as stderr:
            process = subprocess.Popen(
                [*(command or DAVIDSON), *arguments],
                env=environ,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
    try:
        site = Site(_address(process, out, log), process, log)
        _wait_until_ready(site)
        yield site
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def _address(process: Process, out: Path, log: Path) -> str:
    """The address in the one line that `davidson serve` prints."""
    deadline = time.monotonic() + PATIENCE
    while "(Ctrl-C stops)" not in (printed := out.read_text()):
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"the site did not start:\n{printed}{log.read_text()}")
        time.sleep(0.05)
    return next(word for word in printed.split() if word.startswith("http://"))


def _wait_until_ready(site: Site) -> None:
    deadline = time.monotonic() + PATIENCE
    reason = "it does not answer"
    while True:
        with suppress(OSError, HTTPException):
            answer = site.get("/readyz")
            if answer.status == 200:
                return
            reason = answer.text
        if site.process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"the site is not ready: {reason}\n{site.log[-4000:]}")
        time.sleep(0.1)
