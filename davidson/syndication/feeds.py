"""A feed as plain values: what each format writes in its own way.

An id never changes, whatever name, address or key the site has: it is a UUID made of what the row was born with.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from markupsafe import Markup

NAMESPACE = UUID("7d7a1f0e-5f0a-4a56-9a57-3b3b9d3a6a4e")
"""Of the ids below; any constant will do (RFC 9562 section 5.5)."""


@dataclass(frozen=True)
class Person:
    """Who wrote something, or whose paper it is; `url` is their page, if there is one."""

    name: str
    url: str = ""


@dataclass(frozen=True)
class Category:
    """A section or tag; `scheme` is the address below which all of its kind are found."""

    name: str
    scheme: str


@dataclass(frozen=True)
class Image:
    """A picture by its address; `type` is its media type, width and height are in px."""

    url: str
    type: str
    width: int
    height: int
    alt: str
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True)
class FeedEntry:
    """One entry. `url` is where it is read, `html` its content, `updated` aware UTC; `reply_to` is an entry's id.

    `comments_url` is where it is discussed, `comments_feed` the feed of that; `comments` counts what was said.
    """

    id: str
    title: str
    url: str
    authors: Sequence[Person]
    published: datetime
    updated: datetime
    html: Markup
    lang: str = ""
    summary: str = ""
    categories: Sequence[Category] = ()
    image: Image | None = None
    comments_url: str = ""
    comments_feed: str = ""
    comments: int = 0
    reply_to: str = ""


@dataclass(frozen=True)
class Feed:
    """A feed; `url` is its own address, `page_url` that of the page with the same things, `author` the paper.

    `older_url` is the feed of the entries before these (RFC 5005 section 3), `hub` tells subscribers of new ones.
    """

    id: str
    title: str
    url: str
    page_url: str
    lang: str
    updated: datetime
    author: Person
    entries: Sequence[FeedEntry]
    description: str = ""
    icon: str = ""
    older_url: str = ""
    hub: str = ""


def id_of(kind: str, row_id: int, born_at: datetime) -> str:
    """The permanent id of a row that was made at that moment (RFC 4287 section 4.2.6)."""
    return f"urn:uuid:{uuid5(NAMESPACE, f'{kind}:{row_id}:{born_at.isoformat()}')}"


def list_id(site: UUID, kind: str, row_id: int = 0) -> str:
    """The permanent id of a list of a site: the whole paper's, or that of a section, tag or author."""
    return f"urn:uuid:{uuid5(site, f'{kind}:{row_id}')}"
