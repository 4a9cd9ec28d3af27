"""Feeds, as a reader's program reads them: with a parser that is not ours, and as XML."""

import json
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import feedparser
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from davidson.articles.manuscript import ManuscriptPicture
from davidson.articles.publishing import article_to_change, retract
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.database import db
from tests.factories import Made

ORIGIN = "https://news.example.org"
HOSTILE = 'A & "B" </script><script>alert(1)</script>'
FORMATS = ("atom", "rss", "json")
TYPES = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
ATOM = "{http://www.w3.org/2005/Atom}"


def a_picture() -> ManuscriptPicture:
    out = BytesIO()
    Image.new("RGB", (400, 300), "teal").save(out, "PNG")
    return ManuscriptPicture(out.getvalue(), alt="A quay", caption="The old quay", credit="Bo Bell")


def take_back(app: Flask, article: Made) -> None:
    with app.app_context():
        row = article_to_change(article.slug)
        assert row is not None
        retract(row, reason="Wrong.", actor=SHELL, now=utcnow())
        db.session.commit()


class Reader(FlaskClient):
    """A client that asks at the site's own address."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        """Like the client's own."""
        return super().open(*args, **{"base_url": ORIGIN} | options)


def fetch(client: FlaskClient, path: str) -> bytes:
    """A document that is public."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    assert "Set-Cookie" not in answer.headers and answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["ETag"].startswith('"') and answer.headers["Last-Modified"]
    return answer.get_data()


def parsed(client: FlaskClient, path: str) -> Any:
    """A feed in XML as feedparser reads it, without a complaint; it changes nothing of what the feed says."""
    body = fetch(client, path)
    feed = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def xml(client: FlaskClient, path: str) -> ElementTree.Element:
    return ElementTree.fromstring(fetch(client, path))  # noqa: S314 - it is our own.


def headlines(client: FlaskClient, path: str) -> list[str]:
    """The titles of a feed's entries, in order, whatever its format is."""
    if path.partition("?")[0].endswith(".json"):
        return [item["title"] for item in json.loads(fetch(client, path))["items"]]
    return [entry.title for entry in parsed(client, path).entries]
