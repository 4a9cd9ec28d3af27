"""What the admins' desk shows besides people: the wording lists, and the sections."""

from sqlalchemy import select

from davidson.articles.models import Section
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


def all_sections() -> list[Section]:
    """The sections in their order, as the store has them now."""
    statement = select(Section).order_by(Section.position, Section.id)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def section_by_id(section_id: int) -> Section | None:
    """One section."""
    return db.session.get(Section, section_id)


def section_by_slug(slug: str) -> Section | None:
    """The section with that slug."""
    return db.session.scalar(select(Section).where(Section.slug == slug))
