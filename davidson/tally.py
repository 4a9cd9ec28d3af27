"""How many rows there are of a kind, without counting them.

The store keeps the numbers itself: triggers, made by a migration, count each statement's rows in the transaction that
changes them. So nobody can forget to, whichever way a row came in, and what a savepoint or a transaction rolls back
is not counted. A number may lie in several rows, so that those who write at the same time do not wait for each other.
"""

from sqlalchemy import Index, func, select
from sqlalchemy.orm import Mapped, mapped_column

from davidson.database import STRICT, Base, db

LISTED_ARTICLES = "article:listed"


class Tally(Base):
    """A part of a number, which is the sum of the rows that have one `what`.

    That is `comment:STATE`, or `article:listed` for an article with a moment from which it is public, which may lie
    ahead, that was not taken back.
    """

    __tablename__ = "tally"
    __table_args__ = (Index(None, "what"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str]
    number: Mapped[int]


def comments_tally(state: str) -> str:
    """What the comments in a state are counted as."""
    return f"comment:{state}"


def tallies() -> dict[str, int]:
    """Every number there is, by what it counts; what lacks was never there."""
    return {what: int(total) for what, total in db.session.execute(TOTALS)}


TOTALS = select(Tally.what, func.sum(Tally.number)).group_by(Tally.what)
"""The statement of all of them."""
