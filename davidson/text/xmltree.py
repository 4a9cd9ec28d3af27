"""XML documents out of trees of elements. What writes them is the one place where text becomes XML."""

import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

REPLACEMENT = "\ufffd"
# What XML 1.0 has no place for (section 2.2), even escaped. It is replaced, for what is left out may join its
# neighbours to what nobody has checked.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def add(parent: Element, tag: str, text: object = None, **attributes: Any) -> Element:
    """Add an element with that text; attributes without a value are left out, and `xml_lang` is written `xml:lang`."""
    given = {name.replace("_", ":"): str(value) for name, value in attributes.items() if value not in (None, "")}
    child = SubElement(parent, tag, given)
    child.text = None if text is None else str(text)
    return child


def add_if(parent: Element, tag: str, text: object = None, **attributes: Any) -> None:
    """Add an element, unless there is no text for it."""
    if text not in (None, ""):
        add(parent, tag, text, **attributes)


def xml_document(root: Element) -> str:
    """The document with that root, escaped."""
    body = tostring(root, encoding="unicode", short_empty_elements=True)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{_NO_XML.sub(REPLACEMENT, body)}\n'
