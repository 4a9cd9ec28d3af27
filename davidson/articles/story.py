"""What an article's page shows of it, put together from its rows at a given moment."""

from dataclasses import dataclass
from datetime import datetime

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
from davidson.articles.models import Article, Reference
from davidson.text.readalso import split

# Languages written from right to left, by their ISO 639 codes.
RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"})


@dataclass(frozen=True)
class ReadAlso:
    """Another article to read; without `url` while that one is not public."""

    headline: str
    url: str | None


@dataclass(frozen=True)
class Story:
    """An article as its page shows it; `body` is HTML with the READ ALSO lines between."""

    id: int
    slug: str
    headline: str
    standfirst: str
    section: Link | None
    authors: tuple[Link, ...]
    published_at: datetime
    updated_at: datetime | None
    lang: str
    dir: str
    picture: Picture | None
    body: tuple[Markup | ReadAlso, ...]
    tags: tuple[Link, ...]

    @property
    def url(self) -> str:
        return article_path(self.slug)


def story_of(article: Article, at: datetime) -> Story:
    """The page's view of an article that `article_for_readers` gave and that has been published."""
    if article.published_at is None:
        raise ValueError(f"{article.slug} is not published")
    return Story(
        id=article.id,
        slug=article.slug,
        headline=article.headline,
        standfirst=article.standfirst,
        section=Link(article.section.name, section_path(article.section.slug)) if article.section else None,
        authors=tuple(Link(place.author.name, author_path(place.author.slug)) for place in article.authorships),
        published_at=article.published_at,
        updated_at=article.updated_at,
        lang=article.lang,
        dir=direction(article.lang),
        picture=picture_of(
            article.media.renditions if article.media else None,
            alt=article.image_alt,
            caption=article.image_caption,
            credit=article.image_credit,
        ),
        body=_body(article, at),
        tags=tuple(Link(place.tag.name, tag_path(place.tag.slug)) for place in article.taggings),
    )


def direction(lang: str) -> str:
    """The direction of a language's script, for HTML's `dir`: `rtl` or `ltr`."""
    return "rtl" if lang.partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


def _body(article: Article, at: datetime) -> tuple[Markup | ReadAlso, ...]:
    parts: list[Markup | ReadAlso] = []
    for position, part in enumerate(split(article.html)):
        if position:
            parts.append(_read_also(article.references[position - 1], at))
        if part.strip():
            parts.append(part)
    return tuple(parts)


def _read_also(reference: Reference, at: datetime) -> ReadAlso:
    target = reference.target
    if target is not None and target.is_public(at):
        return ReadAlso(target.headline, article_path(target.slug))
    return ReadAlso(reference.label, None)
