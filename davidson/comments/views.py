"""Taking a comment."""

from datetime import datetime
from typing import NamedTuple

from flask import Response, abort, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Connection

from davidson.articles.cards import article_path
from davidson.articles.modes import mode_of
from davidson.clock import utcnow
from davidson.comments.breaker import shown_wave
from davidson.comments.draft import Draft
from davidson.comments.facts import words_at
from davidson.comments.forms import CommentForm, SoundComment, fault_of_owned, sent_text, sound_comment
from davidson.comments.heat import PACE_MINUTES, TooHot, seconds_to_cool
from davidson.comments.lookups import Discussion, discussion_by_slug
from davidson.comments.pace import seconds_since, started_token
from davidson.comments.queries import approved_comment, article_by_slug
from davidson.comments.remembering import author_key, author_token, new_author_token, remember
from davidson.comments.submission import (
    CommentsClosed,
    NoSuchParent,
    Prepared,
    Sender,
    Stored,
    prepare,
    store,
    stored_from,
)
from davidson.comments.treatment import treatment
from davidson.database import db, reading, session_on
from davidson.text.markup import render_comment
from davidson.web.errors import RETRY_AFTER, STORE_AWAY, log_store_fault
from davidson.web.limits import is_within, seconds_left
from davidson.web.pages import BUSY, FOREIGN, private_blueprint
from davidson.web.sender import sender_address, sender_network
from davidson.web.signing import settings

bp = private_blueprint("comments", __name__, referrer_policy="same-origin")


class Refused(NamedTuple):
    """What is not to be stored as it is; `owned` are the names that nobody else may go by."""

    owned: tuple[str, ...]


class TooMany(NamedTuple):
    """A comment beyond its sender's limit; `address` is what was counted."""

    address: str


class Heated(NamedTuple):
    """A reply too soon in a heated thread, which that comment began; `network` is what was counted."""

    head_id: int
    network: str


Outcome = Stored | SoundComment | Refused | TooMany | Heated | NoSuchParent | CommentsClosed
"""What becomes of a comment that is sent; the form's own content where a preview was asked for."""

PARENT_GONE = "The comment you answer is no longer there. You may send yours as a comment on the article."


@bp.get("/comments/started")
def started() -> Response:
    """The signed moment at which a reader began to write."""
    return Response(started_token(utcnow()), mimetype="text/plain")


@bp.post("/articles/<slug>/comments")
def create(slug: str) -> ResponseReturnValue:
    """Store a reader's comment and send them to its receipt, or give the form back with its faults."""
    try:
        return _create(slug)
    except STORE_AWAY as fault:
        db.session.rollback()
        log_store_fault(fault)
        g.store_away = True
        return _give_back(slug, _form(slug), 503, BUSY, RETRY_AFTER)


def _create(slug: str) -> ResponseReturnValue:
    """Do all that can be done without the store's one writer; only a new and sound comment waits for that.

    Both happen on one connection. It is given back before an answer is made that reads the store again.
    """
    now = utcnow()
    sent = sound_comment(slug)
    with db.engine.connect() as connection:
        with reading():
            article = _discussion_for_readers(connection, slug, now)
            owned = _owned_names(connection, article)
            if sent is None or not article.takes_comments(now) or fault_of_owned(sent.name, owned):
                outcome: Outcome | Prepared = Refused(owned)
            elif "preview" in request.form:
                outcome = sent
            else:
                outcome = _looked_up(connection, article, sent, now)
        if isinstance(outcome, Prepared):
            outcome = _stored(connection, outcome, now)
    if isinstance(outcome, Stored):
        return _to_receipt(outcome, is_remembered=sent is not None and sent.remember)
    with reading():
        return _unstored(article, outcome, now)


def _looked_up(
    connection: Connection, article: Discussion, sent: SoundComment, now: datetime
) -> Prepared | Stored | NoSuchParent:
    """The comment, ready to be stored, or the one that the same sending made a moment ago."""
    try:
        prepared = _prepared(connection, article, sent, now)
    except NoSuchParent as fault:
        return fault
    return stored_from(connection, prepared, now=now) or prepared


def _stored(connection: Connection, prepared: Prepared, now: datetime) -> Outcome:
    """Count it against its sender's limit and store it, in one transaction, or do neither."""
    with session_on(connection):
        if not is_within(settings().comment_limit, "comment", prepared.sender.address):
            return TooMany(prepared.sender.address)
        try:
            stored = store(prepared, now=now)
        except TooHot as fault:
            return Heated(fault.head_id, prepared.sender.network)
        except (NoSuchParent, CommentsClosed) as fault:
            return fault
        db.session.commit()
    return stored


def _unstored(article: Discussion, outcome: Outcome, now: datetime) -> ResponseReturnValue:
    """The answer to what was not stored, with everything that was typed."""
    match outcome:
        case SoundComment():
            return _preview(article, outcome)
        case NoSuchParent():
            return _without_parent(article.slug)
        case CommentsClosed():
            return _unsent(article, 403)
        case TooMany(address):
            return _too_many(article.slug, address)
        case Heated(head_id, network):
            return _heated(article.slug, seconds_to_cool(head_id, network))
        case Refused(owned):
            return _refusal(article, owned, now)
        case _:
            raise AssertionError(outcome)


def _preview(article: Discussion, sent: SoundComment) -> Response:
    """The comment as it will look, above the form with all that was typed. Nothing is stored, and nothing screened."""
    parent_id = sent.parent_id
    if parent_id is not None and approved_comment(parent_id, article_id=article.id) is None:
        return _without_parent(article.slug)
    return _give_back(article.slug, _form(article.slug), 200, "", preview=render_comment(sent.body))


def _prepared(connection: Connection, article: Discussion, sent: SoundComment, now: datetime) -> Prepared:
    draft = Draft(
        name=sent.name,
        source=sent.body,
        email=sent.email,
        website=sent.website,
        seconds=seconds_since(sent.started, now),
        wants_mail=sent.wants_mail,
    )
    sender = Sender(
        network=sender_network(request),
        address=sender_address(request),
        started=sent.started,
        author_token=author_token(request),
        remember=sent.remember,
    )
    return prepare(connection, article, draft, parent_id=sent.parent_id, sender=sender, now=now)


def _owned_names(connection: Connection, article: Discussion) -> tuple[str, ...]:
    """The names that nobody may go by who writes from outside: the site's, and those of its staff."""
    return settings().site_name, *words_at(connection, article.words_version).staff_names


def _refusal(article: Discussion, owned: tuple[str, ...], now: datetime) -> ResponseReturnValue:
    """The answer to what is not to be stored, with everything that was typed."""
    if not article.standing.is_public(now):
        return _unsent(article, 404)
    if not article.takes_comments(now):
        return _unsent(article, 403)
    form = _form(article.slug)
    form.owned = owned
    form.validate_on_submit()
    return _give_back(article.slug, form, form.error_status, FOREIGN if form.is_foreign else "")


def _too_many(slug: str, address: str) -> Response:
    """429: the sender has used the limit up."""
    limit = settings().comment_limit
    wait = max(1, seconds_left(limit, "comment", address)) if limit else 1
    return _give_back(slug, _form(slug), 429, f"You have sent several comments. Please wait {wait} seconds.", wait)


def _heated(slug: str, wait: int) -> Response:
    problem = f"This thread is heated, so each network may reply there once in {PACE_MINUTES} minutes."
    return _give_back(slug, _form(slug), 429, f"{problem} Please wait {wait} seconds.", wait)


def _form(slug: str) -> CommentForm:
    return CommentForm.on(slug, action=f"{article_path(slug)}/comments")


def _without_parent(slug: str) -> Response:
    """404 with the form, which now comments on the article: what it answered is gone."""
    form = _form(slug)
    form.parent.data = ""
    return _give_back(slug, form, 404, PARENT_GONE)


def _to_receipt(stored: Stored, *, is_remembered: bool) -> Response:
    """303 to the comment's receipt; the device keeps its author token, where the form asked for that."""
    response = make_response(redirect(f"/comments/{stored.receipt}", code=303))
    if is_remembered:
        token = author_token(request) or new_author_token(stored.receipt_salt)
        if author_key(token) == stored.author_key:
            remember(response, token, secure=request.is_secure)
    return response


def _discussion_for_readers(connection: Connection, slug: str, now: datetime) -> Discussion:
    """The discussion of an article that readers see, or saw until it was taken back; 404 for any other."""
    article = discussion_by_slug(connection, slug)
    if article is None or article.standing.published_at is None or article.standing.published_at > now:
        abort(404)
    return article


def _unsent(article: Discussion, status: int) -> ResponseReturnValue:
    """The answer where nothing can be sent any more: what was typed, to copy."""
    typed = {"name": sent_text("name"), "body": sent_text("body")}
    page = render_template(
        "comments/closed.html", headline=article.headline, article_url=article_path(article.slug), typed=typed
    )
    return page, status


def _give_back(
    slug: str, form: CommentForm, status: int, problem: str, wait: int = 0, *, preview: Markup | None = None
) -> Response:
    """The form again, with every value kept; below the comment as it will look, if that was asked for."""
    headline, mode, wave = "", settings().comments, None
    if not g.get("store_away"):
        article = article_by_slug(slug)
        if article:
            headline, mode, wave = article.headline, mode_of(article.comments_mode), shown_wave(utcnow())
        parent_id = form.parent_id()
        if article and parent_id:
            parent = approved_comment(parent_id, article_id=article.id)
            if parent:
                form.answer(parent)
    page = render_template(
        "comments/compose.html",
        headline=headline,
        article_url=article_path(slug),
        form=form,
        problem=problem,
        preview=preview,
        treatment=treatment(mode, wave),
    )
    response = make_response(page, status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response
