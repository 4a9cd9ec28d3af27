"""Telling the proxies in front which pages to drop: with `DAVIDSON_PURGE_URL`, the tags of each commit.

One request, for proxies that know pages by their tags: `POST` to the URL, without a body, with the tags in
`Surrogate-Key`, separated by spaces (Fastly's batch purge takes 256), and again in `Cache-Tag`, separated by commas.
Any 2xx answer is success. It is sent at least once after the commit, through the outbox. An answer that was on its way
to the proxy meanwhile is dropped by the end of its `s-maxage`.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from flask import Flask

from davidson.config import Settings
from davidson.outbox.draining import do
from davidson.outbox.posting import post
from davidson.outbox.queueing import queue

KIND = "purge"
# Servers take lines of 8 kB in a request's head.
LONGEST_HEADER = 7000
MOST_TAGS = 256
MOST_MESSAGES = 50


def init_purging(app: Flask, settings: Settings) -> None:
    """Let purges be sent, many commits' together. Where no URL is set any more, what still waits is dropped."""

    def send(payloads: list[dict[str, Any]]) -> None:
        if settings.purge_url:
            tags = {tag for payload in payloads for tag in payload["tags"]}
            purge(tags, url=settings.purge_url, token=settings.purge_token)

    do(app, KIND, send, most=MOST_MESSAGES)


def queue_purge(tags: Iterable[str], *, now: datetime) -> None:
    """Ask for the pages under these tags to be dropped everywhere. The caller commits."""
    for batch in _batches(tags):
        queue(KIND, {"tags": batch}, now=now)


def purge(tags: Iterable[str], *, url: str, token: str = "") -> None:
    """Have the proxy at that URL drop the pages under these tags; `token` is its `Fastly-Key`.

    Raises what `post` raises, where it did not.
    """
    own = {"Fastly-Key": token} if token else {}
    told = ({"Surrogate-Key": " ".join(batch), "Cache-Tag": ",".join(batch)} | own for batch in _batches(tags))
    post(url, ((None, headers) for headers in told))


def _batches(tags: Iterable[str]) -> Iterator[list[str]]:
    """The tags in the order of their names, as many together as a request holds."""
    batch: list[str] = []
    length = 0
    for tag in sorted(tags):
        length += len(tag) + 1
        if batch and (length > LONGEST_HEADER or len(batch) == MOST_TAGS):
            yield batch
            batch, length = [], len(tag) + 1
        batch.append(tag)
    if batch:
        yield batch
