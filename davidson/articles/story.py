"""What an article's page shows of it, put together from columns at a given moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from davidson.articles.cards import (
    Link,
    Picture,
    article_path,
    author_path,
    picture_of,
    section_path,
    tag_path,
)
from davidson.articles.changes import ChangeKind
from davidson.articles.closing import closing_of
from davidson.articles.manuscript import Citation
from davidson.articles.modes import mode_of
from davidson.config import CommentsMode
from davidson.text.excerpt import excerpt
from davidson.text.readalso import split
from davidson.text.wordcount import minutes_to_read

# Languages written from right to left, by their ISO 639 codes.
RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"})
# Search engines show about so many characters.
SUMMARY = 160


@dataclass(frozen=True)
class ReadAlso:
    """Another article to read; without `url` while that one is not public."""

    headline: str
    url: str | None


@dataclass(frozen=True)
class Note:
    """What readers are told of a change to an article that they may have read."""

    kind: ChangeKind
    text: str
    at: datetime


@dataclass(frozen=True)
class Story:
    """A public article as its page shows it; `body` is HTML with the READ ALSO lines between.

    `word_count` is 0 where nobody counted yet.
    `comments_close_at` and `mode` are those that count: its own, or what the site's settings make.
    """

    id: int
    slug: str
    headline: str
    standfirst: str
    section_id: int | None
    section: Link | None
    authors: tuple[Link, ...]
    published_at: datetime
    updated_at: datetime | None
    lang: str
    dir: str
    picture: Picture | None
    body: tuple[Markup | ReadAlso, ...]
    word_count: int
    sources: tuple[Citation, ...]
    notes: tuple[Note, ...]
    tags: tuple[Link, ...]
    comments_close_at: datetime | None
    mode: CommentsMode
    comment_count: int
    thread_count: int

    @property
    def url(self) -> str:
        return article_path(self.slug)

    @property
    def summary(self) -> str:
        """What it is about, for search engines: its standfirst, else how its first paragraph begins."""
        begin = next((part for part in self.body if isinstance(part, Markup)), Markup())
        return self.standfirst or excerpt(begin.partition("</p>")[0], SUMMARY)

    @property
    def minutes(self) -> int:
        """How long it takes to read, 0 where that is not known."""
        return minutes_to_read(self.word_count)

    @property
    def corrected_at(self) -> datetime | None:
        """When something that was wrong in it was last put right."""
        return max((note.at for note in self.notes if note.kind is ChangeKind.CORRECTION), default=None)

    def takes_comments(self, at: datetime) -> bool:
        """Whether readers may comment on it at that moment, at which it is public."""
        if self.mode is CommentsMode.CLOSED:
            return False
        return self.comments_close_at is None or at < self.comments_close_at


@dataclass(frozen=True)
class TakenBack:
    """An article that was public and is no more."""

    id: int
    headline: str
    reason: str
    retracted_at: datetime


def story_of(row: Any, around: Iterable[Any], at: datetime) -> Story:
    """The page's view of a public article, from the columns that `queries` read of it and of what hangs on it."""
    authors, tags, references, notes = [], [], [], []
    for other in around:
        if other.kind == "author":
            authors.append(Link(other.name, author_path(other.slug)))
        elif other.kind == "tag":
            tags.append(Link(other.name, tag_path(other.slug)))
        elif other.kind == "note":
            notes.append(Note(ChangeKind(other.headline), other.name, other.published_at))
        else:
            references.append(_read_also(other, at))
    return Story(
        id=row.id,
        slug=row.slug,
        headline=row.headline,
        standfirst=row.standfirst,
        section_id=row.section_id,
        section=Link(row.section_name, section_path(row.section_slug)) if row.section_slug else None,
        authors=tuple(authors),
        published_at=row.published_at,
        updated_at=row.updated_at,
        lang=row.lang,
        dir=direction(row.lang),
        picture=picture_of(row.renditions, alt=row.image_alt, caption=row.image_caption, credit=row.image_credit),
        body=_body(row.html, references),
        word_count=row.word_count,
        sources=tuple(Citation(**source) for source in row.sources),
        notes=tuple(notes),
        tags=tuple(tags),
        comments_close_at=closing_of(row.published_at, row.comments_close_at),
        mode=mode_of(row.comments_mode),
        comment_count=row.comment_count,
        thread_count=row.thread_count,
    )


def direction(lang: str) -> str:
    """The direction of a language's script, for HTML's `dir`: `rtl` or `ltr`."""
    return "rtl" if lang.partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


def _body(html: Markup, references: Sequence[ReadAlso]) -> tuple[Markup | ReadAlso, ...]:
    parts: list[Markup | ReadAlso] = []
    for position, part in enumerate(split(html)):
        if position:
            parts.append(references[position - 1])
        if part.strip():
            parts.append(part)
    return tuple(parts)


def _read_also(row: Any, at: datetime) -> ReadAlso:
    """A READ ALSO line: the target as it is called now where that is public, else the label without a link."""
    if row.published_at is not None and row.published_at <= at and row.retracted_at is None:
        return ReadAlso(row.headline, article_path(row.slug))
    return ReadAlso(row.name, None)
