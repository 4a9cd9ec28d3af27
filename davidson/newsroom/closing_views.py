"""The editors' page that says when an article stops taking comments."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from davidson.accounts.guard import on_duty, staff_blueprint
from davidson.accounts.models import EDITORS, Desk
from davidson.articles.closing import close_comments, closing_of
from davidson.articles.publishing import article_to_change
from davidson.audit.log import Actor
from davidson.clock import utcnow
from davidson.database import db
from davidson.newsroom.closing_forms import ClosingForm
from davidson.newsroom.queries import ArticleState, article_state
from davidson.web.paging import MOST
from davidson.web.signing import settings

bp = staff_blueprint("closing", __name__, desk=Desk.NEWSROOM, at="/newsroom")


@bp.get("/articles/<int:article_id>/comments")
def show(article_id: int) -> ResponseReturnValue:
    """When the article stops taking comments, to be changed."""
    article = _known(article_id)
    return _page(article, ClosingForm.showing(article.comments_close_at, settings().time_zone))


@bp.post("/articles/<int:article_id>/comments")
def change(article_id: int) -> ResponseReturnValue:
    """Choose another moment."""
    known = _known(article_id)
    form = ClosingForm.sent(settings().time_zone)
    if not form.validate():
        return _page(known, form), form.error_status
    now = utcnow()
    article = article_to_change(known.slug) or abort(404)
    close_comments(article, form.chosen(now), actor=Actor(on_duty().id, on_duty().email), now=now)
    db.session.commit()
    flash(f"Comments on “{known.headline}” now close as you said.")
    return redirect(url_for("newsroom.articles"), 303)


def _known(article_id: int) -> ArticleState:
    if on_duty().role not in EDITORS:
        abort(403)
    found = article_state(article_id, utcnow()) if 0 < article_id <= MOST else None
    return found or abort(404)


def _page(article: ArticleState, form: ClosingForm) -> str:
    return render_template(
        "newsroom/closing.html",
        article=article,
        form=form,
        site_days=settings().comments_close_after,
        closes_at=closing_of(article.published_at, article.comments_close_at),
        now=utcnow(),
        zone=settings().time_zone.key,
    )
