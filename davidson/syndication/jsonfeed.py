"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

import json
from collections.abc import Iterable
from typing import Any

from davidson.syndication.feeds import Feed, FeedEntry, Person
from davidson.text.dates import iso

TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def document(feed: Feed) -> str:
    """The feed as a JSON document."""
    told = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.page_url,
        "feed_url": feed.url,
        "description": feed.description,
        "language": feed.lang,
        "icon": feed.icon,
        "authors": _people([feed.author]),
        "next_url": feed.older_url,
        "hubs": [{"type": "WebSub", "url": feed.hub}] if feed.hub else [],
        "items": [_item(entry) for entry in feed.entries],
    }
    return json.dumps({name: value for name, value in told.items() if value or name == "items"}, ensure_ascii=False)


def _item(entry: FeedEntry) -> dict[str, Any]:
    image = entry.image
    told = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "summary": entry.summary,
        "image": image.url if image else "",
        "date_published": iso(entry.published),
        "date_modified": iso(entry.updated),
        "authors": _people(entry.authors),
        "tags": [category.name for category in entry.categories],
        "language": entry.lang,
        "attachments": [{"url": image.url, "mime_type": image.type}] if image else [],
    }
    return {name: value for name, value in told.items() if value or name == "content_html"}


def _people(people: Iterable[Person]) -> list[dict[str, str]]:
    return [{"name": person.name, **({"url": person.url} if person.url else {})} for person in people]
