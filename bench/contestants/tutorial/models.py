"""The tutorial's tables."""

from datetime import UTC, datetime

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """The base class."""


db = SQLAlchemy(model_class=Base)


def now() -> datetime:
    """The present in UTC, without a zone, as SQLite keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


article_tag = db.Table(
    "article_tag",
    db.Column("article_id", ForeignKey("article.id"), primary_key=True),
    db.Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class Section(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    position: Mapped[int]


class Tag(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Author(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Article(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    headline: Mapped[str]
    standfirst: Mapped[str]
    html: Mapped[str]
    image: Mapped[str]
    image_alt: Mapped[str]
    image_caption: Mapped[str]
    image_credit: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(index=True)
    comment_count: Mapped[int]
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))

    section: Mapped[Section] = relationship()
    author: Mapped[Author] = relationship()
    tags: Mapped[list[Tag]] = relationship(secondary=article_tag)


class Comment(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    name: Mapped[str]
    html: Mapped[str]
    approved: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(index=True)

    article: Mapped[Article] = relationship()
    parent: Mapped["Comment | None"] = relationship(remote_side=[id])
