"""Pictures in an article's text, as HTML: whose are of this site alone, in every width and format that there is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup

BEGINNING = re.compile(r"/media/([0-9a-f]{20})-")
"""What the address of a picture that is kept begins with; the digits are those of its digest."""
# How wide pictures are drawn: as wide as the text, and those that are higher than wide narrower than that.
SIZES = "(min-width: 40rem) 36rem, 100vw"
UPRIGHT_SIZES = "(min-width: 40rem) 24rem, 100vw"

_PICTURE = Markup("<picture>{}{}</picture>")
_SOURCE = Markup('<source type="{}" srcset="{}" sizes="{}">')
_IMAGE = Markup(
    '<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}" loading="lazy" decoding="async"{}>'
)
_STRANGER = Markup('<img src="{}" alt="{}" loading="lazy">')
_TONE = Markup(' class="picture tone-{}"')
_FIGURE = Markup('<figure class="figure{}">{}{}</figure>\n')
_TEXT = Markup('<figcaption class="figure__text">{}</figcaption>')
_SAID = Markup('<span class="figure__{}">{}</span>')


class Source(Protocol):
    """A picture's files of one format: its media type, and a `srcset` of the HTML standard."""

    @property
    def type(self) -> str: ...
    @property
    def srcset(self) -> str: ...


class Picture(Protocol):
    """A picture that is kept: addresses, size in px, its mean colour, and whose its file says that it is."""

    @property
    def src(self) -> str: ...
    @property
    def srcset(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def sources(self) -> Sequence[Source]: ...
    @property
    def tone(self) -> str: ...
    @property
    def credit(self) -> str: ...


Pictures = Mapping[str, Picture]
"""The pictures that are kept, by the first 20 digits of their digests."""


@dataclass(frozen=True)
class Said:
    """What a text says of one of its pictures; `line` is where, counted from 0."""

    address: str
    alt: str
    caption: str
    credit: str
    line: int


def digests_in(source: str) -> set[str]:
    """The beginnings of digests that a text names."""
    return set(BEGINNING.findall(source))


def picture_at(address: str, pictures: Pictures) -> Picture | None:
    """The picture with that address; any of its sizes and formats names it."""
    found = BEGINNING.match(address)
    return pictures.get(found[1]) if found else None


def said_of(address: str, *, alt: str, title: str, line: int, pictures: Pictures) -> Said:
    """What stands in Markdown: `![alt](address "caption | credit")`; without a credit there is the file's own."""
    picture = picture_at(address, pictures)
    caption, divided, credit = title.rpartition("|") if "|" in title else (title, "", "")
    known = picture.credit if picture and not divided else ""
    return Said(address, alt.strip(), caption.strip(), credit.strip() or known, line)


def image(address: str, alt: str, pictures: Pictures) -> Markup:
    """An image of this site as it stands in a line of text."""
    picture = picture_at(address, pictures)
    if picture is None:
        return _STRANGER.format(address, alt)
    sizes = UPRIGHT_SIZES if _is_upright(picture) else SIZES
    sources = Markup().join(_SOURCE.format(source.type, source.srcset, sizes) for source in picture.sources)
    tone = _TONE.format(picture.tone) if picture.tone else ""
    shown = _IMAGE.format(picture.src, picture.srcset, sizes, picture.width, picture.height, alt, tone)
    return _PICTURE.format(sources, shown)


def figure(said: Said, pictures: Pictures) -> Markup:
    """A picture that stands for itself, with its caption and credit."""
    picture = picture_at(said.address, pictures)
    texts = [_SAID.format(name, text) for name, text in (("caption", said.caption), ("credit", said.credit)) if text]
    text = _TEXT.format(Markup(" ").join(texts)) if texts else ""
    kind = " figure--upright" if picture and _is_upright(picture) else ""
    return _FIGURE.format(kind, image(said.address, said.alt, pictures), text)


def _is_upright(picture: Picture) -> bool:
    return picture.height > picture.width
