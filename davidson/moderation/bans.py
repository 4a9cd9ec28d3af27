"""Banning a sender until a moment, and the bans that hold. What a ban does is `davidson.comments.screening.bans`'."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, delete, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from davidson.accounts.models import Staff
from davidson.audit.log import Actor, record
from davidson.comments.bans import Ban, SenderKind
from davidson.comments.models import Comment
from davidson.database import db, found_once
from davidson.moderation.senders import key_of
from davidson.text.dates import iso
from davidson.web.paging import MOST, Cursor

PAGE_SIZE = 25
LONGEST = timedelta(days=366)
"""A ban keeps the hash of a network, so it must end."""

_BAN = cast("Table", Ban.__table__)


class BannedAlready(Exception):
    """A ban on the sender holds, and must end before there is another one."""


class NoSuchBan(LookupError):
    """There is no ban with that id that holds."""


@dataclass(frozen=True)
class HeldBan:
    """A ban that holds. `name` is that of the comment beside which it was placed, `by` that of who placed it."""

    id: int
    key: str
    kind: SenderKind
    comment_id: int
    name: str
    reason: str
    by: str | None
    placed_at: datetime
    ends_at: datetime


def _placing(insert: Any) -> Any:
    """Insert a ban, or let it take the place of one on the same sender that is over."""
    given = insert(_BAN)
    taken = {column.name: given.excluded[column.name] for column in _BAN.c if column.name not in ("id", "key")}
    is_over = _BAN.c.ends_at <= given.excluded.placed_at
    return given.on_conflict_do_update(index_elements=[_BAN.c.key], set_=taken, where=is_over).returning(_BAN.c.id)


_PLACE = {"postgresql": _placing(postgresql.insert), "sqlite": _placing(sqlite.insert)}
_END = (
    update(_BAN)
    .where(_BAN.c.id == bindparam("ban"), _BAN.c.ends_at > bindparam("now", type_=_BAN.c.ends_at.type))
    .values(ends_at=bindparam("now", type_=_BAN.c.ends_at.type))
    .returning(_BAN.c.kind, _BAN.c.comment_id)
)


def place_ban(
    comment_id: int,
    kind: SenderKind,
    *,
    ends_at: datetime,
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Hold all that comes from a comment's network or author token until `ends_at`, and give the ban's id.

    The caller commits. Raises NoSuchComment, UnknownSender and BannedAlready, having changed nothing.
    """
    ban = {
        "key": key_of(comment_id, kind),
        "kind": kind.value,
        "comment_id": comment_id,
        "reason": reason,
        "staff_id": actor.id,
        "placed_at": now,
        "ends_at": ends_at,
    }
    connection = db.session.connection()
    ban_id = connection.execute(_PLACE[connection.dialect.name], ban).scalar_one_or_none()
    if ban_id is None:
        raise BannedAlready(str(comment_id))
    # The log is kept for ever, so it names the comment and not the hash.
    details = {"comment": comment_id, "until": iso(ends_at)}
    record(
        "ban.place",
        actor=actor,
        subject=f"ban:{ban_id}",
        at=now,
        to_state=kind,
        reason=reason,
        details=details,
    )
    return int(ban_id)


def end_ban(ban_id: int, *, actor: Actor, now: datetime) -> int:
    """End a ban early, and give the comment beside which it was placed. The caller commits. Raises NoSuchBan."""
    row = db.session.connection().execute(_END, {"ban": ban_id, "now": now}).one_or_none() if _is_id(ban_id) else None
    if row is None:
        raise NoSuchBan(str(ban_id))
    details = {"comment": row.comment_id}
    record("ban.end", actor=actor, subject=f"ban:{ban_id}", at=now, from_state=row.kind, details=details)
    return int(row.comment_id)


def bans_that_hold(now: datetime, *, after: Cursor | None) -> tuple[Sequence[HeldBan], Cursor | None]:
    """One page of the bans, those that end first at its head, and where the next page begins."""
    begin = Ban.ends_at > now
    if after is not None and after.at >= now:
        begin = tuple_(Ban.ends_at, Ban.id) > tuple_(after.at, after.id)
    statement = _HELD.where(begin).order_by(Ban.ends_at, Ban.id).limit(PAGE_SIZE + 1)
    found = _held(statement)
    last = found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None
    return found[:PAGE_SIZE], Cursor(last.ends_at, last.id) if last else None


def bans_on(keys: Collection[str], now: datetime) -> dict[str, HeldBan]:
    """The bans that hold on the senders with these keys, by key."""
    return {ban.key: ban for ban in _held(_HELD.where(Ban.key.in_(keys), Ban.ends_at > now))} if keys else {}


def forget_bans(until: datetime, *, most: int) -> int:
    """Delete at most so many bans that were over then, with the hashes in them; gives how many. The caller commits."""
    statement = delete(Ban).where(Ban.id.in_(found_once(ended_bans(until, most=most)))).returning(Ban.id)
    return len(db.session.execute(statement, execution_options={"synchronize_session": False}).all())


def ended_bans(until: datetime, *, most: int) -> Select[int]:
    """The bans that were over then, those that ended first at their head, that nobody else holds just now."""
    ended = select(Ban.id).where(Ban.ends_at <= until).order_by(Ban.ends_at, Ban.id)
    return ended.limit(most).with_for_update(skip_locked=True)


_HELD = (
    select(
        Ban.id,
        Ban.key,
        Ban.kind,
        Ban.comment_id,
        Comment.name,
        Ban.reason,
        Staff.name.label("by"),
        Ban.placed_at,
        Ban.ends_at,
    )
    .join(Comment, Comment.id == Ban.comment_id)
    .outerjoin(Staff, Staff.id == Ban.staff_id)
)


def _held(statement: Select[*tuple[Any, ...]]) -> list[HeldBan]:
    return [HeldBan(**{**row._mapping, "kind": SenderKind(row.kind)}) for row in db.session.execute(statement)]


def _is_id(number: int) -> bool:
    return 0 < number <= MOST
