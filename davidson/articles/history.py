"""What was changed in articles that readers may have read, and why: of one article, and the corrections of all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, literal_column, select, tuple_

from davidson.articles.cards import article_path
from davidson.articles.changes import ChangeKind
from davidson.articles.lists import due_at, next_joining
from davidson.articles.models import Article
from davidson.articles.queries import is_public
from davidson.articles.revisions import IS_CORRECTION, Revision
from davidson.database import UTCDateTime
from davidson.pagecache.dependencies import shows
from davidson.pagecache.tags import CORRECTIONS, tag_of
from davidson.statements import Statement
from davidson.text.places import Place, changed_places
from davidson.web.paging import MOST, Cursor

CHANGES = 10
"""Changes on a page of an article's history."""
CORRECTED = 20
"""Corrections on a page of those of all articles."""


@dataclass(frozen=True)
class ChangeTold:
    """A change to an article: what it was to readers, what they were told, and where the text became another."""

    number: int
    kind: ChangeKind
    note: str
    at: datetime
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Correction:
    """What was wrong in an article."""

    headline: str
    slug: str
    lang: str
    note: str
    at: datetime

    @property
    def url(self) -> str:
        return article_path(self.slug)


@dataclass(frozen=True)
class HistoryPage:
    """A page of an article's history, newest first; `older` is the number before which the next one begins."""

    changes: tuple[ChangeTold, ...]
    older: int | None


@dataclass(frozen=True)
class CorrectionsPage:
    """A page of corrections, newest first, and where the next older one begins, if there is one."""

    corrections: tuple[Correction, ...]
    older: Cursor | None


def _history() -> Select[*tuple[Any, ...]]:
    """Each change with what the article said before; none of the time before it was last taken back."""
    said, before, again = Revision.__table__, Revision.__table__.alias("before"), Revision.__table__.alias("again")
    last_again = (
        select(func.coalesce(func.max(again.c.number), 0))
        .where(again.c.article_id == bindparam("article_id"), again.c.kind == literal_column("'again'"))
        .scalar_subquery()
    )
    texts = ("headline", "standfirst", "source")
    return (
        select(
            *(said.c.number, said.c.kind, said.c.note, said.c.created_at),
            *(said.c[name] for name in texts),
            *(before.c[name].label(f"{name}_before") for name in texts),
        )
        .select_from(
            said.join(before, and_(before.c.article_id == said.c.article_id, before.c.number == said.c.number - 1))
        )
        .where(
            said.c.article_id == bindparam("article_id"),
            said.c.number < bindparam("before"),
            said.c.number >= last_again,
            said.c.kind.is_not(None),
        )
        .order_by(said.c.number.desc())
        .limit(literal_column(str(CHANGES + 1)))
    )


def _corrections(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    revision, article = Revision.__table__.c, Article.__table__.c
    return (
        select(revision.article_id, revision.created_at, revision.note, article.headline, article.slug, article.lang)
        .select_from(Revision.__table__.join(Article.__table__, article.id == revision.article_id))
        .where(IS_CORRECTION, is_public(bindparam("at")), *conditions)
        .order_by(revision.created_at.desc(), revision.article_id.desc())
        .limit(literal_column(str(CORRECTED + 1)))
    )


_OLDER = tuple_(Revision.__table__.c.created_at, Revision.__table__.c.article_id) < tuple_(
    bindparam("before_at", type_=UTCDateTime()), bindparam("before_id")
)
HISTORY = Statement(_history())
IS_TOLD = Statement(
    select(Revision.__table__.c.number).where(
        Revision.__table__.c.article_id == bindparam("article_id"),
        Revision.__table__.c.number == bindparam("number"),
        Revision.__table__.c.kind.is_not(None),
    )
)
CORRECTIONS_NEWEST = Statement(_corrections())
CORRECTIONS_OLDER = Statement(_corrections(_OLDER))
# An article that was corrected may have been put off to a later moment since.
_IS_CORRECTED = exists().where(Revision.__table__.c.article_id == Article.__table__.c.id, IS_CORRECTION)
NEXT_AT = next_joining(Article.__table__.c.published_at, Article.__table__.c.retracted_at.is_(None), _IS_CORRECTED)


def history_of(article_id: int, *, before: int | None) -> HistoryPage | None:
    """A page of what was changed in an article that is public, from the change before that number on.

    None where no page names that number: each is made with effort and kept, so there are as many as there are changes.
    """
    if before is not None and not IS_TOLD.all(article_id=article_id, number=before):
        return None
    shows(tag_of("article", article_id))
    rows = HISTORY.all(article_id=article_id, before=MOST if before is None else before)
    changes = tuple(_told(row) for row in rows[:CHANGES])
    return HistoryPage(changes, changes[-1].number if len(rows) > CHANGES else None)


def corrections_page(at: datetime, *, before: Cursor | None) -> CorrectionsPage:
    """A page of what was wrong in articles that are public then."""
    shows(CORRECTIONS)
    due_at(NEXT_AT, at=at)
    if before:
        rows = CORRECTIONS_OLDER.all(at=at, before_at=before.at, before_id=before.id)
    else:
        rows = CORRECTIONS_NEWEST.all(at=at)
    shown = rows[:CORRECTED]
    shows(*(tag_of("article", row.article_id) for row in shown))
    older = Cursor(shown[-1].created_at, shown[-1].article_id) if len(rows) > CORRECTED else None
    corrections = (Correction(row.headline, row.slug, row.lang, row.note, row.created_at) for row in shown)
    return CorrectionsPage(tuple(corrections), older)


def _told(row: Any) -> ChangeTold:
    kind = ChangeKind(row.kind)
    # What was taken back is not to be read once more in what differs from it.
    places = () if kind is ChangeKind.AGAIN else changed_places(_whole(row, "_before"), _whole(row, ""))
    return ChangeTold(row.number, kind, row.note, row.created_at, places)


def _whole(row: Any, suffix: str) -> str:
    return whole_text(*(getattr(row, f"{name}{suffix}") for name in ("headline", "standfirst", "source")))


def whole_text(headline: str, standfirst: str, source: str) -> str:
    """All that a version said, in paragraphs."""
    return f"{headline}\n\n{standfirst}\n\n{source}"
