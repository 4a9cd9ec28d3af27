"""What a site is, whatever it is called and wherever it is found."""

from sqlalchemy.orm import Mapped, mapped_column

from davidson.database import STRICT, Base


class Site(Base):
    """The one row of a store that says which site it is: a random UUID, made with the table and never changed.

    The ids of its feeds are made of it.
    """

    __tablename__ = "site"
    __table_args__ = STRICT

    id: Mapped[int] = mapped_column(primary_key=True)
    identity: Mapped[str]
