"""How often each cache tag was touched, counted inside the transaction that makes the change.

A row names the pages that show it with `cache_tags()`. What a transaction flushed is gathered, and its tags are counted
up as the last thing before the commit: a change and its count are seen together or not at all, and nobody waits long
for a counter that another transaction holds. They are counted in the order of their names, so that no two
transactions wait for each other.
"""

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, cast

from flask import current_app
from sqlalchemy import JSON, Table, bindparam, func, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from davidson.clock import utcnow
from davidson.database import STRICT, Base, db, settle_at_commit, settle_later
from davidson.pagecache.edge import Edge
from davidson.pagecache.freshness import EDGE_LOCK
from davidson.pagecache.purging import queue_purge
from davidson.statements import Statement
from davidson.web.signing import settings

TOUCHED = "touched"


class PageVersion(Base):
    """How often the pages with `tag` became another; a tag without a row was never touched."""

    __tablename__ = "page_version"
    __table_args__ = STRICT

    tag: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]


_TABLE = cast("Table", PageVersion.__table__)
# All at once, in the order of the list; SQLite needs the condition to know what ON belongs to.
_TAGS = bindparam("tags", type_=JSON())
_GIVEN = {
    "postgresql": func.json_array_elements_text(_TAGS).table_valued("value"),
    "sqlite": func.json_each(_TAGS).table_valued("value"),
}
_COUNTED = {
    kind: Statement(
        dialect.insert(_TABLE)
        .from_select(
            ["tag", "version"], select(_GIVEN[kind].c.value, literal_column("1")).where(literal_column("1 = 1"))
        )
        .on_conflict_do_update(index_elements=[_TABLE.c.tag], set_={"version": _TABLE.c.version + 1})
    )
    for kind, dialect in (("postgresql", postgresql), ("sqlite", sqlite))
}


def touch(*tags: str) -> None:
    """Count these tags up when the session commits. For changes that pass the rows' objects by."""
    settle_later(TOUCHED, tags)


def versions_of(tags: Collection[str]) -> int:
    """The sum of the tags' versions, as this transaction sees them. It grows with each change, so it says them all."""
    if not tags:
        return 0  # It shows the settings alone.
    found = _total(len(tags)).first(**{f"tag_{number}": tag for number, tag in enumerate(tags)})
    return int(found[0]) if found else 0


@cache
def _total(tags: int) -> Statement:
    """The statement for so many tags, of which a page has a few dozen at most."""
    places = [bindparam(f"tag_{number}", type_=_TABLE.c.tag.type) for number in range(tags)]
    return Statement(select(func.coalesce(func.sum(_TABLE.c.version), 0)).where(_TABLE.c.tag.in_(places)))


def _tags(session: Session) -> set[str]:
    """The tags of each row that was flushed. Its history is still there, and a new row has its id."""
    rows: Iterable[Any] = (
        *session.new,
        *session.deleted,
        *(row for row in session.dirty if session.is_modified(row)),
    )
    return {tag for row in rows if hasattr(row, "cache_tags") for tag in row.cache_tags()}


def _count(tags: set[str]) -> None:
    connection = db.session.connection()
    _COUNTED[connection.dialect.name].rows(connection, {"tags": sorted(tags)})
    if settings().purge_url:
        queue_purge(tags, now=utcnow())
    _take_away(tags)


def _take_away(tags: Collection[str]) -> None:
    """Take the pages away that a web server answers by itself, before anybody can know of the change."""
    edge: Edge = current_app.extensions["davidson-edge"]
    if not edge.is_open:
        return
    if db.session.get_bind().dialect.name == "postgresql":  # On SQLite a writer keeps all others out anyway.
        db.session.execute(select(func.pg_advisory_xact_lock_shared(EDGE_LOCK)))
    edge.take_away(tags)


settle_at_commit(TOUCHED, _tags, _count)
