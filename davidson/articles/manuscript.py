"""An article as it comes to the desk, before it is stored."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ManuscriptPicture:
    """The picture that came with a manuscript: the file's bytes and what is said of it.

    `place` is where the manuscript names it, for messages.
    """

    data: bytes
    alt: str = ""
    caption: str = ""
    credit: str = ""
    place: str = ""


@dataclass(frozen=True)
class Manuscript:
    """An article's text and what it is to be listed under; `source` is Markdown, `published_at` aware UTC."""

    headline: str
    slug: str
    source: str
    standfirst: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    lang: str = "en"
    picture: ManuscriptPicture | None = None
