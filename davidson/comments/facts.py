"""What screening may know of a sender, asked for with every comment and so with as little work as its rules allow.

The newsroom's terms and the names of its staff change seldom: a process keeps them under the version that their rows
count up with each change (`cache_tags()`), and reads them anew in the transaction in which it sees another version.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from flask import current_app
from sqlalchemy import Connection, bindparam, exists, select

from davidson.accounts.models import Staff
from davidson.comments.draft import Facts, Recent, Term, TermKind
from davidson.comments.models import BlockedTerm, Comment
from davidson.comments.status import CommentStatus
from davidson.database import is_reading
from davidson.pagecache.tags import SCREENING
from davidson.pagecache.versions import PageVersion

# How far back, and how many, comments are compared with a new one.
RECENT_WINDOW = timedelta(days=3)
RECENT_LIMIT = 60
WORDS = "davidson-newsroom-words"

_COMMENT = Comment.__table__.c
_STANDING = select(
    select(PageVersion.version).where(PageVersion.tag == SCREENING).scalar_subquery(),
    exists().where(_COMMENT.author_key == bindparam("author_key"), _COMMENT.status == CommentStatus.APPROVED),
)
_RECENT = (
    select(_COMMENT.id, _COMMENT.source, _COMMENT.status, _COMMENT.article_id, _COMMENT.sender)
    .where(_COMMENT.created_at > bindparam("since"), _COMMENT.status != CommentStatus.DELETED)
    .order_by(_COMMENT.created_at.desc(), _COMMENT.id.desc())
    .limit(RECENT_LIMIT)
)
_TERMS = select(BlockedTerm.term, BlockedTerm.kind)
_STAFF_NAMES = select(Staff.name).where(Staff.disabled_at.is_(None))


class NewsroomWords(NamedTuple):
    """What drafts are compared with, as of one version; None is that of words that nobody ever changed."""

    version: int | None
    terms: tuple[Term, ...]
    staff_names: tuple[str, ...]


def facts_about(
    connection: Connection,
    *,
    article_id: int,
    sender: str,
    author_key: str | None,
    now: datetime,
    min_seconds: int,
    site_name: str,
    instead_of: int | None = None,
) -> Facts:
    """What screening may know of a sender; `instead_of` is the id of the comment that an edit replaces."""
    version, known = connection.execute(_STANDING, {"author_key": author_key}).one()
    words = _words_at(connection, version)
    rows = connection.execute(_RECENT, {"since": now - RECENT_WINDOW}).all()
    recent = [
        Recent(id_, source, status, its_article == article_id, its_sender == sender)
        for id_, source, status, its_article, its_sender in rows
        if id_ != instead_of
    ]
    return Facts(
        known=bool(known),
        recent=tuple(recent),
        terms=words.terms,
        min_seconds=min_seconds,
        staff_names=words.staff_names,
        site_name=site_name,
    )


def _words_at(connection: Connection, version: int | None) -> NewsroomWords:
    """The words of that version, which is the present one.

    A transaction that writes may have changed them itself, and the version counts only what was committed.
    """
    if not is_reading():
        return _read_words(connection, version)
    kept: NewsroomWords | None = current_app.extensions.get(WORDS)
    if kept is None or kept.version != version:
        kept = current_app.extensions[WORDS] = _read_words(connection, version)
    return kept


def _read_words(connection: Connection, version: int | None) -> NewsroomWords:
    terms = tuple(Term(term, TermKind(kind)) for term, kind in connection.execute(_TERMS))
    return NewsroomWords(version, terms, tuple(connection.scalars(_STAFF_NAMES)))
