"""What lists and pages show of an article: plain values, made from columns, without a session behind them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from davidson.media.renditions import FORMATS, WHOLE, Document, Rendition, tone_of
from davidson.media.renditions import renditions as made_of

# Of the file that those get who choose none: as wide as search engines and others that show a link want it.
COMMON_WIDTH = 1200
# Four to three is as high as a picture across the page may be.
TALL = 1.25


@dataclass(frozen=True)
class Link:
    """A name and where it leads, as a path on this site."""

    name: str
    url: str


@dataclass(frozen=True)
class Subject:
    """What articles are listed under: a section, a tag or an author."""

    id: int
    slug: str
    name: str
    description: str


class Source(NamedTuple):
    """A picture in one format; `srcset` is that of the HTML standard, `type` a media type."""

    type: str
    srcset: str


@dataclass(frozen=True)
class Picture:
    """A picture in several widths and formats.

    `src` and `srcset` are what any browser takes, `sources` what newer ones take instead, the best first; `width` and
    `height` are those of `src`, in px. `tone` is a colour for the time before it is there. `renditions` is the row's
    document, from which its crops come.
    """

    src: str
    srcset: str
    width: int
    height: int
    alt: str
    caption: str = ""
    credit: str = ""
    sources: tuple[Source, ...] = ()
    tone: str = ""
    renditions: Document = field(default=None, repr=False, compare=False)

    @property
    def type(self) -> str:
        """The media type of `src`: of an earlier release's picture there is WebP alone."""
        return "image/webp" if self.src.endswith(".webp") else "image/jpeg"

    def crop(self, shape: str) -> "Picture":
        """The part of it about its focal point in that shape, `4x3` or another of `media.renditions.CROPS`.

        The whole where that was not made yet.
        """
        return _cropped(self.renditions, shape, self.alt, self.caption, self.credit) or self

    @property
    def is_tall(self) -> bool:
        """Whether it is not much wider than high, so that it would fill the screen if it were as wide as others."""
        return self.width < TALL * self.height


@dataclass(frozen=True)
class Croppable:
    """A picture of which a list shows a crop or nothing; `renditions` is the row's document.

    Most cards of the front are headlines alone, so nothing is made of it before it is asked for.
    """

    renditions: Document
    alt: str

    def crop(self, shape: str) -> Picture | None:
        """The crop in that shape, as `Picture.crop` gives it; None where no file was ever made."""
        return _cropped(self.renditions, shape, self.alt)


@dataclass(frozen=True)
class Card:
    """An article in a list."""

    id: int
    slug: str
    headline: str
    standfirst: str
    published_at: datetime
    section: Link | None
    authors: tuple[Link, ...]
    picture: Croppable | None
    comment_count: int
    lang: str

    @property
    def url(self) -> str:
        return article_path(self.slug)


def article_path(slug: str) -> str:
    """Where an article is read."""
    return f"/articles/{quote(slug)}"


def section_path(slug: str) -> str:
    """Where a section's articles are listed."""
    return f"/sections/{quote(slug)}"


def tag_path(slug: str) -> str:
    """Where the articles of a tag are listed."""
    return f"/tags/{quote(slug)}"


def author_path(slug: str) -> str:
    """Where an author's articles are listed."""
    return f"/authors/{quote(slug)}"


def media_path(file: str) -> str:
    """Where a picture's file is fetched."""
    return f"/media/{file}"


def picture_of(renditions: Document, *, alt: str, caption: str = "", credit: str = "") -> Picture | None:
    """The picture made of a media row's renditions; None where an article has none."""
    return _picture(renditions, WHOLE, alt=alt, caption=caption, credit=credit)


def _cropped(document: Document, shape: str, alt: str, caption: str = "", credit: str = "") -> Picture | None:
    """The crop in that shape, or the whole where that was not made yet."""
    return _picture(document, shape, alt=alt, caption=caption, credit=credit) or picture_of(
        document, alt=alt, caption=caption, credit=credit
    )


def _picture(document: Document, shape: str, *, alt: str, caption: str, credit: str) -> Picture | None:
    made = {type_: files for format_, type_ in FORMATS.items() if (files := made_of(document, shape, format_))}
    if not made:
        return None
    # The last one is JPEG, which everybody takes; of an earlier release's picture there is WebP alone.
    _, files = made.popitem()
    src = min(files, key=lambda file: abs(file.width - COMMON_WIDTH))
    return Picture(
        src=media_path(src.file),
        srcset=_srcset(files),
        width=src.width,
        height=src.height,
        alt=alt,
        caption=caption,
        credit=credit,
        sources=tuple(Source(type_, _srcset(better)) for type_, better in made.items()),
        tone=tone_of(document),
        renditions=document,
    )


def _srcset(files: Sequence[Rendition]) -> str:
    return ", ".join(f"{media_path(made.file)} {made.width}w" for made in files)
