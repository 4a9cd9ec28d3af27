"""The statements that store a comment: built once, for one is run with every comment, and without objects.

A row that is changed here passes `cache_tags()` by, so the pages that show it are named by hand.
"""

from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite

from davidson.articles.models import Article
from davidson.comments.models import Comment
from davidson.comments.pages import Place, follow_thread
from davidson.pagecache.tags import tag_of
from davidson.pagecache.versions import touch
from davidson.statements import Statement

_COMMENT = cast("Table", Comment.__table__)
_ARTICLE = cast("Table", Article.__table__)
# The store itself keeps a fingerprint unique: of two workers that are sent one form at once, one inserts nothing.
_LATER = frozenset({"id", "edited_at", "staff_id", "picked_at", "heated_until"})
_FILLED = [column.name for column in _COMMENT.c if column.name not in _LATER]
_INSERT = {
    dialect.__name__.rpartition(".")[2]: Statement(
        dialect.insert(_COMMENT)
        .on_conflict_do_nothing(index_elements=[_COMMENT.c.fingerprint])
        .returning(_COMMENT.c.id),
        _FILLED,
    )
    for dialect in (postgresql, sqlite)
}
_FORGET = update(_COMMENT).where(_COMMENT.c.id == bindparam("comment_id")).values(fingerprint=None)
_COUNT = Statement(
    update(_ARTICLE)
    .where(_ARTICLE.c.id == bindparam("article_id"))
    .values(
        comment_count=_ARTICLE.c.comment_count + 1,
        thread_count=_ARTICLE.c.thread_count + bindparam("threads", type_=_ARTICLE.c.thread_count.type),
    )
    .returning(_ARTICLE.c.thread_count)
)
_COUNT_REPLY = Statement(
    update(_COMMENT).where(_COMMENT.c.id == bindparam("comment_id")).values(reply_count=_COMMENT.c.reply_count + 1)
)


def insert_once(connection: Connection, row: dict[str, Any]) -> int | None:
    """Insert a comment and give its id; None where one with its fingerprint is there, or came this very moment."""
    found = _INSERT[connection.dialect.name].row(connection, row)
    return found[0] if found else None


def forget_fingerprint(connection: Connection, comment_id: int) -> None:
    """Let an older comment's form be sent anew. The row's version stays, for a decision may be at work on it."""
    connection.execute(_FORGET, {"comment_id": comment_id})


def count_appearance(connection: Connection, place: Place, *, thread_id: int | None) -> None:
    """Let the counts of the article and of the thread follow a comment that readers see from now on.

    `thread_id` is None for one that begins a thread. The article is locked.
    """
    begins = thread_id is None
    found = _COUNT.row(connection, {"article_id": place.article_id, "threads": int(begins)})
    if thread_id is not None:
        _COUNT_REPLY.rows(connection, {"comment_id": thread_id})
    elif found:
        follow_thread(place, threads=found[0])
    touch(tag_of("article", place.article_id))
