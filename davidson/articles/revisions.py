"""What articles said in their versions, and which pictures stand in their texts."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Enum, ForeignKey, Index, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from davidson.articles.changes import ChangeKind
from davidson.articles.models import Article
from davidson.database import STRICT, Base, db
from davidson.pagecache.tags import CORRECTIONS, before_and_after, tag_of

IS_CORRECTION = text("kind = 'correction'")
HAS_NOTE = text("note <> ''")


class Revision(Base):
    """What an article said in one of its versions; added with each change of its text, which is never changed.

    `kind` is what the change was to readers, none where they had not seen the article; `note` what they are told of it.
    These may be said later, and taken back (`articles.amending`).
    """

    __tablename__ = "revision"
    __table_args__ = (
        Index(
            "ix_revision_correction",
            "created_at",
            "article_id",
            postgresql_where=IS_CORRECTION,
            sqlite_where=IS_CORRECTION,
        ),
        Index("ix_revision_note", "article_id", "number", postgresql_where=HAS_NOTE, sqlite_where=HAS_NOTE),
        STRICT,
    )

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    headline: Mapped[str]
    standfirst: Mapped[str]
    source: Mapped[str]
    created_at: Mapped[datetime]
    kind: Mapped[ChangeKind | None] = mapped_column(
        Enum(ChangeKind, native_enum=False, length=16, values_callable=list), active_history=True
    )
    note: Mapped[str] = mapped_column(default="", server_default="")

    def cache_tags(self) -> Iterator[str]:
        """The article's page and its history; and the list of corrections."""
        yield tag_of("article", self.article_id)
        if ChangeKind.CORRECTION in before_and_after(self, "kind"):
            yield CORRECTIONS


class BodyPicture(Base):
    """A picture in an article's text, whose HTML names its files of that `drawing`: with another it is outdated."""

    __tablename__ = "body_picture"
    __table_args__ = (Index(None, "media_id"), STRICT)

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), primary_key=True)
    drawing: Mapped[int]


def add_revision(article: Article, kind: ChangeKind | None, note: str, now: datetime) -> None:
    """Keep what an article says now as its newest version."""
    newest = db.session.scalar(select(func.max(Revision.number)).where(Revision.article_id == article.id))
    db.session.add(
        Revision(
            article_id=article.id,
            number=(newest or 0) + 1,
            headline=article.headline,
            standfirst=article.standfirst,
            source=article.source,
            created_at=now,
            kind=kind,
            note=note,
        )
    )
