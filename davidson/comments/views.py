"""Taking a comment, and the private page that is its receipt."""

from datetime import datetime

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Connection

from davidson.articles.cards import article_path
from davidson.articles.models import Article
from davidson.clock import utcnow
from davidson.comments.cards import receipt_card
from davidson.comments.draft import Draft
from davidson.comments.forms import CommentForm, EditForm, ReceiptForm, SoundComment, sent_text, sound_comment
from davidson.comments.heat import PACE_MINUTES, TooHot, seconds_to_cool
from davidson.comments.lookups import Discussion, discussion_by_slug
from davidson.comments.models import Comment
from davidson.comments.pace import seconds_since, started_token
from davidson.comments.queries import approved_comment, article_by_slug
from davidson.comments.receipts import NotEditable, comment_with_receipt, edit, is_editable, withdraw
from davidson.comments.remembering import author_key, author_token, forget, new_author_token, remember
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
from davidson.config import CommentsMode
from davidson.database import db, reading
from davidson.text.markup import render_comment
from davidson.web.errors import RETRY_AFTER, STORE_AWAY, log_store_fault
from davidson.web.limits import is_within, seconds_left, seconds_to_wait
from davidson.web.pages import private_page
from davidson.web.sender import sender_address, sender_network
from davidson.web.signing import keyed_hash, settings

bp = Blueprint("comments", __name__)

FOREIGN = "This page was out of date, or sent from elsewhere. Please send it once more."
BUSY = "The site is busy and could not store this. Please send it again."
PARENT_GONE = "The comment you answer is no longer there. You may send yours as a comment on the article."
# What becomes of a comment, said of all: what the checks make of this one is not told beforehand.
TREATMENT = {
    CommentsMode.HOLD_ALL: "A moderator reads each comment before it is published.",
    CommentsMode.HOLD_FIRST: "A first comment is read by a moderator before it is published, and so are some others.",
    CommentsMode.PUBLISH: "Most comments are published at once; some are read by a moderator first.",
    CommentsMode.CLOSED: "",
}
DECIDED = "A moderator has decided meanwhile, so the text stays as it was."


@bp.after_request
def keep_private(response: Response) -> Response:
    """Nothing here is for caches or search engines, and a receipt's address leaves in no Referer.

    A form that came back must say where it comes from, for a browser that sends nothing else about its origin.
    """
    is_receipt = request.path.startswith("/comments/")
    response.headers["Referrer-Policy"] = "no-referrer" if is_receipt else "same-origin"
    return private_page(response)


@bp.context_processor
def without_canonical_address() -> dict[str, None]:
    """A private page names no address of its own: a receipt's is a secret."""
    return {"canonical_url": None}


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
    """Do all that can be done without the store's one writer; only a new and sound comment waits for that."""
    now = utcnow()
    sent = sound_comment(slug)
    prepared: Prepared | None = None
    is_orphan = False
    with reading():
        with db.engine.connect() as connection:
            article = _discussion_for_readers(connection, slug, now)
            if sent is not None and "preview" in request.form and _is_open(article, now):
                return _preview(article, sent)
            if sent is not None and _is_open(article, now):
                try:
                    prepared = _prepared(connection, article, sent, now)
                except NoSuchParent:
                    is_orphan = True
                else:
                    known = stored_from(connection, prepared, now=now)
                    if known is not None:
                        return _to_receipt(known, is_remembered=prepared.sender.remember)
        if is_orphan:
            return _without_parent(slug)
        if prepared is None:
            return _refusal(article, now)
    return _store(article, prepared, now=now)


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


def _is_open(article: Discussion, now: datetime) -> bool:
    return settings().comments is not CommentsMode.CLOSED and article.standing.takes_comments(now)


def _refusal(article: Discussion, now: datetime) -> ResponseReturnValue:
    """The answer to what is not to be stored, with everything that was typed."""
    if not article.standing.is_public(now):
        return _unsent(article, 404)
    if not _is_open(article, now):
        return _unsent(article, 403)
    form = _form(article.slug)
    form.validate_on_submit()
    return _give_back(article.slug, form, form.error_status, FOREIGN if form.is_foreign else "")


def _store(article: Discussion, prepared: Prepared, *, now: datetime) -> ResponseReturnValue:
    """Count it against its sender's limit and store it, in one transaction; every answer is made after that."""
    limit, sender = settings().comment_limit, prepared.sender
    refused: Exception | None = None
    if is_within(limit, "comment", sender.address):
        try:
            stored = store(prepared, now=now)
        except (NoSuchParent, CommentsClosed, TooHot) as fault:
            refused = fault
        else:
            db.session.commit()
            return _to_receipt(stored, is_remembered=sender.remember)
    db.session.rollback()
    with reading():
        if isinstance(refused, NoSuchParent):
            return _without_parent(article.slug)
        if isinstance(refused, TooHot):
            return _heated(article.slug, seconds_to_cool(refused.head_id, sender.network))
        if refused is not None:
            return _unsent(article, 403)
        wait = max(1, seconds_left(limit, "comment", sender.address)) if limit else 1
        problem = f"You have sent several comments. Please wait {wait} seconds."
        return _give_back(article.slug, _form(article.slug), 429, problem, wait)


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
    headline = ""
    if not g.get("store_away"):
        article = article_by_slug(slug)
        headline = article.headline if article else ""
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
        treatment=TREATMENT[settings().comments],
    )
    response = make_response(page, status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


@bp.get("/comments/<receipt>")
def receipt(receipt: str) -> ResponseReturnValue:
    """What became of a comment, for its author."""
    comment = comment_with_receipt(receipt) or abort(404)
    return _receipt_page(comment, receipt, EditForm.with_text(receipt, comment.source))


def _known(receipt: str) -> int:
    """The id of the receipt's comment, for a change; 404 for none, without asking for the store's one writer."""
    with reading():
        comment = comment_with_receipt(receipt) or abort(404)
        comment_id = comment.id
        db.session.rollback()
    return comment_id


def _comment_of(receipt: str) -> Comment:
    return db.session.get_one(Comment, _known(receipt), populate_existing=True)


@bp.post("/comments/<receipt>/edit")
def change(receipt: str) -> ResponseReturnValue:
    """Give a waiting comment another text."""
    comment_id = _known(receipt)
    wait = seconds_to_wait(settings().comment_limit, "edit", keyed_hash("edit", receipt))
    comment = db.session.get_one(Comment, comment_id, populate_existing=True)
    form = EditForm.with_text(receipt, comment.source)
    if wait:
        page = _receipt_page(
            comment, receipt, form, problem=f"You have edited several times. Please wait {wait} seconds."
        )
        return page, 429, {"Retry-After": str(wait)}
    unsaved = None if is_editable(comment) else form.body.data or ""
    if not form.validate_on_submit():
        problem = FOREIGN if form.csrf_token.errors else ""
        return _receipt_page(comment, receipt, form, problem=problem, unsaved=unsaved), 400 if problem else 422
    try:
        edit(comment, form.body.data or "", now=utcnow())
    except NotEditable:
        return _receipt_page(comment, receipt, form, problem=DECIDED, unsaved=form.body.data or ""), 409
    db.session.commit()
    return redirect(f"/comments/{receipt}", code=303)


@bp.post("/comments/<receipt>/delete")
def delete(receipt: str) -> ResponseReturnValue:
    """Withdraw a comment for good."""
    comment = _comment_of(receipt)
    if not ReceiptForm.of(receipt).validate_on_submit():
        return _refused(comment, receipt)
    withdraw(comment, now=utcnow())
    db.session.commit()
    return redirect(f"/comments/{receipt}", code=303)


@bp.post("/comments/<receipt>/forget")
def forget_device(receipt: str) -> ResponseReturnValue:
    """Let this device forget its author token."""
    comment = _comment_of(receipt)
    if not ReceiptForm.of(receipt).validate_on_submit():
        return _refused(comment, receipt)
    response = make_response(redirect(f"/comments/{receipt}", code=303))
    forget(response)
    return response


def _refused(comment: Comment, receipt: str) -> ResponseReturnValue:
    """400: the form was not this receipt's."""
    return _receipt_page(comment, receipt, EditForm.with_text(receipt, comment.source), problem=FOREIGN), 400


def _receipt_page(
    comment: Comment, receipt: str, form: EditForm, *, problem: str = "", unsaved: str | None = None
) -> str:
    """The receipt; `problem` is why a change was refused, `unsaved` the text that was to be stored."""
    article = db.session.get_one(Article, comment.article_id)
    shown = receipt_card(comment, article, receipt, now=utcnow())
    return render_template("comments/receipt.html", receipt=shown, form=form, problem=problem, unsaved=unsaved)
