"""Asking for mails on a receipt, and the page that confirms and ends them."""

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from davidson.articles.cards import article_path
from davidson.articles.models import Article
from davidson.clock import utcnow
from davidson.comments.forms import fault_of_wish
from davidson.comments.mailing import ask_again, confirm, end_mails, mail_offer, mail_state
from davidson.comments.models import Comment
from davidson.comments.receipts import comment_with_receipt
from davidson.database import db
from davidson.mail.forms import ConfirmForm, WishForm
from davidson.mail.links import path_of, subscription_at
from davidson.mail.models import Subscription
from davidson.web.pages import FOREIGN, private_blueprint
from davidson.web.sender import sender_network

bp = private_blueprint("mail", __name__, referrer_policy="no-referrer")


@bp.post("/comments/<receipt>/mail")
def ask(receipt: str) -> ResponseReturnValue:
    """Send the mail that asks for a confirmation."""
    comment = comment_with_receipt(receipt) or abort(404)
    if mail_offer(comment, receipt) is None:
        abort(404)
    form = WishForm.of(receipt)
    if not form.validate_on_submit():
        return _ask_page(comment, receipt, form)
    if not (form.email.data or comment.email):
        form.email.errors = [fault_of_wish(wants_mail=True, email="")]
        return _ask_page(comment, receipt, form)
    ask_again(comment, form.email.data or "", network=sender_network(request), now=utcnow())
    db.session.commit()
    return redirect(f"/comments/{receipt}", code=303)


@bp.post("/comments/<receipt>/mail/end")
def end(receipt: str) -> ResponseReturnValue:
    """Send no more mails, and forget the address."""
    comment = comment_with_receipt(receipt) or abort(404)
    form = WishForm.of(receipt)
    if not form.validate_on_submit():
        return _ask_page(comment, receipt, form)
    subscription = db.session.get(Subscription, comment.id)
    if subscription is not None:
        end_mails(subscription)
        db.session.commit()
    return redirect(f"/comments/{receipt}", code=303)


def _ask_page(comment: Comment, receipt: str, form: WishForm) -> ResponseReturnValue:
    """The form once more, with what was typed."""
    foreign = bool(form.csrf_token.errors)
    page = render_template(
        "mail/ask.html",
        mail=mail_offer(comment, receipt) or abort(404),
        token=form.csrf_token.current_token,
        fault=" ".join(form.email.errors),
        typed=form.email.data or "",
        problem=FOREIGN if foreign else "",
        receipt_url=f"/comments/{receipt}",
    )
    return page, 400 if foreign else 422


@bp.get("/mail/<int:comment_id>/<token>")
@bp.get("/mail/<int:comment_id>/<token>/unsubscribe", endpoint="before_unsubscribing")
def state(comment_id: int, token: str) -> ResponseReturnValue:
    """How it stands, and the buttons. Programs that look through mails open links, so opening one changes nothing."""
    return _state_page(_subscription(comment_id, token), token)


@bp.post("/mail/<int:comment_id>/<token>/confirm")
def confirm_address(comment_id: int, token: str) -> ResponseReturnValue:
    """Begin to mail."""
    subscription = _subscription(comment_id, token)
    if not ConfirmForm.of(token).validate_on_submit():
        return _state_page(subscription, token, problem=FOREIGN), 400
    confirm(subscription, db.session.get_one(Comment, comment_id), now=utcnow())
    db.session.commit()
    return redirect(path_of(subscription), code=303)


@bp.post("/mail/<int:comment_id>/<token>/unsubscribe")
def unsubscribe(comment_id: int, token: str) -> ResponseReturnValue:
    """End the mails: for a person's button and for a mail program, which has no form's token and follows no redirect.

    RFC 8058 section 3.2. The address of this page is all the authority there is, and all that is needed.
    """
    subscription = _subscription(comment_id, token)
    end_mails(subscription)
    db.session.commit()
    return _state_page(subscription, token)


def _subscription(comment_id: int, token: str) -> Subscription:
    return subscription_at(comment_id, token) or abort(404)


def _state_page(subscription: Subscription, token: str, *, problem: str = "") -> str:
    comment = db.session.get_one(Comment, subscription.comment_id, populate_existing=True)
    article = db.session.get_one(Article, comment.article_id)
    return render_template(
        "mail/state.html",
        state=mail_state(comment),
        headline=article.headline,
        article_url=article_path(article.slug),
        here=path_of(subscription),
        token=ConfirmForm.of(token).csrf_token.current_token,
        problem=problem,
    )
