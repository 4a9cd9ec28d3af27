"""XMP packets (ISO 16684-1): what one says of a picture's rights, and one that says nothing else.

A packet comes from anybody's file. It is read with a parser that refuses document types, so that no entity grows, and
what is nested or long beyond reason is passed over.
"""

from collections.abc import Mapping
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import escape

MAX_PACKET = 512 * 1024  # bytes
MAX_DEPTH = 40
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PREFIXES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "cc": "http://creativecommons.org/ns#",
}
_SPACES = {uri: prefix for prefix, uri in PREFIXES.items()}


class BadPacket(ValueError):
    """The packet is no XML that is read here."""


def read_packet(packet: bytes) -> dict[str, list[str]]:
    """The texts of each property of the namespaces above, such as `{"dc:creator": ["Ada", "Bea"]}`, in their order.

    Of a text in several languages the default one comes first. Raises BadPacket.
    """
    if len(packet) > MAX_PACKET:
        raise BadPacket("too long")
    reader = _Reader()
    parser = ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.refuse
    try:
        parser.Parse(packet.strip(b"\0 \r\n\t"), True)
    except (ExpatError, ValueError, LookupError) as error:
        raise BadPacket(str(error)) from None
    return reader.found


class _Reader:
    """Gathers the texts below each property that is known, whatever structures lie between."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}
        self._open: list[str] = []  # A property's name for each element that is open, of the innermost known one.
        self._is_default: list[bool] = []
        self._said: list[str] = []

    def refuse(self, *_declared: object) -> None:
        raise BadPacket("a document type")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise BadPacket("nested too deep")
        outer = self._open[-1] if self._open else ""
        self._open.append(_short(name) or outer)
        self._is_default.append(attributes.get("http://www.w3.org/XML/1998/namespace lang") == "x-default")
        self._said = []
        for key, value in attributes.items():
            if short := _short(key):
                self._add(short, value)
            elif key == f"{RDF} resource" and self._open[-1]:
                self._add(self._open[-1], value)

    def text(self, said: str) -> None:
        self._said.append(said)

    def end(self, _name: str) -> None:
        name, is_default = self._open.pop(), self._is_default.pop()
        if name and (said := "".join(self._said).strip()):
            self._add(name, said, first=is_default)
        self._said = []

    def _add(self, name: str, said: str, *, first: bool = False) -> None:
        texts = self.found.setdefault(name, [])
        texts.insert(0 if first else len(texts), said)


def _short(name: str) -> str:
    """`dc:creator` for a name of a namespace that is known, else nothing."""
    space, _, local = name.rpartition(" ")
    return f"{_SPACES[space]}:{local}" if space in _SPACES else ""


def write_packet(properties: Mapping[str, str]) -> bytes:
    """A packet with these properties, of the names that `read_packet` gives; empty where there are none."""
    if not properties:
        return b""
    spaces = " ".join(
        f'xmlns:{prefix}="{PREFIXES[prefix]}"' for prefix in sorted({name.partition(":")[0] for name in properties})
    )
    said = "".join(_element(name, escape(text)) for name, text in properties.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" {spaces}>{said}</rdf:Description></rdf:RDF>'
        '</x:xmpmeta><?xpacket end="r"?>'
    ).encode()


# What the IPTC Photo Metadata Standard 2024.1 wants otherwise than as a plain text: lists and texts in languages.
_SHAPES = {
    "dc:creator": "<dc:creator><rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq></dc:creator>",
    "dc:rights": '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:rights>',
    "xmpRights:UsageTerms": (
        '<xmpRights:UsageTerms><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></xmpRights:UsageTerms>'
    ),
    "plus:LicensorURL": (
        '<plus:Licensor><rdf:Seq><rdf:li rdf:parseType="Resource"><plus:LicensorURL>{}</plus:LicensorURL></rdf:li>'
        "</rdf:Seq></plus:Licensor>"
    ),
}


def _element(name: str, text: str) -> str:
    return _SHAPES.get(name, f"<{name}>{{}}</{name}>").format(text)
