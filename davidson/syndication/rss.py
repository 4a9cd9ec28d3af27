"""RSS 2.0 (the RSS Advisory Board's specification), with the modules that readers know: content, dc, slash, media."""

from xml.etree.ElementTree import Element

from davidson.syndication.feeds import Feed, FeedEntry, Image
from davidson.text.dates import rfc_822
from davidson.text.xmltree import add, add_if, xml_document

TYPE = "application/rss+xml"
NAMESPACES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:media": "http://search.yahoo.com/mrss/",
    "xmlns:slash": "http://purl.org/rss/1.0/modules/slash/",
}
TTL = 15  # minutes, for readers that do not ask whether anything has changed.


def document(feed: Feed) -> str:
    """The feed as an RSS document."""
    root = Element("rss", {"version": "2.0", **NAMESPACES})
    channel = add(root, "channel")
    add(channel, "title", feed.title)
    add(channel, "link", feed.page_url)
    add(channel, "description", feed.description or feed.title)
    add(channel, "language", feed.lang)
    add(channel, "lastBuildDate", rfc_822(feed.updated))
    add(channel, "generator", "Davidson News")
    add(channel, "ttl", TTL)
    for rel, url in (("self", feed.url), ("next", feed.older_url), ("hub", feed.hub)):
        if url:
            add(channel, "atom:link", rel=rel, href=url, type=TYPE if rel == "self" else None)
    if feed.icon:
        image = add(channel, "image")
        for tag, text in (("url", feed.icon), ("title", feed.title), ("link", feed.page_url)):
            add(image, tag, text)
    for entry in feed.entries:
        _add_item(channel, entry)
    return xml_document(root)


def _add_item(channel: Element, entry: FeedEntry) -> None:
    item = add(channel, "item")
    add(item, "title", entry.title)
    add(item, "link", entry.url)
    add(item, "guid", entry.id, isPermaLink="false")
    add(item, "pubDate", rfc_822(entry.published))
    for author in entry.authors:
        add(item, "dc:creator", author.name)
    for category in entry.categories:
        add(item, "category", category.name, domain=category.scheme)
    add_if(item, "description", entry.summary)
    add(item, "content:encoded", entry.html)
    if entry.image:
        _add_image(item, entry.image)
    if entry.comments_url:
        add(item, "comments", entry.comments_url)
        add(item, "slash:comments", entry.comments)


def _add_image(item: Element, image: Image) -> None:
    content = add(
        item,
        "media:content",
        url=image.url,
        type=image.type,
        medium="image",
        width=image.width,
        height=image.height,
    )
    add_if(content, "media:credit", image.credit)
    add_if(content, "media:description", image.caption or image.alt, type="plain")
