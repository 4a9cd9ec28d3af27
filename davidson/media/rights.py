"""Whose a picture is: what its file says of that, and how every file that is made of it says so again.

The fields are those of the IPTC Photo Metadata Standard that search engines read. They come from XMP, else from the
older IIM records of agencies (IPTC IIM 4.2, record 2), else from EXIF.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from typing import Any

from PIL import Image, IptcImagePlugin

from davidson.media.xmp import BadPacket, read_packet, write_packet
from davidson.text.normalise import normalise

MAX_LENGTH = 1000  # characters of one field
ARTIST, COPYRIGHT = 0x013B, 0x8298
CHARACTER_SET, UTF_8 = (1, 90), b"\x1b%G"


@dataclass(frozen=True)
class Rights:
    """What a picture's file says of whose it is; empty where it says nothing.

    `licence` is an address (IPTC's Web Statement of Rights), `terms` a text; `acquire` is where one buys a licence.
    `source_type` is an address of IPTC's vocabulary: how the picture was made, by a camera or by a machine.
    """

    creator: str = ""
    credit: str = ""
    copyright: str = ""
    licence: str = ""
    terms: str = ""
    acquire: str = ""
    source_type: str = ""

    @classmethod
    def kept(cls, said: Mapping[str, Any]) -> "Rights":
        """The rights as a row keeps them."""
        return cls(**{field.name: str(said.get(field.name, "")) for field in fields(cls)})

    @property
    def said(self) -> dict[str, str]:
        """The fields that are not empty."""
        return {name: text for name, text in asdict(self).items() if text}

    def packet(self) -> bytes:
        """The XMP packet for a file that is made of the picture; empty where nothing is said."""
        return write_packet({PROPERTIES[name]: text for name, text in self.said.items()})


# A field's property in what is written.
PROPERTIES = {
    "creator": "dc:creator",
    "credit": "photoshop:Credit",
    "copyright": "dc:rights",
    "licence": "xmpRights:WebStatement",
    "terms": "xmpRights:UsageTerms",
    "acquire": "plus:LicensorURL",
    "source_type": "Iptc4xmpExt:DigitalSourceType",
}
ADDRESSES = {"licence", "acquire", "source_type"}
IIM = {"creator": (2, 80), "credit": (2, 110), "copyright": (2, 116)}
EXIF = {"creator": ARTIST, "copyright": COPYRIGHT}

Texts = dict[str, list[str]]


def rights_of(picture: Image.Image) -> Rights:
    """What the file of an opened picture says; what is damaged says nothing."""
    sources: tuple[Callable[[Image.Image], Texts], ...] = (_from_xmp, _from_iim, _from_exif)
    found: dict[str, str] = {}
    for source in sources:
        with suppress(Exception):  # The readers raise whatever a damaged file leads them to.
            for name, texts in source(picture).items():
                if said := _one_text(name, texts):
                    found.setdefault(name, said)
    return Rights(**found)


def _one_text(name: str, texts: list[str]) -> str:
    lines = [line for text in texts if (line := " ".join(normalise(text).split()))]
    if name == "creator":
        return ", ".join(dict.fromkeys(lines))[:MAX_LENGTH]
    if name in ADDRESSES:
        lines = [line for line in lines if line.startswith(("https://", "http://")) and " " not in line]
    return lines[0][:MAX_LENGTH] if lines else ""


def _from_xmp(picture: Image.Image) -> Texts:
    packet = picture.info.get("xmp") or b""
    try:
        found = read_packet(packet if isinstance(packet, bytes) else str(packet).encode()) if packet else {}
    except BadPacket:
        return {}
    texts = {name: found[key] for name, key in PROPERTIES.items() if key in found}
    if "licence" not in texts and "cc:license" in found:
        texts["licence"] = found["cc:license"]
    return texts


def _from_iim(picture: Image.Image) -> Texts:
    records: dict[Any, Any] = IptcImagePlugin.getiptcinfo(picture) or {}  # type: ignore[arg-type]
    charset = "utf-8" if records.get(CHARACTER_SET) == UTF_8 else "latin-1"
    return {name: _decoded(records[key], charset) for name, key in IIM.items() if key in records}


def _decoded(record: bytes | list[bytes], charset: str) -> list[str]:
    values = record if isinstance(record, list) else [record]
    return [value.decode(charset, "replace") for value in values]


def _from_exif(picture: Image.Image) -> Texts:
    exif = picture.getexif()
    # Photographer's and editor's copyright are parted by a NUL (EXIF 2.32, section 4.6.4).
    return {name: str(exif[tag]).split("\0") for name, tag in EXIF.items() if exif.get(tag)}
