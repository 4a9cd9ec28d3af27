"""Telling other servers over HTTP, for work of the outbox: what is not taken is raised, and so tried again."""

import http.client
from collections.abc import Iterable, Mapping
from contextlib import closing
from urllib.parse import urlsplit

TIMEOUT = 5  # seconds


class PostRefused(Exception):
    """The server did not answer with success; the message is its answer's status."""


def post(url: str, requests: Iterable[tuple[bytes | None, Mapping[str, str]]]) -> None:
    """Send these bodies with their headers to a URL, one after the other on one connection.

    Raises PostRefused, OSError or http.client.HTTPException where one was not taken.
    """
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    with closing(kind(str(parts.hostname), parts.port, timeout=TIMEOUT)) as connection:
        for body, headers in requests:
            connection.request("POST", target, body, {"User-Agent": "davidson", **headers})
            answer = connection.getresponse()
            answer.read()
            if not 200 <= answer.status < 300:
                raise PostRefused(f"{answer.status} {answer.reason}")
