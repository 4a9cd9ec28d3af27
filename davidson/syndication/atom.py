"""Atom (RFC 4287), with who answers what and how much was said (RFC 4685), and where older entries are (RFC 5005)."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from davidson.syndication.feeds import Feed, FeedEntry, Person
from davidson.text.dates import iso
from davidson.text.xmltree import add, add_if, xml_document

TYPE = "application/atom+xml"
NAMESPACES = {"xmlns": "http://www.w3.org/2005/Atom", "xmlns:thr": "http://purl.org/syndication/thread/1.0"}


def document(feed: Feed) -> str:
    """The feed as an Atom document."""
    root = Element("feed", {**NAMESPACES, "xml:lang": feed.lang})
    add(root, "id", feed.id)
    add(root, "title", feed.title)
    add_if(root, "subtitle", feed.description)
    add(root, "updated", iso(feed.updated))
    add(root, "link", rel="self", type=TYPE, href=feed.url)
    add(root, "link", rel="alternate", type="text/html", href=feed.page_url)
    for rel, url in (("next", feed.older_url), ("hub", feed.hub)):
        if url:
            add(root, "link", rel=rel, href=url)
    _add_authors(root, [feed.author])
    add_if(root, "icon", feed.icon)
    add(root, "generator", "Davidson News")
    for entry in feed.entries:
        _add_entry(root, entry)
    return xml_document(root)


def _add_entry(root: Element, entry: FeedEntry) -> None:
    place = add(root, "entry", xml_lang=entry.lang)
    add(place, "id", entry.id)
    add(place, "title", entry.title)
    _add_authors(place, entry.authors)
    add(place, "published", iso(entry.published))
    add(place, "updated", iso(entry.updated))
    add(place, "link", rel="alternate", type="text/html", href=entry.url)
    if entry.image:
        add(place, "link", rel="enclosure", type=entry.image.type, href=entry.image.url)
    if entry.comments_feed:
        add(place, "link", rel="replies", type=TYPE, href=entry.comments_feed, thr_count=entry.comments)
        add(place, "thr:total", entry.comments)
    if entry.reply_to:
        add(place, "thr:in-reply-to", ref=entry.reply_to)
    for category in entry.categories:
        add(place, "category", term=category.name, scheme=category.scheme)
    add_if(place, "summary", entry.summary)
    add(place, "content", entry.html, type="html")


def _add_authors(place: Element, authors: Iterable[Person]) -> None:
    for person in authors:
        author = add(place, "author")
        add(author, "name", person.name)
        add_if(author, "uri", person.url)
