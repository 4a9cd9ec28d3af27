"""Asking a site for its pages as any reader does, over HTTP: without cookies, and following no redirect."""

import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import quote, urlsplit

PATIENCE = 20.0  # seconds
MOST_BYTES = 8_000_000
# Of other answers the headers tell all.
READ = ("text/html", "application/xhtml+xml", "text/css", "text/javascript", "application/javascript")
HEADERS = {"User-Agent": "davidson-doctor", "Accept": "*/*", "Accept-Encoding": "identity"}


class NoAnswer(Exception):
    """Nobody answered; the message says why."""


@dataclass(frozen=True)
class Fetched:
    """An answer; `text` is there for pages, style sheets and scripts, `headers` in their order, names in lower case."""

    url: str
    status: int
    headers: Sequence[tuple[str, str]]
    text: str

    def all(self, name: str) -> list[str]:
        """The values of a header."""
        return [value for each, value in self.headers if each == name]

    def one(self, name: str) -> str:
        """The first of them, or nothing."""
        return next(iter(self.all(name)), "")

    @property
    def media_type(self) -> str:
        return self.one("content-type").partition(";")[0].strip().lower()


def fetched(url: str) -> Fetched:
    """What a GET of an http or https address gives. Raises NoAnswer."""
    try:
        parts = urlsplit(url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE)
    except ValueError as fault:
        raise NoAnswer(str(fault)) from None
    path = quote(f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", safe="/?&=%:@!$'()*+,;~-._[]")
    try:
        connection.request("GET", path, headers=HEADERS)
        answer = connection.getresponse()
        headers = [(name.lower(), value) for name, value in answer.getheaders()]
        known = Fetched(url, answer.status, headers, "")
        if known.media_type not in READ:
            return known
        return Fetched(url, answer.status, headers, answer.read(MOST_BYTES).decode("utf-8", "replace"))
    except ssl.SSLCertVerificationError as fault:
        raise NoAnswer(f"its certificate is not trusted: {fault.verify_message}") from None
    except (OSError, HTTPException, ValueError) as fault:  # A name that no resolver takes is a UnicodeError.
        raise NoAnswer(str(fault) or type(fault).__name__) from None
    finally:
        with suppress(OSError):
            connection.close()
