"""An article as it comes to the desk, before it is stored."""

from dataclasses import dataclass
from datetime import datetime

from davidson.media.renditions import Focus


@dataclass(frozen=True)
class ManuscriptPicture:
    """The picture that came with a manuscript: the file's bytes and what is said of it.

    `focus` is what must be seen of it, if that is said; `file_name` what its file is called. `place`, `alt_place` and
    `credit_place` are where the manuscript names it and says so, or ought to, for messages.
    """

    data: bytes
    alt: str = ""
    caption: str = ""
    credit: str = ""
    focus: Focus | None = None
    file_name: str = ""
    place: str = ""
    alt_place: str = ""
    credit_place: str = ""


@dataclass(frozen=True)
class Citation:
    """What an article rests on: a title, and where that is to be found, if anywhere."""

    title: str
    url: str = ""


@dataclass(frozen=True)
class Manuscript:
    """An article's text and what it is to be listed under; `source` is Markdown, `published_at` aware UTC.

    `first_line` is the line of its file with which `source` begins, for messages.
    """

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
    sources: tuple[Citation, ...] = ()
    first_line: int = 1
