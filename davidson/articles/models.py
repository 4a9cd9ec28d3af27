"""Articles and what they are listed under."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy import Enum, ForeignKey, Index, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from davidson.config import CommentsMode
from davidson.database import STRICT, Base, JSONDocument
from davidson.media.models import Media
from davidson.pagecache.tags import (
    ARCHIVE,
    CORRECTIONS,
    FRONT,
    MASTHEAD,
    NEWS,
    SITEMAPS,
    before_and_after,
    is_changed,
    tag_of,
)

LISTED = text("retracted_at IS NULL")
EVER_LISTED = text("published_at IS NOT NULL")
PART_SIZE = 1000
"""How many ids of articles are one part of them, which a sitemap tells of."""
PART = f"(id / {PART_SIZE})"
"""The part of an article, and when it last changed for readers, as both stores index them."""
CHANGED = "coalesce(retracted_at, updated_at, published_at)"


class Section(Base):
    """A part of the paper. `position` orders the masthead, in which those stand that are `in_masthead`.

    `listed_from` is the moment from which it has a public article, none without one: a masthead is read from it alone.
    """

    __tablename__ = "section"
    __table_args__ = STRICT

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    in_masthead: Mapped[bool] = mapped_column(default=True, server_default=true())
    listed_from: Mapped[datetime | None]

    def cache_tags(self) -> Iterator[str]:
        """The pages that name it: its own, and every page has the masthead."""
        yield tag_of("section", self.id)
        yield MASTHEAD


class Tag(Base):
    """A subject that articles share."""

    __tablename__ = "tag"
    __table_args__ = STRICT

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]

    def cache_tags(self) -> Iterator[str]:
        """The pages that name it."""
        yield tag_of("tag", self.id)


class Author(Base):
    """A byline."""

    __tablename__ = "author"
    __table_args__ = (Index("ix_author_name", text("lower(name)")), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")

    def cache_tags(self) -> Iterator[str]:
        """The pages that name them."""
        yield tag_of("author", self.id)


class Standing(NamedTuple):
    """The moments of an article that say who sees it, and who may comment on it; `articles.closing` knows the last."""

    published_at: datetime | None
    retracted_at: datetime | None
    comments_close_at: datetime | None

    def is_public(self, at: datetime) -> bool:
        """Whether readers may see it at that moment."""
        return self.retracted_at is None and self.published_at is not None and self.published_at <= at

    def takes_comments(self, at: datetime) -> bool:
        """Whether readers may still comment on it at that moment."""
        return self.is_public(at) and (self.comments_close_at is None or at < self.comments_close_at)


class Article(Base):
    """A story. It is public from `published_at` on, a moment that may lie ahead, until `retracted_at` is set.

    `html` is what `source` (Markdown) was rendered to by renderer number `renderer`; READ ALSO references cut it in
    parts, and it has `word_count` words, 0 where nobody counted them yet. `sources` are what it rests on, each with a
    `title` and a `url`, which may be empty. `version` counts the changes, `updated_at` is the last one that readers
    should know of. `comment_count` is that of its approved comments, `thread_count` that of the threads which its
    discussion shows. `comments_mode` is set for it alone, if it is; `articles.modes` knows the one that counts.
    """

    __tablename__ = "article"
    __table_args__ = (
        Index("ix_article_published", "published_at", "id", postgresql_where=LISTED, sqlite_where=LISTED),
        Index(
            "ix_article_section_published",
            "section_id",
            "published_at",
            "id",
            postgresql_where=LISTED,
            sqlite_where=LISTED,
        ),
        Index("ix_article_part", text(PART), text(CHANGED), postgresql_where=EVER_LISTED, sqlite_where=EVER_LISTED),
        Index(None, "media_id"),
        STRICT | {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    headline: Mapped[str]
    standfirst: Mapped[str] = mapped_column(default="")
    source: Mapped[str]
    html: Mapped[Markup]
    renderer: Mapped[int]
    word_count: Mapped[int] = mapped_column(default=0, server_default="0")
    sources: Mapped[list[dict[str, str]]] = mapped_column(JSONDocument, default=list, server_default="[]")
    lang: Mapped[str] = mapped_column(default="en")
    section_id: Mapped[int | None] = mapped_column(ForeignKey("section.id"), active_history=True)
    media_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    image_alt: Mapped[str] = mapped_column(default="")
    image_caption: Mapped[str] = mapped_column(default="")
    image_credit: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime | None]
    retracted_at: Mapped[datetime | None]
    retraction_reason: Mapped[str] = mapped_column(default="")
    comments_close_at: Mapped[datetime | None]
    comments_mode: Mapped[CommentsMode | None] = mapped_column(
        Enum(CommentsMode, native_enum=False, length=16, values_callable=list)
    )
    comment_count: Mapped[int] = mapped_column(default=0)
    thread_count: Mapped[int] = mapped_column(default=0, server_default="0")
    version: Mapped[int]

    section: Mapped[Section | None] = relationship(lazy="raise")
    media: Mapped[Media | None] = relationship(lazy="raise")
    authorships: Mapped[list["Authorship"]] = relationship(
        lazy="raise", order_by="Authorship.position", cascade="all, delete-orphan", passive_deletes=True
    )
    taggings: Mapped[list["Tagging"]] = relationship(
        lazy="raise", order_by="Tagging.position", cascade="all, delete-orphan", passive_deletes=True
    )
    references: Mapped[list["Reference"]] = relationship(
        lazy="raise",
        order_by="Reference.position",
        cascade="all, delete-orphan",
        passive_deletes=True,
        foreign_keys="Reference.article_id",
    )

    def cache_tags(self) -> Iterator[str]:
        """Its own page and all that show its card; where it moves into or out of lists, those lists; and sitemaps."""
        yield tag_of("article", self.id)
        if is_changed(self, "published_at", "retracted_at", "section_id"):
            yield FRONT
            yield from (tag_of("section", section_id) for section_id in before_and_after(self, "section_id"))
        if is_changed(self, "published_at", "retracted_at"):
            yield ARCHIVE
        if is_changed(self, "slug", "published_at", "updated_at", "retracted_at", "media_id"):
            yield SITEMAPS
            yield tag_of("sitemap", self.id // PART_SIZE)
        if is_changed(self, "slug", "published_at", "retracted_at", "headline", "lang"):
            yield NEWS
        if is_changed(self, "published_at", "retracted_at"):
            yield CORRECTIONS

    @property
    def standing(self) -> Standing:
        """What the clock is compared with."""
        return Standing(self.published_at, self.retracted_at, self.comments_close_at)

    def is_public(self, at: datetime) -> bool:
        """Whether readers may see it at that moment."""
        return self.standing.is_public(at)


class Authorship(Base):
    """Who signs an article, in order. `listed_at` repeats the article's `published_at` (none once it is taken back),

    so that an author's page is read from one index however many articles there are.
    """

    __tablename__ = "authorship"
    __table_args__ = (Index(None, "author_id", "listed_at", "article_id"), STRICT)

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"), primary_key=True)
    position: Mapped[int]
    listed_at: Mapped[datetime | None]

    def cache_tags(self) -> Iterator[str]:
        """The list that the article joins, leaves or stands in, and the article."""
        yield tag_of("author", self.author_id)
        yield tag_of("article", self.article_id)

    author: Mapped[Author] = relationship(lazy="raise")


class Tagging(Base):
    """Which tags an article bears, in order; `listed_at` as in Authorship."""

    __tablename__ = "tagging"
    __table_args__ = (Index(None, "tag_id", "listed_at", "article_id"), STRICT)

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True)
    position: Mapped[int]
    listed_at: Mapped[datetime | None]

    def cache_tags(self) -> Iterator[str]:
        """The list that the article joins, leaves or stands in, and the article."""
        yield tag_of("tag", self.tag_id)
        yield tag_of("article", self.article_id)

    tag: Mapped[Tag] = relationship(lazy="raise")


class Reference(Base):
    """A READ ALSO: it names an article by slug, and follows that article once there is one."""

    __tablename__ = "reference"
    __table_args__ = (Index(None, "slug"), Index(None, "target_id"), STRICT)

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    label: Mapped[str]
    target_id: Mapped[int | None] = mapped_column(ForeignKey("article.id", ondelete="SET NULL"))

    def cache_tags(self) -> Iterator[str]:
        """The page that it stands on."""
        yield tag_of("article", self.article_id)

    target: Mapped[Article | None] = relationship(lazy="raise", foreign_keys=[target_id])
