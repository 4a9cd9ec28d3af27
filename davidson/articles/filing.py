"""What articles are found by: their words, and what they are filed under, for all that are listed.

Whatever changes an article as an object changes this in the same transaction: what was flushed is gathered, and filed
anew as the last thing before the commit. So no act has to remember it. The stores' indexes follow the table by
triggers (revision 0022).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, cast

from sqlalchemy import ForeignKey, Table, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from davidson.articles.models import Article, Authorship
from davidson.database import STRICT, Base, db, settle_at_commit
from davidson.pagecache.tags import is_changed
from davidson.text.indexed import as_indexed

TO_FILE = "articles to file"
SHOWN = ("headline", "standfirst", "html", "section_id", "published_at", "retracted_at")
AT_ONCE = 200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
IDS = 2**24
"""How many articles of one second have places of their own."""


class ArticleWords(Base):
    """The words of an article that is public from some moment on and was not taken back.

    `place` is that of the article in the order of time: that of a later one is higher. So an index of words, which is
    in the order of its numbers, gives the newest first. `labels` are what it is filed under, with spaces between.
    """

    __tablename__ = "article_words"
    __table_args__ = STRICT

    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), unique=True)
    labels: Mapped[str]
    headline: Mapped[str]
    standfirst: Mapped[str]
    body: Mapped[str]


LISTED = "inthepaper"
"""The label of every article."""


def section_label(section_id: int) -> str:
    """The label of the articles in a section."""
    return f"section{section_id}"


def author_label(author_id: int) -> str:
    """The label of an author's articles."""
    return f"author{author_id}"


def first_place(at: datetime) -> int:
    """The lowest place of an article that is public from that moment on, and from the same second as others are."""
    return (at - EPOCH) // SECOND * IDS


def file_articles(ids: Iterable[int]) -> None:
    """File these articles as they are in the store now: for those who change them past their objects."""
    wanted = sorted(ids)
    for some in (wanted[begin : begin + AT_ONCE] for begin in range(0, len(wanted), AT_ONCE)):
        rows = db.session.execute(_ARTICLES.where(Article.id.in_(some))).all()
        signed = db.session.execute(_AUTHORS.where(Authorship.article_id.in_(some))).all()
        authors = {article: [row.author_id for row in those] for article, those in groupby(signed, lambda row: row[0])}
        db.session.execute(delete(_TABLE).where(_TABLE.c.article_id.in_(some)))
        filed = [_filed(row, authors.get(row.id, ())) for row in rows]
        if filed:
            db.session.execute(insert(_TABLE), filed)


def _filed(row: Any, authors: Sequence[int]) -> dict[str, object]:
    labels = [LISTED, *([section_label(row.section_id)] if row.section_id else []), *map(author_label, authors)]
    return {
        "place": first_place(row.published_at) + row.id % IDS,
        "article_id": row.id,
        "labels": " ".join(labels),
        "headline": as_indexed(row.headline),
        "standfirst": as_indexed(row.standfirst),
        "body": as_indexed(row.html),
    }


_TABLE = cast("Table", ArticleWords.__table__)
_ARTICLES = select(
    Article.id, Article.headline, Article.standfirst, Article.html, Article.section_id, Article.published_at
).where(Article.published_at.is_not(None), Article.retracted_at.is_(None))
_AUTHORS = select(Authorship.article_id, Authorship.author_id).order_by(Authorship.article_id, Authorship.position)


def _changed(session: Session) -> set[int]:
    """The articles of which something was flushed that they are found by."""
    changed = [row for row in (*session.new, *session.dirty) if isinstance(row, Article) and is_changed(row, *SHOWN)]
    signed = [row for row in (*session.new, *session.deleted) if isinstance(row, Authorship)]
    return {row.id for row in changed} | {row.article_id for row in signed}


settle_at_commit(TO_FILE, _changed, file_articles)
