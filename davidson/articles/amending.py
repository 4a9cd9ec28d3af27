"""What an editor says of a change after it was made, and takes back again. Nothing here commits.

It is said of the newest change, if nothing is said of that yet; else it stands for itself, as with a text that stayed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from davidson.articles.changes import Amendment, ChangeKind, NotReadYet
from davidson.articles.history import ChangeTold, whole_text
from davidson.articles.models import Article
from davidson.articles.publishing import record_act
from davidson.articles.revisions import HAS_NOTE, Revision, add_revision
from davidson.audit.log import Actor
from davidson.audit.models import AuditEntry
from davidson.database import db
from davidson.text.places import Place, changed_places

MOST_NOTES = 20
"""The newest notes of an article that can be taken back at the desk."""
_SILENT = {ChangeKind.MINOR, ChangeKind.UPDATE, ChangeKind.WITHDRAWN}
_TOLD = (ChangeKind.UPDATE, ChangeKind.CORRECTION)
_BEFORE = aliased(Revision)
_IS_OF_TEXT = exists().where(
    _BEFORE.article_id == Revision.article_id,
    _BEFORE.number == Revision.number - 1,
    or_(
        _BEFORE.headline != Revision.headline,
        _BEFORE.standfirst != Revision.standfirst,
        _BEFORE.source != Revision.source,
    ),
)
"""Whether a version said other words than the one before, if that is kept; else it is there for its note alone."""


class NothingToTell(ValueError):
    """There is no change of which nothing was ever said, so none can be called a small one."""


class NoSuchNote(LookupError):
    """The article has no note of that number, or has it no more."""


@dataclass(frozen=True)
class Telling:
    """What readers are told of an article's changes, the newest first, and the change that they are not told of."""

    silent: ChangeTold | None
    notes: tuple[ChangeTold, ...]


def telling_of(article_id: int) -> Telling:
    """What is said of an article's changes, and the words of the newest one if nothing is said of it."""
    columns = (Revision.number, Revision.kind, Revision.note, Revision.created_at)
    statement = select(*columns).where(Revision.article_id == article_id, HAS_NOTE).order_by(Revision.number.desc())
    notes = db.session.execute(statement.limit(MOST_NOTES))
    silent = _silent(article_id)
    return Telling(_told(silent, _places(silent)) if silent else None, tuple(_told(note) for note in notes))


def tell(article: Article, amendment: Amendment, *, actor: Actor, now: datetime) -> None:
    """Say what the newest change of an article was to readers; the caller has locked it, and commits.

    Raises NotReadYet where they do not see the article, and NothingToTell.
    """
    if not article.is_public(now):
        raise NotReadYet(article.slug)
    silent = _silent(article.id)
    if amendment.kind is ChangeKind.MINOR and (silent is None or silent.kind is ChangeKind.WITHDRAWN):
        raise NothingToTell(article.slug)
    if silent is not None:
        silent.kind, silent.note = amendment.kind, amendment.note
    else:
        add_revision(article, amendment.kind, amendment.note, now)
    _count(article)
    record_act(article, "article.tell", actor=actor, now=now, reason=amendment.note, kind=amendment.kind.value)


def take_note_back(article: Article, number: int, *, actor: Actor, now: datetime) -> None:
    """Say no longer what was said of a change; the caller has locked the article, and commits.

    The article's history goes on telling that there was a note. Raises NoSuchNote.
    """
    revision = db.session.get(Revision, (article.id, number))
    if revision is None or not revision.note:
        raise NoSuchNote(article.slug)
    note, revision.note = revision.note, ""
    if revision.kind is ChangeKind.AGAIN:  # It stays one, for it hides what came before.
        add_revision(article, ChangeKind.WITHDRAWN, "", now)
    else:
        revision.kind = ChangeKind.WITHDRAWN
    _count(article)
    record_act(article, "article.untell", actor=actor, now=now, note_was=note)


def _silent(article_id: int) -> Revision | None:
    """The newest change, if it is one of the text and nothing is said of it; what only bore a note is passed over."""
    statement = (
        select(Revision, _IS_OF_TEXT)
        .where(
            Revision.article_id == article_id,
            or_(Revision.kind.is_distinct_from(ChangeKind.WITHDRAWN), _IS_OF_TEXT),
        )
        .order_by(Revision.number.desc())
        .limit(1)
    )
    found = db.session.execute(statement).one_or_none()
    if found is None:
        return None
    newest, is_of_text = found
    return newest if is_of_text and newest.kind in _SILENT and not newest.note else None


def _count(article: Article) -> None:
    """Let the article be updated when it last became another for readers, as its versions tell."""
    db.session.flush()
    was_seen = and_(
        Revision.kind.is_(None),
        Revision.created_at > article.published_at,
        Revision.created_at > _appeared_at(article.id),
        Revision.number > 1,
        Revision.number < _untold_before(article.id),
    )
    withdrawn = and_(Revision.kind == ChangeKind.WITHDRAWN, _IS_OF_TEXT)
    article.updated_at = db.session.scalar(
        select(func.max(Revision.created_at)).where(
            Revision.article_id == article.id, or_(Revision.kind.in_(_TOLD), withdrawn, was_seen)
        )
    )
    article.version += 1


def _appeared_at(article_id: int) -> ScalarSelect[datetime]:
    """When the article was first published, which may be after the moment that its page names."""
    statement = select(AuditEntry.at).where(
        AuditEntry.subject == f"article:{article_id}", AuditEntry.action == "article.publish"
    )
    return statement.order_by(AuditEntry.version).limit(1).scalar_subquery()


def _untold_before(article_id: int) -> int:
    """Before which number versions without a kind may be changes that readers saw.

    Releases that told of no change gave them none. Since then only those have none that nobody saw, such as what was
    written while the article was taken back; that may be all that came before it was published again.
    """
    statement = select(Revision.number, Revision.kind).where(
        Revision.article_id == article_id, Revision.kind.is_not(None)
    )
    first = db.session.execute(statement.order_by(Revision.number).limit(1)).one_or_none()
    return 0 if first is None or first.kind is ChangeKind.AGAIN else first.number


def _told(row: Any, places: tuple[Place, ...] = ()) -> ChangeTold:
    return ChangeTold(row.number, row.kind or ChangeKind.UPDATE, row.note, row.created_at, places)


def _places(revision: Revision) -> tuple[Place, ...]:
    """Where a change of the text made it another than the version before."""
    before = db.session.get_one(Revision, (revision.article_id, revision.number - 1))
    return changed_places(_text(before), _text(revision))


def _text(revision: Revision) -> str:
    return whole_text(revision.headline, revision.standfirst, revision.source)
