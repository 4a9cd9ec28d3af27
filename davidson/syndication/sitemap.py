"""Sitemaps (sitemaps.org protocol 0.9), with pictures and news as Google's extensions write them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element

from davidson.text.dates import iso
from davidson.text.xmltree import add, xml_document

TYPE = "application/xml"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
IMAGE = "http://www.google.com/schemas/sitemap-image/1.1"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
# They have two codes, by their script; every other language has one of ISO 639.
CHINESE = {"zh-cn": "zh-cn", "zh-hans": "zh-cn", "zh-tw": "zh-tw", "zh-hant": "zh-tw", "zh": "zh-cn"}


@dataclass(frozen=True)
class Place:
    """An address in a sitemap and when what is there last changed; `image` is the address of its picture."""

    url: str
    changed_at: datetime
    image: str = ""


@dataclass(frozen=True)
class NewsPlace:
    """An article in the news sitemap."""

    url: str
    headline: str
    lang: str
    published_at: datetime


def index(files: Iterable[Place]) -> str:
    """The sitemap of sitemaps."""
    root = Element("sitemapindex", {"xmlns": SITEMAP})
    for file in files:
        _add_place(root, "sitemap", file)
    return xml_document(root)


def urls(places: Iterable[Place]) -> str:
    """One of them."""
    root = Element("urlset", {"xmlns": SITEMAP, "xmlns:image": IMAGE})
    for place in places:
        entry = _add_place(root, "url", place)
        if place.image:
            add(add(entry, "image:image"), "image:loc", place.image)
    return xml_document(root)


def news(places: Iterable[NewsPlace], *, publication: str) -> str:
    """The newest articles of that publication."""
    root = Element("urlset", {"xmlns": SITEMAP, "xmlns:news": NEWS})
    for place in places:
        entry = add(root, "url")
        add(entry, "loc", place.url)
        told = add(entry, "news:news")
        paper = add(told, "news:publication")
        add(paper, "news:name", publication)
        add(paper, "news:language", _news_language(place.lang))
        add(told, "news:publication_date", iso(place.published_at))
        add(told, "news:title", place.headline)
    return xml_document(root)


def _add_place(root: Element, tag: str, place: Place) -> Element:
    entry = add(root, tag)
    add(entry, "loc", place.url)
    add(entry, "lastmod", iso(place.changed_at))
    return entry


def _news_language(lang: str) -> str:
    tag = lang.lower()
    return CHINESE.get(tag) or tag.partition("-")[0]
