"""What the queue is narrowed to, and the names by which its address speaks of networks and author tokens."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from davidson.articles.models import Article, Section
from davidson.comments.models import Comment
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation import labels
from davidson.search.index import Sought
from davidson.search.words import NO_WORDS, Words
from davidson.web.paging import MOST
from davidson.web.signing import is_keyed_hash, keyed_hash

NETWORK, TOKEN = "network", "token"
_COLUMNS = {NETWORK: Comment.sender, TOKEN: Comment.author_key}
_LABELS = {NETWORK: labels.network, TOKEN: labels.token}


@dataclass(frozen=True)
class Filter:
    """What a comment must have to be shown: all of these labels, a moment in one of these spans, and the words."""

    labels: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()
    words: Words = NO_WORDS

    def __bool__(self) -> bool:
        return bool(self.labels or self.sent or self.words)

    def in_state(self, status: CommentStatus) -> Sought:
        """What the index is asked for, for one tab."""
        choices = (self.sent,) if self.sent else ()
        return Sought((labels.state(status), *self.labels), choices, self.words)


EVERYTHING = Filter()


def reference_to(kind: str, comment_id: int, value: str | None) -> str | None:
    """A name for the network or the token that a comment came with, of which nobody outside can make anything.

    It names the comment, and vouches by a keyed hash for what that had: once the store has forgotten it, so has this.
    """
    return f"{comment_id}-{keyed_hash(f'queue-{kind}', str(comment_id), value)}" if value is not None else None


def label_named(kind: str, reference: str) -> str | None:
    """The label of the comments with that network or token; None where the name is none, or stands for nothing now."""
    number, _, vouched = reference.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 20 and int(number) <= MOST):
        return None
    value = _value_of(_COLUMNS[kind], int(number))
    if value is None or not is_keyed_hash(vouched, f"queue-{kind}", number, value):
        return None
    return _LABELS[kind](value)


def sections_to_choose() -> list[tuple[str, str]]:
    """The slug and the name of every section."""
    rows = db.session.execute(select(Section.slug, Section.name).order_by(Section.position, Section.id))
    return [(row.slug, row.name) for row in rows]


def section_label(slug: str) -> str | None:
    """The label of the comments in the section with that slug, if there is one."""
    found = db.session.scalar(select(Section.id).where(Section.slug == slug))
    return labels.section(found) if found else None


def article_label(slug: str) -> str | None:
    """The label of the comments under the article with that slug, if there is one."""
    found = db.session.scalar(select(Article.id).where(Article.slug == slug))
    return labels.article(found) if found else None


def _value_of(column: InstrumentedAttribute[str | None], comment_id: int) -> str | None:
    return db.session.scalar(select(column).where(Comment.id == comment_id))
