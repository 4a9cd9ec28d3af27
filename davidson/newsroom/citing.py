"""The sources of a manuscript: what its front matter says that the article rests on."""

import yaml

from davidson.articles.manuscript import Citation
from davidson.newsroom.frontmatter import Front
from davidson.text.links import is_web_link

KEYS = ("title", "url")
MOST = 100
EXPECTED = "sources takes a list of texts, or of mappings with a title and a url"


def sources_of(front: Front) -> tuple[Citation, ...]:
    """The sources in their order; each is a title, an address, or a mapping of both. Raises BadManuscript."""
    entries = front.entries("sources")
    if len(entries) > MOST:
        raise front.fault(entries[MOST], f"at most {MOST} sources are expected")
    return tuple(_source(front, entry) for entry in entries)


def _source(front: Front, entry: yaml.Node) -> Citation:
    if isinstance(entry, yaml.ScalarNode):
        said = front.line_of("sources", entry)
        return Citation(said.partition("://")[2].rstrip("/"), said) if is_web_link(said) else Citation(said)
    said_in_parts = front.mapping(entry, KEYS, EXPECTED)
    title, url = said_in_parts.text("title"), said_in_parts.text("url")
    if not title:
        raise said_in_parts.fault(entry, "a source takes a title")
    if url and not is_web_link(url):
        raise said_in_parts.fault(
            said_in_parts.nodes["url"], "url takes an address that begins with https:// or http://"
        )
    return Citation(title, url)
