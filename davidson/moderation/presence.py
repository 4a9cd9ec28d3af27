"""At which comment a moderator looks just now: a hint for the others, which ends by itself and blocks nobody.

There is one row for each member of staff, so a queue of any length adds none. It is no change of anything: the log has
nothing of it.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from davidson.accounts.models import Staff
from davidson.database import STRICT, Base, db

LASTS = timedelta(seconds=60)


class Look(Base):
    """The comment that a member of staff looked at last, and when."""

    __tablename__ = "look"
    __table_args__ = (Index(None, "seen_at"), STRICT)

    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    comment_id: Mapped[int]
    seen_at: Mapped[datetime]


# Who looks while the same person does so in another tab comes after them.
_LOOK = {
    dialect.__name__.rpartition(".")[2]: dialect.insert(Look).on_conflict_do_update(
        index_elements=[Look.staff_id],
        set_={name: dialect.insert(Look).excluded[name] for name in ("comment_id", "seen_at")},
    )
    for dialect in (postgresql, sqlite)
}


def look_at(comment_id: int, *, staff_id: int, now: datetime) -> None:
    """Note at which comment somebody looks, instead of any before. The caller commits."""
    values = {"staff_id": staff_id, "comment_id": comment_id, "seen_at": now}
    db.session.execute(_LOOK[db.engine.dialect.name], values)


def lookers(comment_ids: Collection[int], *, besides: int, now: datetime) -> dict[int, tuple[str, ...]]:
    """The names of those who look at these comments just now, but for one of the staff, by the comment's id."""
    found: dict[int, list[str]] = defaultdict(list)
    statement = (
        select(Look.comment_id, Staff.name)
        .join(Staff, Staff.id == Look.staff_id)
        .where(Look.seen_at > now - LASTS, Look.comment_id.in_(comment_ids), Look.staff_id != besides)
        .order_by(Staff.name)
    )
    for comment_id, name in db.session.execute(statement) if comment_ids else ():
        found[comment_id].append(name)
    return {comment_id: tuple(names) for comment_id, names in found.items()}


def forget_looks(now: datetime, *, most: int) -> int:
    """Delete at most so many hints that are over; gives how many. The caller commits."""
    over = select(Look.staff_id).where(Look.seen_at <= now - LASTS).order_by(Look.seen_at).limit(most)
    forget = delete(Look).where(Look.staff_id.in_(over)).returning(Look.staff_id)
    return len(db.session.execute(forget, execution_options={"synchronize_session": False}).all())
