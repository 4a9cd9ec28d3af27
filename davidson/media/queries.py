"""What is kept of pictures."""

from collections.abc import Collection, Iterator, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from davidson.database import db, reading
from davidson.media.models import Media
from davidson.media.renditions import Focus, is_current

BATCH = 200


def known_focus(data: bytes) -> Focus | None:
    """The focal point of the picture in that file, if it is kept.

    It is asked for apart from the session, whose transaction may be a writer's: nobody is to wait while a picture is
    being drawn.
    """
    statement = select(Media.focus_x, Media.focus_y).where(Media.digest == sha256(data).hexdigest())
    with reading(), db.engine.connect() as connection:
        row = connection.execute(statement).one_or_none()
    return Focus(row.focus_x, row.focus_y) if row else None


def locked_picture(digest: str) -> Media | None:
    """The picture with that digest as it is now, which nobody else changes until the transaction ends.

    Its key stays, so that articles may come to show it meanwhile.
    """
    statement = select(Media).where(Media.digest == digest).with_for_update(key_share=True)
    return db.session.scalar(statement.execution_options(populate_existing=True))


def all_pictures(beginning: str = "") -> Iterator[Media]:
    """Every picture whose digest begins so, in the order in which they came.

    They are read in batches, and detached: nobody waits for what is done.
    """
    after = 0
    while True:
        statement = select(Media).where(Media.id > after, _begins_with(beginning)).order_by(Media.id).limit(BATCH)
        with reading():
            batch = db.session.scalars(statement).all()
            db.session.expunge_all()
            db.session.rollback()
        yield from batch
        if len(batch) < BATCH:
            return
        after = batch[-1].id


def number_of_pictures(beginning: str = "") -> int:
    """How many there are whose digest begins so, for who goes through all of them."""
    with reading():
        number = db.session.scalar(select(func.count()).select_from(Media).where(_begins_with(beginning))) or 0
        db.session.rollback()
    return number


def outdated_pictures() -> int:
    """How many pictures have files that this release would make otherwise."""
    return sum(not is_current(media.renditions, media.digest, media.focus) for media in all_pictures())


def known_digests(beginnings: Sequence[str]) -> set[str]:
    """Which of these beginnings of digests are those of pictures that are kept; all 20 digits long."""
    known: set[str] = set()
    for beginning in beginnings:
        statement = select(Media.id).where(_begins_with(beginning)).limit(1)
        if db.session.scalar(statement) is not None:
            known.add(beginning)
    return known


def pictures_beginning(beginnings: Collection[str], connection: Connection) -> Sequence[Any]:
    """The ids, digests, drawings, renditions and rights of the pictures whose digests begin so.

    They are as a transaction sees them, and asked for in batches, for SQLite bears no expression that is deep.
    """
    statement = select(Media.id, Media.digest, Media.drawing, Media.renditions, Media.rights)
    wanted, rows = sorted(beginnings), list[Any]()
    for start in range(0, len(wanted), BATCH):
        ranges = map(_begins_with, wanted[start : start + BATCH])
        rows += connection.execute(statement.where(or_(*ranges))).all()
    return rows


def _begins_with(beginning: str) -> ColumnElement[bool]:
    """A range of the unique index, for the operator LIKE would not use it in every collation."""
    return and_(Media.digest >= beginning, Media.digest < f"{beginning}g")
