"""The private page that is a comment's receipt, and what its author may do there."""

from flask import abort, make_response, redirect, render_template
from flask.typing import ResponseReturnValue

from davidson.articles.models import Article
from davidson.clock import utcnow
from davidson.comments.cards import receipt_card
from davidson.comments.forms import EditForm, ReceiptForm
from davidson.comments.models import Comment
from davidson.comments.receipts import NotEditable, comment_with_receipt, edit, is_editable, withdraw
from davidson.comments.remembering import forget
from davidson.database import db, reading
from davidson.web.limits import seconds_to_wait
from davidson.web.pages import FOREIGN, private_blueprint
from davidson.web.signing import keyed_hash, settings

bp = private_blueprint("receipts", __name__, has_secret_address=True)

DECIDED = "A moderator has decided meanwhile, so the text stays as it was."


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
