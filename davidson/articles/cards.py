"""What lists and pages show of an article: plain values, made from columns, without a session behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote


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


@dataclass(frozen=True)
class Picture:
    """A picture in several widths. `srcset` is that of the HTML standard; width and height are the widest's, in px."""

    src: str
    srcset: str
    widest: str
    width: int
    height: int
    alt: str
    caption: str = ""
    credit: str = ""


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
    picture: Picture | None
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


def picture_of(
    renditions: Sequence[dict[str, Any]] | None, *, alt: str, caption: str = "", credit: str = ""
) -> Picture | None:
    """The picture made of a media row's renditions; None where an article has none."""
    if not renditions:
        return None
    middle = min(renditions, key=lambda made: abs(made["width"] - 960))
    widest = renditions[-1]
    return Picture(
        src=f"/media/{middle['file']}",
        srcset=", ".join(f"/media/{made['file']} {made['width']}w" for made in renditions),
        widest=f"/media/{widest['file']}",
        width=widest["width"],
        height=widest["height"],
        alt=alt,
        caption=caption,
        credit=credit,
    )
