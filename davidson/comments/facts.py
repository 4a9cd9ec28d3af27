"""What screening may know of a sender, asked for with every comment and so with as little work as its rules allow.

The newsroom's terms and the names of its staff change seldom: a process keeps them under the version that their rows
count up with each change (`cache_tags()`), and reads them anew in the transaction in which it sees another version.
"""

import json
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import current_app
from sqlalchemy import BigInteger, Connection, String, Text, bindparam, cast, func, select, type_coerce

from davidson.accounts.models import Staff
from davidson.comments.bans import end_of_ban
from davidson.comments.draft import Draft, Facts, Recent, Term, TermKind, Wave
from davidson.comments.lessons import LEARNED, buckets_of, learned_in
from davidson.comments.models import BlockedTerm, Comment
from davidson.comments.status import CommentStatus
from davidson.database import is_reading
from davidson.statements import Statement

# How far back, and how many, comments are compared with a new one.
RECENT_WINDOW = timedelta(days=3)
RECENT_LIMIT = 60
WORDS = "davidson-newsroom-words"

_COMMENT = Comment.__table__.c
_KNOWN = Statement(
    select(_COMMENT.id)
    .where(
        _COMMENT.author_key == bindparam("author_key"),
        _COMMENT.status == CommentStatus.APPROVED,
        _COMMENT.id != bindparam("instead_of"),
    )
    .offset(bindparam("others", type_=BigInteger()))  # As many as make an author known, but for this last one.
    .limit(1)
)
_STATUSES = {status.value: status for status in CommentStatus}
_RECENT = (
    select(_COMMENT.id, _COMMENT.source, type_coerce(_COMMENT.status, String), _COMMENT.article_id, _COMMENT.sender)
    .where(_COMMENT.created_at > bindparam("since"), _COMMENT.status != CommentStatus.DELETED)
    .order_by(_COMMENT.created_at.desc(), _COMMENT.id.desc())
    .limit(RECENT_LIMIT)
    .subquery()
)
# Asked for together with them and with what was learned, for the way there costs more than the answer.
_BANS = (end_of_ban("sender"), end_of_ban("author_key"))
# As one row: for each row SQLite's driver lets go of the interpreter's lock, which threads at work then fight for.
_KNOWN_OF_DRAFT = {
    "sqlite": Statement(select(func.json_group_array(func.json_array(*_RECENT.c)), *_BANS, *LEARNED["sqlite"])),
    "postgresql": Statement(
        select(cast(func.json_agg(func.json_build_array(*_RECENT.c)), Text), *_BANS, *LEARNED["postgresql"])
    ),
}
_TERMS = select(BlockedTerm.term, BlockedTerm.kind)
_STAFF_NAMES = select(Staff.name).where(Staff.disabled_at.is_(None))


class NewsroomWords(NamedTuple):
    """What drafts are compared with, as of one version; None is that of words that nobody ever changed."""

    version: int | None
    terms: tuple[Term, ...]
    staff_names: tuple[str, ...]


def facts_about(
    connection: Connection,
    words: NewsroomWords,
    draft: Draft,
    *,
    article_id: int,
    sender: str,
    author_key: str | None,
    now: datetime,
    min_seconds: int,
    site_name: str,
    trust_after: int,
    instead_of: int | None = None,
    wave: Wave | None = None,
) -> Facts:
    """What screening may know of a draft and its sender; `instead_of` is the id of the comment that it replaces.

    `wave` is the one that there is at this moment.
    """
    who = {"author_key": author_key, "instead_of": instead_of or 0, "others": trust_after - 1}
    known = author_key is not None and _KNOWN.row(connection, who) is not None
    kind = connection.dialect.name
    values = {"since": now - RECENT_WINDOW, "now": now, "sender": sender, "author_key": author_key}
    (found,) = _KNOWN_OF_DRAFT[kind].rows(connection, {**values, "buckets": buckets_of(draft, kind)})
    recent_as_json, network_banned_until, token_banned_until, *learned = found
    recent = [
        Recent(id_, source, _STATUSES[status], its_article == article_id, its_sender == sender)
        for id_, source, status, its_article, its_sender in json.loads(recent_as_json or "[]")
        if id_ != instead_of
    ]
    return Facts(
        known=known,
        recent=tuple(recent),
        terms=words.terms,
        min_seconds=min_seconds,
        staff_names=words.staff_names,
        site_name=site_name,
        learned=learned_in(learned),
        trust_after=trust_after,
        network_banned_until=network_banned_until,
        token_banned_until=token_banned_until,
        wave=wave,
    )


def words_at(connection: Connection, version: int | None) -> NewsroomWords:
    """The words of that version, which this transaction has read as the present one.

    A transaction that writes may have changed them itself, and the version counts only what was committed.
    """
    if not is_reading():
        return words_now(connection, version)
    kept: NewsroomWords | None = current_app.extensions.get(WORDS)
    if kept is None or kept.version != version:
        kept = current_app.extensions[WORDS] = words_now(connection, version)
    return kept


def words_now(connection: Connection, version: int | None = None) -> NewsroomWords:
    """The words that this transaction sees."""
    terms = tuple(Term(term, TermKind(kind)) for term, kind in connection.execute(_TERMS))
    return NewsroomWords(version, terms, tuple(connection.scalars(_STAFF_NAMES)))
