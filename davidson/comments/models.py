"""Readers' comments, and the words that screening looks for."""

import enum
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import Enum, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from davidson.articles.models import Article
from davidson.comments.status import CommentStatus
from davidson.database import STRICT, Base, JSONDocument
from davidson.pagecache.tags import SCREENING, before_and_after, is_changed, tag_of

IN_THREAD_HEADS = text("parent_id IS NULL AND (status = 'approved' OR reply_count > 0)")
IS_REPLY = text("thread_id IS NOT NULL")
NETWORK_KEPT = text("(sender IS NOT NULL OR fingerprint IS NOT NULL)")
IS_PICKED = text("picked_at IS NOT NULL")
IS_ANSWER = text("parent_id IS NOT NULL")
HAS_SENDER = text("sender IS NOT NULL")
HAS_AUTHOR_KEY = text("author_key IS NOT NULL")
IS_OPEN = text("answered_at IS NULL")


def _when_sent(context: Any) -> datetime:
    moment: datetime = context.get_current_parameters()["created_at"]
    return moment


class Comment(Base):
    """One comment. `source` is what was typed, `html` what is shown of it, made by renderer number `renderer`.

    `thread_id` is the id of the comment that began the thread, none for that one itself. `reply_count` counts the
    approved comments below it in the thread, so that a tombstone stays where a removed comment has replies.
    `sender` is the keyed hash of the sender's network, `author_key` that of the author token a reader asked to keep.
    `receipt_hash` is the SHA-256 of the receipt, which is derived from `receipt_salt` and the site's key.
    `fingerprint` is the keyed hash of all that makes a resend the same comment; the store keeps it unique.
    `staff_id` is the member of staff who wrote a reply on the staff side, none for readers; without a foreign key, so
    that the comment outlives the account. `picked_at` is when an editor's pick became one. `heated_until` is the end of
    the time for which replies in the thread that this one began are slowed down.
    `version` counts the changes of state or text. `decided_at` is when it came to the state it has, by an act or
    by the screening when it was sent.
    """

    __tablename__ = "comment"
    __table_args__ = (
        Index(
            "ix_comment_thread_heads",
            "article_id",
            "created_at",
            "id",
            postgresql_where=IN_THREAD_HEADS,
            sqlite_where=IN_THREAD_HEADS,
        ),
        # Most comments begin a thread. With them in it the index would look useless to a planner that has counted.
        Index(None, "thread_id", "status", postgresql_where=IS_REPLY, sqlite_where=IS_REPLY),
        Index(None, "parent_id"),
        Index(None, "status", "created_at", "id"),
        Index(None, "status", "decided_at", "id"),
        Index(None, "author_key", "status"),
        Index(None, "sender", "status"),
        Index(None, "created_at"),
        # Those whose network is still to be forgotten, the oldest first.
        Index(
            "ix_comment_network_kept",
            "created_at",
            "id",
            postgresql_where=NETWORK_KEPT,
            sqlite_where=NETWORK_KEPT,
        ),
        Index(None, "article_id", "status", "id"),
        Index(None, "article_id", "picked_at", "id", postgresql_where=IS_PICKED, sqlite_where=IS_PICKED),
        # What stands around a comment on the desk, and what its sender sent, each in the order of time.
        Index(None, "thread_id", "created_at", "id", postgresql_where=IS_REPLY, sqlite_where=IS_REPLY),
        Index(None, "parent_id", "created_at", "id", postgresql_where=IS_ANSWER, sqlite_where=IS_ANSWER),
        Index(None, "sender", "created_at", "id", postgresql_where=HAS_SENDER, sqlite_where=HAS_SENDER),
        Index(None, "author_key", "created_at", "id", postgresql_where=HAS_AUTHOR_KEY, sqlite_where=HAS_AUTHOR_KEY),
        STRICT | {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    reply_count: Mapped[int] = mapped_column(default=0)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    source: Mapped[str]
    html: Mapped[Markup]
    renderer: Mapped[int]
    status: Mapped[CommentStatus] = mapped_column(
        Enum(CommentStatus, native_enum=False, length=16, values_callable=list), active_history=True
    )
    reason: Mapped[str] = mapped_column(default="")
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    rules_version: Mapped[int]
    sender: Mapped[str | None]
    author_key: Mapped[str | None]
    fingerprint: Mapped[str | None] = mapped_column(unique=True)
    receipt_hash: Mapped[str | None] = mapped_column(unique=True)
    receipt_salt: Mapped[str | None]
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    decided_at: Mapped[datetime] = mapped_column(default=_when_sent)
    staff_id: Mapped[int | None]
    picked_at: Mapped[datetime | None]
    heated_until: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    @property
    def is_erased(self) -> bool:
        """Whether nothing is left of it but its place and its states; a withdrawn comment has its words still."""
        return self.status is CommentStatus.DELETED and not self.name

    def cache_tags(self) -> Iterator[str]:
        """The article's page, where readers see the comment before or after the change, or a tombstone in its place."""
        is_seen = CommentStatus.APPROVED in before_and_after(self, "status")
        if is_seen or self.reply_count or is_changed(self, "reply_count"):
            yield tag_of("article", self.article_id)

    article: Mapped[Article] = relationship(lazy="raise")
    parent: Mapped["Comment | None"] = relationship(lazy="raise", remote_side=[id], foreign_keys=[parent_id])

    # Two writers of one version: the second one's UPDATE finds no row and fails with StaleDataError. The version is
    # counted up by the acts, for a reply that is approved below a comment changes its `reply_count` alone.
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012


class PageBegin(Base):
    """Where a page of an article's discussion begins, from page 2 on: with that moment and comment."""

    __tablename__ = "thread_page"
    __table_args__ = (Index(None, "article_id", "first_at", "first_id"), STRICT)

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_at: Mapped[datetime]
    first_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))


class Report(Base):
    """A reader's word that a comment is against the rules: one a network and comment, which nobody is shown.

    `network` is the keyed hash of the reader's network, `reason` a value of `comments.reasons.Reason`.
    """

    __tablename__ = "report"
    __table_args__ = (Index(None, "created_at"), STRICT)

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), primary_key=True)
    network: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    created_at: Mapped[datetime]


class Proposal(Base):
    """Another text for an approved comment, which waits for a moderator while readers go on seeing the approved one.

    The comment's `version` was counted up when it came, and is again when it is decided.
    """

    __tablename__ = "proposal"
    __table_args__ = (Index(None, "proposed_at", "comment_id"), STRICT)

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), primary_key=True, autoincrement=False)
    source: Mapped[str]
    html: Mapped[Markup]
    renderer: Mapped[int]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    rules_version: Mapped[int]
    proposed_at: Mapped[datetime]


class AppealOutcome(enum.StrEnum):
    """What became of an appeal; `open` while it waits, `void` where there is nothing left to decide on."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    VOID = "void"


class Appeal(Base):
    """What its author says against a comment's refusal, and the answer. A comment has one appeal in its life."""

    __tablename__ = "appeal"
    __table_args__ = (
        Index("ix_appeal_open", "sent_at", "comment_id", postgresql_where=IS_OPEN, sqlite_where=IS_OPEN),
        STRICT,
    )

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), primary_key=True, autoincrement=False)
    text: Mapped[str]
    sent_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(default=AppealOutcome.OPEN)
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]


class BlockedTerm(Base):
    """A word or phrase that screening looks for; `kind` is `banned` or `suspect`."""

    __tablename__ = "blocked_term"
    __table_args__ = (Index(None, "term", unique=True), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    term: Mapped[str]
    kind: Mapped[str]
    created_at: Mapped[datetime]

    def cache_tags(self) -> Iterator[str]:
        """What drafts are compared with."""
        yield SCREENING
