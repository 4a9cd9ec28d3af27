"""How often one sender may ask: the `limits` library over a table of ours, or Redis where several machines share it.

The table counts exactly across processes: one UPSERT adds and tells the sum, in a transaction of its own or first in
that of the request.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, cast

from flask import Flask, current_app
from limits import RateLimitItem
from limits.storage import Storage, StorageTypes, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import Connection, Index, Table, bindparam, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from davidson.clock import utcnow
from davidson.database import STRICT, Base, db, found_once
from davidson.statements import Statement


class Throttle(Base):
    """How often `key`, made of keyed hashes only, was counted in the window that ends at `ends_at`."""

    __tablename__ = "throttle"
    __table_args__ = (Index(None, "ends_at"), STRICT)

    key: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int]
    ends_at: Mapped[datetime]


SWEEP_EVERY = timedelta(seconds=10)

_THROTTLE = cast("Table", Throttle.__table__)
_joining: ContextVar[bool] = ContextVar("joining", default=False)


def _count(insert: Any) -> Any:
    """The UPSERT of that kind of store."""
    given = (_THROTTLE.c.key, _THROTTLE.c.amount, _THROTTLE.c.ends_at)
    row = insert(_THROTTLE).values({column.name: bindparam(column.name, type_=column.type) for column in given})
    is_over = _THROTTLE.c.ends_at <= bindparam("now", type_=_THROTTLE.c.ends_at.type)
    return row.on_conflict_do_update(
        index_elements=[_THROTTLE.c.key],
        set_={
            "amount": case((is_over, row.excluded.amount), else_=_THROTTLE.c.amount + row.excluded.amount),
            "ends_at": case((is_over, row.excluded.ends_at), else_=_THROTTLE.c.ends_at),
        },
    ).returning(_THROTTLE.c.amount)


_COUNT = {"postgresql": Statement(_count(postgresql.insert)), "sqlite": Statement(_count(sqlite.insert))}
# Two that sweep in transactions of their own must not wait for each other's counts.
_OVER = select(_THROTTLE.c.key).where(_THROTTLE.c.ends_at < bindparam("over")).with_for_update(skip_locked=True)
_SWEEP = delete(_THROTTLE).where(_THROTTLE.c.key.in_(_OVER))
_SWEEP_SOME = delete(_THROTTLE).where(_THROTTLE.c.key.in_(found_once(_OVER.limit(bindparam("most")))))


@contextmanager
def _counting() -> Iterator[Connection]:
    if _joining.get():
        yield db.session.connection()
    else:
        with db.engine.begin() as connection:
            yield connection


def init_limits(app: Flask, redis_url: str) -> None:
    """Choose where the counters live: the store, or Redis where a URL names one."""
    storage = _redis(redis_url) if redis_url else TableStorage()
    app.extensions["davidson-limits"] = FixedWindowRateLimiter(storage)


def _redis(url: str) -> StorageTypes:
    # Its faults become StorageError, which is answered like a store that is away; and no request waits for long.
    return storage_from_string(url, wrap_exceptions=True, socket_timeout=2, socket_connect_timeout=2)


def seconds_to_wait(limit: RateLimitItem | None, *who: str) -> int:
    """Count one attempt by `who` (keyed hashes) and say how long to wait: 0 within the limit, else whole seconds.

    Must be called before the request touches the store: the counter commits by itself, and on SQLite it would wait
    for a transaction of the same thread for ever.
    """
    if limit is None:
        return 0
    limiter = _limiter()
    return 0 if limiter.hit(limit, *who) else _seconds_left(limiter, limit, *who)


def is_within(limit: RateLimitItem | None, *who: str, cost: int = 1) -> bool:
    """Count an attempt by `who` in the session's own transaction, which must write, and say if it is within the limit.

    What counts and what was counted for are then stored at once, or not at all. It counts as `cost` attempts. The
    caller commits, or rolls back what goes beyond the limit, and may then ask `seconds_left`.
    """
    if limit is None:
        return True
    token = _joining.set(True)
    try:
        return _chosen().hit(limit, *who, cost=cost)
    finally:
        _joining.reset(token)


def seconds_left(limit: RateLimitItem, *who: str) -> int:
    """How long `who` must still wait, in whole seconds, without counting; 0 while the limit is not used up."""
    limiter = _limiter()
    return 0 if limiter.test(limit, *who) else _seconds_left(limiter, limit, *who)


def forgive(limit: RateLimitItem, *who: str) -> None:
    """Begin a new window for `who`."""
    _limiter().clear(limit, *who)


def sweep_windows(now: datetime, most: int) -> int:
    """Forget at most so many windows that are over, and say how many. The caller commits."""
    swept = _SWEEP_SOME.returning(_THROTTLE.c.key)
    return len(db.session.execute(swept, {"over": now - timedelta(minutes=1), "most": most}).all())


def _limiter() -> FixedWindowRateLimiter:
    if db.session.registry.has() and db.session().in_transaction():
        raise RuntimeError("a limit must be asked before the request's own transaction begins")
    return _chosen()


def _chosen() -> FixedWindowRateLimiter:
    limiter: FixedWindowRateLimiter = current_app.extensions["davidson-limits"]
    return limiter


def _seconds_left(limiter: FixedWindowRateLimiter, limit: RateLimitItem, *who: str) -> int:
    reset_at = limiter.get_window_stats(limit, *who).reset_time
    return max(1, math.ceil(reset_at - utcnow().timestamp()))


class TableStorage(Storage):
    """Counters in the table `throttle`, for the fixed window strategy."""

    STORAGE_SCHEME: ClassVar[list[str] | None] = ["davidson"]  # type: ignore[misc]

    _sweep_at = datetime.min.replace(tzinfo=UTC)

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add `amount` to the window of `key`, which lasts `expiry` seconds from its first count, and give the sum."""
        now = utcnow()
        values = {"key": key, "amount": amount, "ends_at": now + timedelta(seconds=expiry), "now": now}
        with _counting() as connection:
            (total,) = _COUNT[connection.dialect.name].rows(connection, values)[0]
            if total == amount and now >= self._sweep_at:
                # Now and then, as a window opens, some that are over go, so that the table stays small.
                connection.execute(_SWEEP, {"over": now - timedelta(minutes=1)})
                self._sweep_at = now + SWEEP_EVERY
        return int(total)

    def get(self, key: str) -> int:
        """The count in the window that is open now."""
        statement = select(Throttle.amount).where(Throttle.key == key, Throttle.ends_at > utcnow())
        with db.engine.connect() as connection:
            return connection.execute(statement).scalar_one_or_none() or 0

    def get_expiry(self, key: str) -> float:
        """When the window of `key` ends, in seconds since the epoch; now where none is open."""
        with db.engine.connect() as connection:
            ends_at = connection.execute(select(Throttle.ends_at).where(Throttle.key == key)).scalar_one_or_none()
        return (ends_at or utcnow()).timestamp()

    def check(self) -> bool:
        """Whether the table answers."""
        with db.engine.connect() as connection:
            return bool(connection.execute(select(1)).scalar_one())

    def reset(self) -> int | None:
        """Forget every window; gives how many there were."""
        with db.engine.begin() as connection:
            return connection.execute(delete(Throttle)).rowcount

    def clear(self, key: str) -> None:
        """Forget the window of `key`."""
        with db.engine.begin() as connection:
            connection.execute(delete(Throttle).where(Throttle.key == key))
