"""Handing one mail to a mail server by SMTP (RFC 5321).

A server has a mail when the line with the single dot reaches it, and not before: what breaks off earlier it throws
away (section 4.1.1.4). So the caller is asked right before that line, and every failure is told apart by whether the
mail may have been taken. No message of these exceptions says an address, for they are logged and stored.
"""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit

TIMEOUT = 10.0
"""Seconds for each answer of the server, but for the last."""
LAST_TIMEOUT = 30.0
"""Seconds for the answer to a whole mail, which a server may look through before it takes it."""
LOCAL = ("localhost", "127.0.0.1", "::1")
DOTS = re.compile(rb"^\.", re.MULTILINE)
# The enhanced codes (RFC 3463) for an address that does not exist, has moved or takes no mail from anyone.
NO_SUCH_ADDRESS = re.compile(rb"5\.(1\.[1236]|1\.10|2\.1)\b")


class NotTaken(Exception):
    """The server has not taken the mail, and may take it another time.

    `at_end` says that it had all of it; `is_away` that the line was dead or silent.
    """

    def __init__(self, text: str, *, at_end: bool = False, is_away: bool = False) -> None:
        super().__init__(text)
        self.at_end, self.is_away = at_end, is_away


class Refused(Exception):
    """The server will never take this mail; `of_address` says that its address is at fault, for good."""

    def __init__(self, text: str, *, of_address: bool = False) -> None:
        super().__init__(text)
        self.of_address = of_address


class FateUnknown(Exception):
    """The whole mail was on its way when the line went dead: the server may have taken it or not."""


@dataclass(frozen=True)
class MailServer:
    """Where mails are handed in. `hello` is the name by which this machine calls itself there."""

    host: str
    port: int
    hello: str
    user: str = ""
    password: str = field(default="", repr=False)
    tls_at_once: bool = False

    @classmethod
    def at(cls, url: str, *, hello: str) -> Self:
        """The server of a URL that `config` let pass. Without a port it is 465 for smtps and 25 for smtp."""
        parts = urlsplit(url)
        tls_at_once = parts.scheme == "smtps"
        return cls(
            host=str(parts.hostname),
            port=parts.port or (465 if tls_at_once else 25),
            hello=hello,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls_at_once=tls_at_once,
        )


def deliver(server: MailServer, message: bytes, *, sender: str, recipient: str, hand_over: Callable[[], bool]) -> bool:
    """Hand a mail to the server, and say whether that was done.

    `message` has lines that end in CRLF. When all of it but its end was sent, `hand_over` is asked: where it says no or
    raises, the line is cut and the server has nothing. Raises NotTaken, Refused and FateUnknown.
    """
    with connected(server) as smtp:
        _begin(smtp, message, sender=sender, recipient=recipient)
        if not hand_over():
            return False
        try:
            if smtp.sock:
                smtp.sock.settimeout(LAST_TIMEOUT)
            smtp.send(b".\r\n")
            code, _ = smtp.getreply()
        except OSError as error:
            raise FateUnknown(type(error).__name__) from None
        _judge(code)
        with suppress(OSError):
            smtp.quit()
    return True


def _judge(code: int) -> None:
    """What the answer to a whole mail means."""
    told = f"the whole mail was answered with {code}"
    match code // 100:
        case 2:
            return
        case 4:
            raise NotTaken(told, at_end=True)
        case 5:
            raise Refused(told)
        case _:
            raise FateUnknown(told)


@contextmanager
def connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    """A session with the server, greeted, encrypted and logged in; closed without a word at the end.

    Raises NotTaken. Certificates are checked. A server on this very machine is spoken to in the clear; from any other
    one an offer of STARTTLS (RFC 3207) is taken, and without it no password is sent.
    """
    context = ssl.create_default_context()
    try:
        smtp = _line_to(server, context)
    except OSError as error:
        raise NotTaken(_fault_of(error), is_away=True) from None
    with closing(smtp):
        try:
            _enter(smtp, server, context)
        except OSError as error:
            raise NotTaken(_fault_of(error), is_away=True) from None
        yield smtp


def _line_to(server: MailServer, context: ssl.SSLContext) -> smtplib.SMTP:
    if server.tls_at_once:
        return smtplib.SMTP_SSL(server.host, server.port, local_hostname=server.hello, timeout=TIMEOUT, context=context)
    return smtplib.SMTP(server.host, server.port, local_hostname=server.hello, timeout=TIMEOUT)


def _enter(smtp: smtplib.SMTP, server: MailServer, context: ssl.SSLContext) -> None:
    smtp.ehlo_or_helo_if_needed()
    if not server.tls_at_once and server.host not in LOCAL:
        if smtp.has_extn("starttls"):
            smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
        elif server.user:
            raise NotTaken("the server offers no STARTTLS, and without it no password is sent")
    if server.user:
        smtp.login(server.user, server.password)


def _begin(smtp: smtplib.SMTP, message: bytes, *, sender: str, recipient: str) -> None:
    """Send all of a mail but its end."""
    try:
        # What is wrong with our own address is for the operator to mend, so the mail waits for that.
        _expect(smtp.mail(sender), "MAIL")
        code, said = smtp.rcpt(recipient)
        if code // 100 == 5:
            of_address = bool(NO_SUCH_ADDRESS.match(said))
            raise Refused(f"RCPT was answered with {code}", of_address=of_address)
        _expect((code, said), "RCPT")
        code, _ = smtp.docmd("DATA")
        if code // 100 == 5:
            raise Refused(f"DATA was answered with {code}")
        if code != 354:
            raise NotTaken(f"DATA was answered with {code}")
        # RFC 5321 section 4.5.2: a line of the text that begins with a dot is sent with one more.
        smtp.send(DOTS.sub(b"..", message))
    except OSError as error:
        raise NotTaken(_fault_of(error), is_away=True) from None


def _expect(answer: tuple[int, bytes], what: str) -> None:
    if answer[0] // 100 != 2:
        raise NotTaken(f"{what} was answered with {answer[0]}")


def _fault_of(error: Exception) -> str:
    """What went wrong, in words that hold no address: a server may repeat ours in its answers."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"the server refuses user and password with {error.smtp_code}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the server answered with {error.smtp_code}"
    if isinstance(error, smtplib.SMTPException):
        return f"the server broke off: {type(error).__name__}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not to be trusted: {error.verify_message}"
    strerror = error.strerror if isinstance(error, OSError) else ""
    return strerror or type(error).__name__
