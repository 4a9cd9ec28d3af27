"""Taking a comment: make it safe, screen it, store it once."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy import Connection

from davidson.articles.models import Article
from davidson.articles.modes import mode_of
from davidson.audit.log import READER, record_first
from davidson.comments.breaker import count_found, end_wave, last_wave, present
from davidson.comments.draft import Draft
from davidson.comments.facts import facts_about, words_at
from davidson.comments.heat import slow_down, warm
from davidson.comments.inserting import count_appearance, forget_fingerprint, insert_once
from davidson.comments.lookups import Discussion, Parent, Sending, discussion_by_id, parent_with, sending_with
from davidson.comments.mailing import ask_for_mail
from davidson.comments.models import Comment
from davidson.comments.notices import tell_reply
from davidson.comments.pages import Place
from davidson.comments.receipts import receipt_of, receipt_of_row
from davidson.comments.remembering import author_key, new_author_token
from davidson.comments.screening.rules import RULES_VERSION, Screening, screen
from davidson.comments.states import subject_of
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.text.markup import RENDERER, render_comment
from davidson.web.signing import digest_of, keyed_hash, settings

# How long the same sending is a resend. Whoever copies a comment that is public by now, from the same network, must
# not be handed its author's receipt.
RESEND_WINDOW = timedelta(minutes=15)


class CommentsClosed(Exception):
    """The article takes no comments now."""


class NoSuchParent(Exception):
    """The comment that a reply answers is not there, or not approved."""


@dataclass(frozen=True)
class Sender:
    """Who sends: keyed hashes of the network and of the address itself, and the device's author token.

    The address, and the signed moment that the form carries if its script ran, serve only to know a resend and are
    stored in no column of their own. `remember` asks for a new token.
    """

    network: str
    address: str = ""
    started: str = ""
    author_token: str | None = None
    remember: bool = False


@dataclass(frozen=True)
class Prepared:
    """A sending with all that can be made of it before the store's one writer is asked for."""

    article_id: int
    draft: Draft
    parent_id: int | None
    sender: Sender
    fingerprint: str
    html: Markup
    screening: Screening


class Stored(NamedTuple):
    """A comment that is in the store, new or by an earlier sending of the same form, and what its author is given."""

    id: int
    receipt: str
    receipt_salt: str
    author_key: str | None


def prepare(
    connection: Connection,
    article: Discussion,
    draft: Draft,
    *,
    parent_id: int | None,
    sender: Sender,
    now: datetime,
) -> Prepared:
    """Render and screen a reader's comment. It reads the store and changes nothing; `now` is aware UTC.

    Raises NoSuchParent.
    """
    _parent(connection, article.id, parent_id)
    return Prepared(
        article_id=article.id,
        draft=draft,
        parent_id=parent_id,
        sender=sender,
        fingerprint=_fingerprint(article.id, draft, parent_id, sender),
        html=render_comment(draft.source),
        screening=_screen(connection, article, draft, sender, now),
    )


def stored_from(connection: Connection, prepared: Prepared, *, now: datetime) -> Stored | None:
    """The comment that the same sending made a moment ago."""
    known = sending_with(connection, prepared.fingerprint)
    return _resent(known) if known is not None and now - known.created_at <= RESEND_WINDOW else None


def submit(article: Article, draft: Draft, *, parent_id: int | None, sender: Sender, now: datetime) -> Comment:
    """Prepare and store a reader's comment; the caller commits. Raises CommentsClosed, NoSuchParent and TooHot."""
    db.session.flush()
    mode = mode_of(article.comments_mode)
    discussion = Discussion(
        article.id, article.slug, article.headline, article.standing, mode, words_version=None, wave=last_wave()
    )
    prepared = prepare(db.session.connection(), discussion, draft, parent_id=parent_id, sender=sender, now=now)
    stored = store(prepared, now=now)
    return db.session.get_one(Comment, stored.id)


def store(prepared: Prepared, *, now: datetime) -> Stored:
    """Store a comment with the status that its screening earned; a resend gives the comment that is there.

    `now` is aware UTC. The caller commits. Raises CommentsClosed, NoSuchParent and TooHot.
    """
    connection = db.session.connection()
    is_seen = prepared.screening.status is CommentStatus.APPROVED
    # Locked before the row that refers to its parent: a withdrawal of the parent takes the two locks in this order too.
    article = discussion_by_id(connection, prepared.article_id, locked=is_seen)
    if article is None or not article.takes_comments(now):
        raise CommentsClosed(str(prepared.article_id))
    end_wave(article.wave, now=now)
    parent = _parent(connection, article.id, prepared.parent_id)
    if parent:
        slow_down(parent.head_id, heated_until=parent.heated_until, network=prepared.sender.network, now=now)
    salt = secrets.token_urlsafe(16)
    receipt = receipt_of(salt)
    row = _row(prepared, parent, salt=salt, receipt=receipt, now=now)
    while (comment_id := insert_once(connection, row)) is None:
        known = sending_with(connection, prepared.fingerprint)
        if known is None:  # It was taken back in this very moment.
            continue
        if now - known.created_at <= RESEND_WINDOW:
            return _resent(known)
        forget_fingerprint(connection, known.id)
    details = {"findings": row["findings"], "rules_version": RULES_VERSION}
    record_first(
        connection,
        "comment.submit",
        actor=READER,
        subject=subject_of(comment_id),
        at=now,
        to_state=prepared.screening.status,
        details=details,
    )
    count_found(prepared.screening.status, now=now)
    if parent:
        warm(connection, parent.head_id, article_id=article.id, heated_until=parent.heated_until, now=now)
    if is_seen:
        count_appearance(connection, Place(article.id, now, comment_id), thread_id=row["thread_id"])
        if parent is not None and parent.is_followed:
            tell_reply(parent.id, comment_id, now=now)
    if prepared.draft.wants_mail:
        status, network = prepared.screening.status, prepared.sender.network
        ask_for_mail(comment_id, row["email"], status=status, network=network, now=now)
    return Stored(comment_id, receipt, salt, row["author_key"])


def _resent(known: Sending) -> Stored:
    salt = known.receipt_salt or ""
    return Stored(known.id, receipt_of_row(salt, known.receipt_hash), salt, known.author_key)


def _parent(connection: Connection, article_id: int, parent_id: int | None) -> Parent | None:
    if parent_id is None:
        return None
    parent = parent_with(connection, parent_id, article_id=article_id)
    if parent is None:
        raise NoSuchParent(str(parent_id))
    return parent


def _screen(connection: Connection, article: Discussion, draft: Draft, sender: Sender, now: datetime) -> Screening:
    chosen = settings()
    facts = facts_about(
        connection,
        words_at(connection, article.words_version),
        draft,
        article_id=article.id,
        sender=sender.network,
        author_key=author_key(sender.author_token),
        now=now,
        min_seconds=chosen.comment_min_seconds,
        site_name=chosen.site_name,
        trust_after=chosen.trust_after,
        wave=present(article.wave, now),
    )
    return screen(draft, facts, article.mode)


def _row(prepared: Prepared, parent: Parent | None, *, salt: str, receipt: str, now: datetime) -> dict[str, Any]:
    draft, sender, screening = prepared.draft, prepared.sender, prepared.screening
    token = sender.author_token or (new_author_token(salt) if sender.remember else None)
    return {
        "article_id": prepared.article_id,
        "parent_id": parent.id if parent else None,
        "thread_id": parent.head_id if parent else None,
        "reply_count": 0,
        "name": draft.name,
        "email": draft.email,
        "source": draft.source,
        "html": prepared.html,
        "renderer": RENDERER,
        "status": screening.status,
        "reason": "",
        "findings": [finding.as_json() for finding in screening.findings],
        "rules_version": RULES_VERSION,
        "sender": sender.network,
        "author_key": author_key(token),
        "fingerprint": prepared.fingerprint,
        "receipt_salt": salt,
        "receipt_hash": digest_of(receipt),
        "created_at": now,
        "decided_at": now,
        "version": 1,
    }


def _fingerprint(article_id: int, draft: Draft, parent_id: int | None, sender: Sender) -> str:
    """What makes two sendings one: the same form, sent twice from the same address.

    The network would not do: whoever shares it and copies a comment would be handed its receipt. Many share an
    address too, so the moment at which this form was begun counts where it is known.
    """
    return keyed_hash(
        "resend",
        str(article_id),
        str(parent_id),
        sender.network,
        sender.address,
        sender.started,
        draft.name,
        draft.email,
        draft.source,
    )
