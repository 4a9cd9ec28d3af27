"""Telling a WebSub hub (W3C Recommendation) which feeds have news, so that subscribers need not ask again and again.

How a publisher tells its hub the Recommendation leaves open; hubs take what PubSubHubbub 0.4 said in section 7.1: a
`POST` with `hub.mode=publish` and a `hub.url` for each feed. It is sent through the outbox, at least once after the
commit, and for a scheduled article after its time. Which feeds show the article is looked up then, for that may have
changed.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from davidson.articles.models import Article
from davidson.clock import utcnow
from davidson.config import Settings
from davidson.database import db, reading
from davidson.outbox.draining import do
from davidson.outbox.posting import post
from davidson.outbox.queueing import queue
from davidson.pagecache.tags import is_changed
from davidson.syndication.queries import places_showing
from davidson.web.signing import settings

KIND = "websub"
FORMATS = ("atom", "rss", "json")
MOST_MESSAGES = 50
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def init_websub(app: Flask, chosen: Settings) -> None:
    """Let the hub be told, of many articles together. Where none is set any more, what still waits is dropped."""

    def send(payloads: list[dict[str, Any]]) -> None:
        if not chosen.tells_hub:
            return
        with reading():
            places = places_showing({payload["article"] for payload in payloads}, utcnow())
            db.session.rollback()
        if places:
            tell(chosen.websub_hub, (f"{chosen.base_url}{place}/feed.{name}" for place in places for name in FORMATS))

    do(app, KIND, send, most=MOST_MESSAGES)


def tell(hub: str, feeds: Iterable[str]) -> None:
    """Tell the hub that these feeds have news. Raises what `post` raises."""
    fields = [("hub.mode", "publish"), *(("hub.url", feed) for feed in feeds)]
    post(hub, [(urlencode(fields).encode(), FORM)])


def _queue_news(session: Session, _context: object) -> None:
    """Ask for the hub to be told of articles that appear, or whose text changed, in the transaction that does that."""
    if not settings().tells_hub:
        return
    now = utcnow()
    for row in (*session.new, *session.dirty):
        if isinstance(row, Article) and row.published_at is not None and _is_news(row):
            queue(KIND, {"article": row.id}, now=now, delay=max(row.published_at - now, timedelta(0)))


def _is_news(article: Article) -> bool:
    return article.retracted_at is None and is_changed(article, "published_at", "updated_at", "retracted_at")


event.listen(db.session, "after_flush", _queue_news)
