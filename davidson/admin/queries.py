"""What the admins' desk shows besides people: the wording lists."""

from sqlalchemy import select

from davidson.comments.draft import TermKind
from davidson.comments.models import BlockedTerm
from davidson.database import db


def terms_of(kind: TermKind) -> list[BlockedTerm]:
    """The terms of one list, in alphabetical order."""
    return list(db.session.scalars(select(BlockedTerm).where(BlockedTerm.kind == kind).order_by(BlockedTerm.term)))


def all_terms() -> list[BlockedTerm]:
    """The terms of both lists."""
    return list(db.session.scalars(select(BlockedTerm).order_by(BlockedTerm.id)))


def term_by_id(term_id: int) -> BlockedTerm | None:
    """One term."""
    return db.session.get(BlockedTerm, term_id)
