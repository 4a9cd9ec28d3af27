"""What editors pinned to the front."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Enum, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from davidson.database import STRICT, Base
from davidson.homepage.places import Place
from davidson.pagecache.tags import FRONT


class Pin(Base):
    """An article that keeps a slot of the front, from 1 on, until that moment or until somebody takes it off.

    It has one pin at most, so nothing can be pinned to two places. The row of a section is that of the article's own:
    where it moves to another section, its pin moves along.
    """

    __tablename__ = "pin"
    __table_args__ = STRICT

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[Place] = mapped_column(Enum(Place, native_enum=False, length=16, values_callable=list))
    slot: Mapped[int]
    until: Mapped[datetime | None]
    pinned_at: Mapped[datetime]

    def cache_tags(self) -> Iterator[str]:
        """The homepage."""
        yield FRONT
