"""The network and the author token that a comment came with: what notes and bans of moderators are about."""

from sqlalchemy import bindparam, select

from davidson.comments.bans import SenderKind
from davidson.comments.models import Comment
from davidson.database import db
from davidson.moderation.decisions import NoSuchComment
from davidson.web.paging import MOST

KEYS = {SenderKind.TOKEN: Comment.author_key, SenderKind.NETWORK: Comment.sender}
"""The columns that hold the hashes."""

_SENDER = select(Comment.author_key, Comment.sender).where(Comment.id == bindparam("comment"))


class UnknownSender(LookupError):
    """There was no author token, or the network is not known any more."""


def key_of(comment_id: int, kind: SenderKind) -> str:
    """The hash by which the sender of a comment is known. Raises NoSuchComment and UnknownSender."""
    row = db.session.execute(_SENDER, {"comment": comment_id}).one_or_none() if 0 < comment_id <= MOST else None
    if row is None:
        raise NoSuchComment(str(comment_id))
    key: str | None = row._mapping[KEYS[kind].key]
    if key is None:
        raise UnknownSender(str(comment_id))
    return key
