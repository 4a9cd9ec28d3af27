"""A real mail server in threads that keeps what it takes, answers as it is told, and can be held at any step."""

import base64
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from subprocess import run

PATIENCE = 30  # seconds
USER, PASSWORD = "ada", "hunter2"


@dataclass(frozen=True)
class Taken:
    """A mail that the server has: for whom, and its text as it came, without the dots that only the line needs."""

    sender: str
    recipient: str
    raw: bytes
    encrypted: bool
    user: str

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)  # type: ignore[return-value]

    @property
    def text(self) -> str:
        content: str = self.message.get_content()
        return content.replace("\r\n", "\n")


@dataclass
class MailSink:
    """`answers` are what a step is answered with in place of success, first come first served.

    The steps are connect, ehlo, starttls, auth, mail, rcpt, data, end and quit, and text, which has no answer of its
    own. `held_at` is the step that nobody gets beyond: the server has done its part of it, and gives no answer. Each
    answer takes `pace` seconds.
    """

    host: str
    port: int = 0
    scheme: str = "smtp"
    taken: list[Taken] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    held_at: str = ""
    free: threading.Event = field(default_factory=threading.Event)
    starttls: bool = False
    demands_login: bool = False
    breaks_off_at: str = ""
    pace: float = 0

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    def hold(self, step: str) -> None:
        self.free.clear()
        self.held_at = step

    def let_go(self) -> None:
        self.held_at = ""
        self.free.set()


class BreakOffError(Exception):
    """The server closes the line."""


class _Session(StreamRequestHandler):
    """One connection, by RFC 5321 as far as the site speaks it."""

    sink: MailSink
    context: ssl.SSLContext | None
    encrypted = False
    user = ""
    sender = recipient = ""

    def handle(self) -> None:
        try:
            if self.context and self.sink.scheme == "smtps":
                self._encrypt()
            self._answer("connect", "220 sink ESMTP")
            while line := self.rfile.readline().decode("ascii").strip():
                verb, _, rest = line.partition(" ")
                getattr(self, f"_{verb.lower()}")(rest)
        except (OSError, BreakOffError):
            pass

    def _answer(self, step: str, success: str) -> bool:
        """Answer a step and say if that was success."""
        self.sink.steps.append(step)
        time.sleep(self.sink.pace)
        told = self.sink.answers.get(step)
        answer = told.pop(0) if told else success
        if answer.startswith("2") and step == "end":
            self._take()
        if self.sink.held_at == step:
            self.sink.free.wait(PATIENCE)
        if self.sink.breaks_off_at == step:
            raise BreakOffError
        self.wfile.write(f"{answer}\r\n".encode())
        return answer == success

    def _ehlo(self, _name: str) -> None:
        offers = ["AUTH PLAIN"] if self.sink.demands_login else []
        offers += ["STARTTLS"] if self.sink.starttls and not self.encrypted else []
        lines = ["sink", *offers]
        self._answer("ehlo", "\r\n".join(f"250{'-' if line is not lines[-1] else ' '}{line}" for line in lines))

    def _starttls(self, _rest: str) -> None:
        if self._answer("starttls", "220 go"):
            self._encrypt()

    def _encrypt(self) -> None:
        assert self.context is not None
        self.connection = self.request = self.context.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
        self.encrypted = True

    def _auth(self, rest: str) -> None:
        _, user, password = base64.b64decode(rest.removeprefix("PLAIN ")).decode().split("\0")
        if (user, password) == (USER, PASSWORD):
            self.user = user
        self._answer("auth", "235 welcome" if self.user else "535 5.7.8 no such person as ada@example.org")

    def _mail(self, rest: str) -> None:
        self.sender = rest.removeprefix("FROM:<").partition(">")[0]
        ok = self.user or not self.sink.demands_login
        self._answer("mail", "250 ok" if ok else "530 5.7.0 log in first")

    def _rcpt(self, rest: str) -> None:
        self.recipient = rest.removeprefix("TO:<").partition(">")[0]
        self._answer("rcpt", "250 ok")

    def _data(self, _rest: str) -> None:
        if not self._answer("data", "354 go on"):
            return
        self.lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not self.lines:
                self.sink.steps.append("text")
            if not line.endswith(b"\r\n"):
                raise BreakOffError  # RFC 5321 section 4.1.1.4: what has no end is thrown away.
            self.lines.append(line.removeprefix(b"."))
        self._answer("end", "250 taken")

    def _take(self) -> None:
        raw = b"".join(self.lines)
        self.sink.taken.append(Taken(self.sender, self.recipient, raw, self.encrypted, self.user))

    def _quit(self, _rest: str) -> None:
        self._answer("quit", "221 bye")
        raise BreakOffError


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def running_mail_sink(host: str = "127.0.0.1", *, scheme: str = "smtp", keys: Path | None = None) -> Iterator[MailSink]:
    """Listen on a free port; `keys` is the folder of `certificate_for`, for a server that can encrypt."""
    sink = MailSink(host, scheme=scheme)
    sink.free.set()
    context = None
    if keys is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(keys / "cert.pem", keys / "key.pem")
        sink.starttls = scheme == "smtp"
    session = type("Session", (_Session,), {"sink": sink, "context": context})
    server = _Server((host, 0), session)
    sink.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield sink
    finally:
        sink.let_go()
        server.shutdown()
        server.server_close()
        thread.join()


def certificate_for(host: str, folder: Path) -> Path:
    """A key and a certificate of its own for an IP address, made by OpenSSL; gives the folder that holds them."""
    folder.mkdir(exist_ok=True)
    where = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    name = ["-subj", "/CN=mail sink", "-addext", f"subjectAltName=IP:{host}"]
    run(["openssl", "req", *kind, *where, *name], check=True, capture_output=True)
    return folder
