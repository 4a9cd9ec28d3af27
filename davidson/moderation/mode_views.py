"""The moderators' page that says which comments of an article wait, reached from one of them."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from davidson.accounts.guard import on_duty, staff_blueprint
from davidson.accounts.models import Desk
from davidson.admin.dryrun import Tried, try_mode
from davidson.articles.cards import article_path
from davidson.articles.mode_forms import CHOICES, ModeForm
from davidson.articles.modes import set_mode
from davidson.articles.publishing import article_to_change
from davidson.audit.log import Actor
from davidson.clock import unix_time, utcnow
from davidson.database import db, reading
from davidson.moderation.lookups import mode_around
from davidson.web.signing import settings

bp = staff_blueprint("mode", __name__, desk=Desk.MODERATION, at="/moderation")


@bp.get("/comments/<int:comment_id>/mode")
def show(comment_id: int) -> ResponseReturnValue:
    """Which comments of the article below which that one stands wait, to be changed."""
    known = mode_around(comment_id) or abort(404)
    return _page(comment_id, known, ModeForm.showing(known.comments_mode))


@bp.post("/comments/<int:comment_id>/mode")
def change(comment_id: int) -> ResponseReturnValue:
    """Let other comments wait than before."""
    known = mode_around(comment_id) or abort(404)
    form = ModeForm()
    if not form.validate():
        return _page(comment_id, known, form), form.error_status
    article = article_to_change(known.slug) or abort(404)
    set_mode(article, form.chosen, actor=Actor(on_duty().id, on_duty().email), now=utcnow())
    db.session.commit()
    flash(f"Comments on “{known.headline}” are now treated as you said.")
    return redirect(url_for(".show", comment_id=comment_id), 303)


@bp.post("/comments/<int:comment_id>/mode/try")
def try_out(comment_id: int) -> ResponseReturnValue:
    """What the mode would have done to the article's comments of the last weeks. Saves nothing."""
    form = ModeForm()
    with reading():  # Nobody waits for the store's one writer meanwhile.
        known = mode_around(comment_id) or abort(404)
        if not form.validate() or not form.can_be_tried:
            return _page(comment_id, known, form), form.error_status
        tried = try_mode(known.id, form.chosen, utcnow(), clock=unix_time)
        return _page(comment_id, known, form, tried=tried)


def _page(comment_id: int, article: Any, form: ModeForm, *, tried: Tried | None = None) -> str:
    return render_template(
        "moderation/mode.html",
        comment_id=comment_id,
        headline=article.headline,
        article_url=article_path(article.slug),
        form=form,
        tried=tried,
        modes=CHOICES,
        site_mode=settings().comments,
    )
