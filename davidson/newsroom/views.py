"""The editors' desk: the articles with their state, and taking one back."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from davidson.accounts.guard import on_duty, staff_blueprint
from davidson.accounts.models import EDITORS, Desk
from davidson.articles.publishing import NotPublished, article_to_change, retract
from davidson.audit.log import Actor
from davidson.clock import utcnow
from davidson.database import db
from davidson.newsroom.forms import RetractionForm
from davidson.newsroom.queries import ArticleState, article_state, desk_page
from davidson.web.paging import MOST

bp = staff_blueprint("newsroom", __name__, desk=Desk.NEWSROOM, at="/newsroom")


@bp.get("/")
def articles() -> ResponseReturnValue:
    """One page of all articles, the one added last first."""
    before = _before(request.args.get("before"))
    page = desk_page(utcnow(), before=before)
    return render_template(
        "newsroom/articles.html",
        articles=page.articles,
        may_take_back=on_duty().role in EDITORS,
        older_url=url_for(".articles", before=page.older) if page.older else None,
        first_url=url_for(".articles") if before is not None else None,
    )


@bp.get("/articles/<int:article_id>/take-back")
def confirm(article_id: int) -> ResponseReturnValue:
    """Ask why the article is taken back, before it is."""
    _editors_only()
    return _confirmation(article_id, RetractionForm(formdata=None), status=200)


@bp.post("/articles/<int:article_id>/take-back")
def take_back(article_id: int) -> ResponseReturnValue:
    """Take the article back: its page says why, and it leaves every list at once."""
    _editors_only()
    form = RetractionForm()
    if not form.validate():
        return _confirmation(article_id, form, status=form.error_status)
    known = _known(article_id)
    article = article_to_change(known.slug) or abort(404)
    try:
        retract(article, reason=form.reason.data or "", actor=Actor(on_duty().id, on_duty().email), now=utcnow())
    except NotPublished:
        db.session.rollback()
        return _confirmation(article_id, form, status=409)
    db.session.commit()
    flash(f"“{known.headline}” was taken back.")
    return redirect(url_for(".articles"), 303)


def _editors_only() -> None:
    if on_duty().role not in EDITORS:
        abort(403)


def _confirmation(article_id: int, form: RetractionForm, *, status: int) -> ResponseReturnValue:
    """The page with the reason's field; where the article is not public, what is the case instead, and 409."""
    article = _known(article_id)
    if article.state not in ("published", "scheduled"):
        status = 409
    return render_template("newsroom/take-back.html", article=article, form=form), status


def _known(article_id: int) -> ArticleState:
    found = article_state(article_id, utcnow()) if 0 < article_id <= MOST else None
    return found or abort(404)


def _before(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= MOST):
        abort(404)
    return int(text)
