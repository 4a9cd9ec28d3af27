"""The editors' page of an article's comments: when they close, and which of them wait for a moderator."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from davidson.accounts.guard import on_duty, staff_blueprint
from davidson.accounts.models import EDITORS, Desk
from davidson.admin.dryrun import Tried, try_mode
from davidson.articles.closing import close_comments, closing_of
from davidson.articles.mode_forms import CHOICES, ModeForm
from davidson.articles.modes import set_mode
from davidson.articles.publishing import article_to_change
from davidson.audit.log import Actor
from davidson.clock import unix_time, utcnow
from davidson.database import db, reading
from davidson.newsroom.closing_forms import ClosingForm
from davidson.newsroom.queries import ArticleState, article_state
from davidson.web.paging import MOST
from davidson.web.signing import settings

bp = staff_blueprint("closing", __name__, desk=Desk.NEWSROOM, at="/newsroom")


@bp.get("/articles/<int:article_id>/comments")
def show(article_id: int) -> ResponseReturnValue:
    """When the article stops taking comments and which of them wait, to be changed."""
    return _page(_known(article_id))


@bp.post("/articles/<int:article_id>/comments")
def change(article_id: int) -> ResponseReturnValue:
    """Choose another moment."""
    known = _known(article_id)
    form = ClosingForm.sent(settings().time_zone)
    if not form.validate():
        return _page(known, closing=form), form.error_status
    now = utcnow()
    article = article_to_change(known.slug) or abort(404)
    close_comments(article, form.chosen(now), actor=Actor(on_duty().id, on_duty().email), now=now)
    db.session.commit()
    flash(f"Comments on “{known.headline}” now close as you said.")
    return redirect(url_for("newsroom.articles"), 303)


@bp.post("/articles/<int:article_id>/comments/mode")
def change_mode(article_id: int) -> ResponseReturnValue:
    """Let other comments wait than before."""
    known = _known(article_id)
    form = ModeForm()
    if not form.validate():
        return _page(known, mode=form), form.error_status
    article = article_to_change(known.slug) or abort(404)
    set_mode(article, form.chosen, actor=Actor(on_duty().id, on_duty().email), now=utcnow())
    db.session.commit()
    flash(f"Comments on “{known.headline}” are now treated as you said.")
    return redirect(url_for("newsroom.articles"), 303)


@bp.post("/articles/<int:article_id>/comments/mode/try")
def try_mode_out(article_id: int) -> ResponseReturnValue:
    """What the mode would have done to the article's comments of the last weeks. Saves nothing."""
    form = ModeForm()
    with reading():  # Nobody waits for the store's one writer meanwhile.
        known = _known(article_id)
        if not form.validate() or not form.can_be_tried:
            return _page(known, mode=form), form.error_status
        tried = try_mode(known.id, form.chosen, utcnow(), clock=unix_time)
        return _page(known, mode=form, tried=tried)


def _known(article_id: int) -> ArticleState:
    if on_duty().role not in EDITORS:
        abort(403)
    found = article_state(article_id, utcnow()) if 0 < article_id <= MOST else None
    return found or abort(404)


def _page(
    article: ArticleState,
    *,
    closing: ClosingForm | None = None,
    mode: ModeForm | None = None,
    tried: Tried | None = None,
) -> str:
    """The page with both forms; the one that was sent with what was typed and its faults."""
    return render_template(
        "newsroom/closing.html",
        article=article,
        form=closing or ClosingForm.showing(article.comments_close_at, settings().time_zone),
        mode_form_sent=mode or ModeForm.showing(article.comments_mode),
        tried=tried,
        modes=CHOICES,
        site_mode=settings().comments,
        site_days=settings().comments_close_after,
        closes_at=closing_of(article.published_at, article.comments_close_at),
        now=utcnow(),
        zone=settings().time_zone.key,
    )
