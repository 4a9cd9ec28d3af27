"""How browsers and programs ask the site's search: an OpenSearch description document (OpenSearch 1.1 Draft 6)."""

from xml.etree.ElementTree import Element

from davidson.text.xmltree import add, xml_document

TYPE = "application/opensearchdescription+xml"
MAX_SHORT_NAME, MAX_LONG_NAME = 16, 48


def document(*, name: str, search_url: str, own_url: str, icon_url: str, icon_size: int) -> str:
    """The document. `search_url` is the address of the search without a query; names are cut as the format asks."""
    root = Element("OpenSearchDescription", {"xmlns": "http://a9.com/-/spec/opensearch/1.1/"})
    add(root, "ShortName", name[:MAX_SHORT_NAME].strip())
    add(root, "LongName", name[:MAX_LONG_NAME].strip())
    add(root, "Description", "Search the articles of this site.")
    add(root, "Url", type="text/html", method="get", template=f"{search_url}?q={{searchTerms}}")
    add(root, "Url", type=TYPE, rel="self", template=own_url)
    add(root, "Image", icon_url, width=icon_size, height=icon_size, type="image/png")
    add(root, "InputEncoding", "UTF-8")
    add(root, "OutputEncoding", "UTF-8")
    return xml_document(root)
