"""Taking a comment: make it safe, screen it, store it once."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from davidson.articles.models import Article
from davidson.audit.log import READER, record
from davidson.comments.draft import Draft
from davidson.comments.models import Comment
from davidson.comments.queries import approved_comment, comment_by_fingerprint, facts_about
from davidson.comments.receipts import receipt_of
from davidson.comments.remembering import author_key, new_author_token
from davidson.comments.screening.rules import RULES_VERSION, Screening, screen
from davidson.comments.states import count_visible, lock_article_of, subject_of
from davidson.comments.status import CommentStatus
from davidson.config import CommentsMode
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

    draft: Draft
    parent_id: int | None
    sender: Sender
    fingerprint: str
    html: Markup
    screening: Screening


def prepare(article: Article, draft: Draft, *, parent_id: int | None, sender: Sender, now: datetime) -> Prepared:
    """Render and screen a reader's comment. It reads the store and changes nothing; `now` is aware UTC.

    Raises NoSuchParent.
    """
    _parent(article, parent_id)
    return Prepared(
        draft=draft,
        parent_id=parent_id,
        sender=sender,
        fingerprint=_fingerprint(article, draft, parent_id, sender),
        html=render_comment(draft.source),
        screening=_screen(article, draft, sender, now),
    )


def stored_from(prepared: Prepared, *, now: datetime) -> Comment | None:
    """The comment that the same sending made a moment ago."""
    known = comment_by_fingerprint(prepared.fingerprint)
    return known if known is not None and now - known.created_at <= RESEND_WINDOW else None


def submit(article: Article, draft: Draft, *, parent_id: int | None, sender: Sender, now: datetime) -> Comment:
    """Prepare and store a reader's comment; the caller commits. Raises CommentsClosed and NoSuchParent."""
    return store(article, prepare(article, draft, parent_id=parent_id, sender=sender, now=now), now=now)


def store(article: Article, prepared: Prepared, *, now: datetime) -> Comment:
    """Store a comment with the status that its screening earned; a resend gives the comment that is there.

    `now` is aware UTC. The caller commits. Raises CommentsClosed and NoSuchParent.
    """
    if settings().comments is CommentsMode.CLOSED or not article.takes_comments(now):
        raise CommentsClosed(article.slug)
    known = comment_by_fingerprint(prepared.fingerprint)
    if known is not None:
        if now - known.created_at <= RESEND_WINDOW:
            return known
        # Not as an object: that would take the row's version to task, and a decision may be at work on it.
        db.session.execute(update(Comment).where(Comment.id == known.id).values(fingerprint=None))
    comment = _comment(article, prepared, parent=_parent(article, prepared.parent_id), now=now)
    if comment.status is CommentStatus.APPROVED:
        # Before the row that refers to its parent: a withdrawal of the parent takes the two locks in this order too.
        lock_article_of(article.id)
    try:
        with db.session.begin_nested():
            db.session.add(comment)
    except IntegrityError:  # The same sending, stored by another worker since we looked.
        known = comment_by_fingerprint(prepared.fingerprint)
        if known is None:
            raise
        return known
    record(
        "comment.submit",
        actor=READER,
        subject=subject_of(comment.id),
        at=now,
        version=comment.version,
        to_state=comment.status,
        details={"findings": comment.findings, "rules_version": comment.rules_version},
    )
    count_visible(comment, int(comment.status is CommentStatus.APPROVED))
    return comment


def _parent(article: Article, parent_id: int | None) -> Comment | None:
    if parent_id is None:
        return None
    parent = approved_comment(parent_id, article_id=article.id)
    if parent is None:
        raise NoSuchParent(str(parent_id))
    return parent


def _screen(article: Article, draft: Draft, sender: Sender, now: datetime) -> Screening:
    chosen = settings()
    facts = facts_about(
        article_id=article.id,
        sender=sender.network,
        author_key=author_key(sender.author_token),
        now=now,
        min_seconds=chosen.comment_min_seconds,
        site_name=chosen.site_name,
    )
    return screen(draft, facts, chosen.comments)


def _comment(article: Article, prepared: Prepared, *, parent: Comment | None, now: datetime) -> Comment:
    draft, sender, screening = prepared.draft, prepared.sender, prepared.screening
    salt = secrets.token_urlsafe(16)
    token = sender.author_token or (new_author_token(salt) if sender.remember else None)
    return Comment(
        article_id=article.id,
        parent_id=parent.id if parent else None,
        thread_id=(parent.thread_id or parent.id) if parent else None,
        name=draft.name,
        email=draft.email,
        source=draft.source,
        html=prepared.html,
        renderer=RENDERER,
        status=screening.status,
        findings=[finding.as_json() for finding in screening.findings],
        rules_version=RULES_VERSION,
        sender=sender.network,
        author_key=author_key(token),
        fingerprint=prepared.fingerprint,
        receipt_salt=salt,
        receipt_hash=digest_of(receipt_of(salt)),
        created_at=now,
        version=1,
    )


def _fingerprint(article: Article, draft: Draft, parent_id: int | None, sender: Sender) -> str:
    """What makes two sendings one: the same form, sent twice from the same address.

    The network would not do: whoever shares it and copies a comment would be handed its receipt. Many share an
    address too, so the moment at which this form was begun counts where it is known.
    """
    return keyed_hash(
        "resend",
        str(article.id),
        str(parent_id),
        sender.network,
        sender.address,
        sender.started,
        draft.name,
        draft.email,
        draft.source,
    )
