"""Pictures: one row each, named by their content."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from davidson.database import STRICT, Base, JSONDocument


class Media(Base):
    """A picture that was added once. `digest` is the SHA-256 of the original in hex.

    `renditions` lists what was made of it, narrowest first: `{"file": name, "width": px, "height": px}`.
    """

    __tablename__ = "media"
    __table_args__ = STRICT

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    format: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    renditions: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    created_at: Mapped[datetime]
