"""Pictures: one row each, named by their content."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from davidson.database import STRICT, Base, JSONDocument
from davidson.media.renditions import Focus


class Media(Base):
    """A picture that was added once. `digest` is the SHA-256 of the original in hex.

    `renditions` says what was made of it, as `media.renditions` tells; `rights` whose it is, as its file says
    (`media.rights.Rights`). The focal point is in percent from the left and the top. `drawing` counts how often its
    renditions became others.
    """

    __tablename__ = "media"
    __table_args__ = STRICT

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    format: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    renditions: Mapped[Any] = mapped_column(JSONDocument)
    focus_x: Mapped[int] = mapped_column(default=Focus.x, server_default=str(Focus.x))
    focus_y: Mapped[int] = mapped_column(default=Focus.y, server_default=str(Focus.y))
    rights: Mapped[dict[str, str]] = mapped_column(JSONDocument, default=dict, server_default="{}")
    drawing: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]

    @property
    def focus(self) -> Focus:
        """What must be seen of it however it is cut."""
        return Focus(self.focus_x, self.focus_y)
