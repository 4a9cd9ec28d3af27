"""Atom feeds (RFC 4287) as plain values, ready for the template that writes them.

An id never changes, whatever name, address or key the site has: it is a UUID made of what the row was born with.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from markupsafe import Markup

NAMESPACE = UUID("7d7a1f0e-5f0a-4a56-9a57-3b3b9d3a6a4e")
"""Of the ids below; any constant will do (RFC 9562 section 5.5)."""

# What XML 1.0 has no place for (section 2.2), even escaped.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class FeedEntry:
    """One entry. `url` is where it is read, `html` its content, `updated` aware UTC; `reply_to` is an entry's id."""

    id: str
    title: str
    url: str
    author: str
    published: datetime
    updated: datetime
    html: Markup
    reply_to: str = ""


@dataclass(frozen=True)
class Feed:
    """A feed; `url` is its own address, `page_url` that of the page with the same things."""

    id: str
    title: str
    url: str
    page_url: str
    lang: str
    updated: datetime
    entries: Sequence[FeedEntry]


def id_of(kind: str, row_id: int, born_at: datetime) -> str:
    """The permanent id of a row that was made at that moment (RFC 4287 section 4.2.6)."""
    return f"urn:uuid:{uuid5(NAMESPACE, f'{kind}:{row_id}:{born_at.isoformat()}')}"


def xml_text(text: str) -> str:
    """The text without characters that no XML document may hold."""
    return _NO_XML.sub("", text)


def xml_html(html: Markup) -> Markup:
    """The HTML without those characters."""
    return Markup(xml_text(str(html)))  # noqa: S704 - it was safe before, and loses characters that no tag has.
