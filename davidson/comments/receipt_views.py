"""The private page that is a comment's receipt, and what its author does there."""

from collections.abc import Callable

from flask import Response, abort, g, json, make_response, redirect, render_template
from flask.typing import ResponseReturnValue

from davidson.articles.models import Article
from davidson.audit.queries import entries_about
from davidson.clock import utcnow
from davidson.comments.appealing import NotAppealable, make_appeal
from davidson.comments.cards import receipt_card
from davidson.comments.disclosing import everything_stored
from davidson.comments.editing import NotEditable, edit, text_to_edit
from davidson.comments.forms import AppealForm, EditForm, ReceiptForm, sent_text
from davidson.comments.models import Comment
from davidson.comments.queries import appeal_about, approved_comment, proposal_for
from davidson.comments.receipts import comment_with_receipt
from davidson.comments.remembering import forget
from davidson.comments.states import subject_of
from davidson.comments.withdrawing import erase, withdraw
from davidson.database import db, reading
from davidson.mail.models import Subscription
from davidson.web.errors import RETRY_AFTER, STORE_AWAY, log_store_fault, store_away
from davidson.web.limits import seconds_to_wait
from davidson.web.pages import FOREIGN, private_blueprint
from davidson.web.signing import keyed_hash, settings

bp = private_blueprint("receipts", __name__, referrer_policy="no-referrer")

NOT_EDITABLE = "The text can be changed no longer, so it stays as it was."
NOT_APPEALABLE = "No appeal can be made about this comment now; below is how it stands."

Act = Callable[..., None]


def unsaved_text(fault: Exception) -> Response:
    """503 where the store did not answer, with what was typed to copy: the receipt itself cannot be read either."""
    typed = sent_text("body") or sent_text("appeal")
    if not typed:
        return store_away(fault)
    db.session.rollback()
    log_store_fault(fault)
    g.store_away = True
    response = make_response(render_template("comments/unsaved.html", typed=typed), 503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


for fault in STORE_AWAY:
    bp.register_error_handler(fault, unsaved_text)


@bp.get("/comments/<receipt>")
def receipt(receipt: str) -> ResponseReturnValue:
    """What became of a comment, for its author."""
    return _page(comment_with_receipt(receipt) or abort(404), receipt)


@bp.post("/comments/<receipt>/edit")
def change(receipt: str) -> ResponseReturnValue:
    """Give a comment another text."""
    comment_id = _known(receipt)
    wait = seconds_to_wait(settings().comment_limit, "edit", keyed_hash("edit", receipt))
    comment = db.session.get_one(Comment, comment_id, populate_existing=True)
    form = EditForm.with_text(receipt, text_to_edit(comment, proposal_for(comment.id)))
    typed = form.body.data or ""
    if wait:
        problem = f"You have edited several times. Please wait {wait} seconds."
        return _page(comment, receipt, edit_form=form, problem=problem), 429, {"Retry-After": str(wait)}
    if not form.validate_on_submit():
        problem = FOREIGN if form.csrf_token.errors else ""
        page = _page(comment, receipt, edit_form=form, problem=problem, unsaved=typed)
        return page, 400 if problem else 422
    try:
        edit(comment, typed, now=utcnow())
    except NotEditable:
        return _page(comment, receipt, problem=NOT_EDITABLE, unsaved=typed), 409
    return _done(receipt)


@bp.post("/comments/<receipt>/appeal")
def appeal(receipt: str) -> ResponseReturnValue:
    """Ask for a second look at a comment that was refused."""
    comment = _comment_of(receipt)
    form = AppealForm.of(receipt)
    typed = form.appeal.data or ""
    if not form.validate_on_submit():
        problem = FOREIGN if form.csrf_token.errors else ""
        page = _page(comment, receipt, appeal_form=form, problem=problem, unsaved=typed)
        return page, 400 if problem else 422
    try:
        make_appeal(comment, typed, now=utcnow())
    except NotAppealable:
        return _page(comment, receipt, problem=NOT_APPEALABLE, unsaved=typed), 409
    return _done(receipt)


@bp.post("/comments/<receipt>/withdraw")
def take_back(receipt: str) -> ResponseReturnValue:
    """Take a comment off every page."""
    return _press(receipt, withdraw)


@bp.post("/comments/<receipt>/delete")
def delete(receipt: str) -> ResponseReturnValue:
    """Erase a comment for good."""
    return _press(receipt, erase)


@bp.post("/comments/<receipt>/data")
def data(receipt: str) -> ResponseReturnValue:
    """All that is stored on a comment, as a file."""
    with reading():
        comment = comment_with_receipt(receipt) or abort(404)
        if not ReceiptForm.of(receipt).validate_on_submit():
            return _refused(comment, receipt)
        stored = everything_stored(
            comment,
            db.session.get_one(Article, comment.article_id),
            proposal=proposal_for(comment.id),
            appeal=appeal_about(comment.id),
            subscription=db.session.get(Subscription, comment.id),
            entries=entries_about(subject_of(comment.id)),
        )
        db.session.rollback()
    answer = Response(json.dumps(stored, indent=2, ensure_ascii=False, sort_keys=False), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="comment-{stored["comment"]["id"]}.json"'
    return answer


@bp.post("/comments/<receipt>/forget")
def forget_device(receipt: str) -> ResponseReturnValue:
    """Let this device forget its author token."""
    comment = _comment_of(receipt)
    if not ReceiptForm.of(receipt).validate_on_submit():
        return _refused(comment, receipt)
    response = make_response(redirect(f"/comments/{receipt}", code=303))
    forget(response)
    return response


def _known(receipt: str) -> int:
    """The id of the receipt's comment, for a change; 404 for none, without asking for the store's one writer."""
    with reading():
        comment = comment_with_receipt(receipt) or abort(404)
        comment_id = comment.id
        db.session.rollback()
    return comment_id


def _comment_of(receipt: str) -> Comment:
    return db.session.get_one(Comment, _known(receipt), populate_existing=True)


def _press(receipt: str, act: Act) -> ResponseReturnValue:
    """Do what a button without any field stands for."""
    comment = _comment_of(receipt)
    if not ReceiptForm.of(receipt).validate_on_submit():
        return _refused(comment, receipt)
    act(comment, now=utcnow())
    return _done(receipt)


def _done(receipt: str) -> Response:
    db.session.commit()
    return make_response(redirect(f"/comments/{receipt}", code=303))


def _refused(comment: Comment, receipt: str) -> ResponseReturnValue:
    """400: the form was not this receipt's."""
    return _page(comment, receipt, problem=FOREIGN), 400


def _page(
    comment: Comment,
    receipt: str,
    *,
    edit_form: EditForm | None = None,
    appeal_form: AppealForm | None = None,
    problem: str = "",
    unsaved: str = "",
) -> str:
    """The receipt; `problem` is why a change was refused, `unsaved` what was typed, shown where no field holds it."""
    card = receipt_card(
        comment,
        db.session.get_one(Article, comment.article_id),
        receipt,
        parent=approved_comment(comment.parent_id, article_id=comment.article_id) if comment.parent_id else None,
        proposal=proposal_for(comment.id),
        appeal=appeal_about(comment.id),
        entries=entries_about(subject_of(comment.id)),
        now=utcnow(),
    )
    held = (edit_form and card["edit_url"]) or (appeal_form and card["appeal_url"])
    return render_template(
        "comments/receipt.html",
        receipt=card,
        edit_form=edit_form or EditForm.with_text(receipt, text_to_edit(comment, proposal_for(comment.id))),
        appeal_form=appeal_form or AppealForm.of(receipt),
        problem=problem,
        unsaved="" if held else unsaved,
    )
