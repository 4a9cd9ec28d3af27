"""Heated threads: where many replies or reports come at once, each network may reply only now and then for a while.

What comes in is counted as limits are, one counter a thread, when a reply is stored and never when a page is read. The
comment that begins the thread keeps the moment until which it is heated, so its page knows when to be another.
"""

from datetime import datetime, timedelta
from typing import cast

from limits import RateLimitItemPerMinute
from sqlalchemy import Connection, Table, bindparam, update

from davidson.comments.models import Comment
from davidson.pagecache.tags import tag_of
from davidson.pagecache.versions import touch
from davidson.web.limits import is_within, seconds_left
from davidson.web.signing import settings

PACE_MINUTES = 3
COOLING = timedelta(minutes=30)
# A report is told by somebody who was hurt, a reply may be a friendly one.
REPORT_WEIGHT = 4

_PACE = RateLimitItemPerMinute(1, PACE_MINUTES)
_COMMENT = cast("Table", Comment.__table__)
_HEAT = (
    update(_COMMENT)
    .where(_COMMENT.c.id == bindparam("head_id"))
    .values(heated_until=bindparam("until", type_=_COMMENT.c.heated_until.type))
)


class TooHot(Exception):
    """The network has replied in a heated thread a moment ago; `head_id` is the comment that began it."""

    def __init__(self, head_id: int) -> None:
        super().__init__(str(head_id))
        self.head_id = head_id


def slow_down(head_id: int, *, heated_until: datetime | None, network: str, now: datetime) -> None:
    """Let a network reply in a heated thread once in PACE_MINUTES. Counts in the session's transaction.

    Raises TooHot.
    """
    if heated_until is not None and now < heated_until and not is_within(_PACE, "heat-pace", str(head_id), network):
        raise TooHot(head_id)


def seconds_to_cool(head_id: int, network: str) -> int:
    """How long that network must wait, in whole seconds. Must be asked outside of the session's transaction."""
    return max(1, seconds_left(_PACE, "heat-pace", str(head_id), network))


def warm(
    connection: Connection,
    head_id: int,
    *,
    article_id: int,
    heated_until: datetime | None,
    now: datetime,
    weight: int = 1,
) -> None:
    """Count what came into a thread, in the session's transaction; what is too much heats it for a while.

    A thread that is heated gets no hotter: it cools when it said that it would.
    """
    if heated_until is not None and now < heated_until:
        return
    if is_within(settings().heat, "heat", str(head_id), cost=weight):
        return
    connection.execute(_HEAT, {"head_id": head_id, "until": now + COOLING})
    touch(tag_of("article", article_id))
