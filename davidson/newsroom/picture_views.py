"""The editors' page of an article's picture: what is said of it, and what must be seen of it."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from davidson.accounts.guard import on_duty, staff_blueprint
from davidson.accounts.models import EDITORS, Desk
from davidson.articles.cards import Picture, picture_of
from davidson.articles.describing import describe_picture, pictured_article
from davidson.articles.models import Article
from davidson.audit.log import Actor
from davidson.clock import utcnow
from davidson.database import db
from davidson.media.apart import draw_apart
from davidson.media.models import Media
from davidson.newsroom.picture_forms import PictureForm
from davidson.web.paging import MOST
from davidson.web.signing import settings

CHANGED = "Somebody changed the article meanwhile. What you typed is below, and nothing of it was saved yet."
SHAPES = {"16x9": "16 to 9", "4x3": "4 to 3", "1x1": "Square"}

bp = staff_blueprint("picture", __name__, desk=Desk.NEWSROOM, at="/newsroom")


@bp.get("/articles/<int:article_id>/picture")
def show(article_id: int) -> ResponseReturnValue:
    """What is said of the picture, to be changed."""
    article, media = _pictured(article_id)
    return _page(article, media, PictureForm.showing(article, media))


@bp.post("/articles/<int:article_id>/picture")
def change(article_id: int) -> ResponseReturnValue:
    """Say something else of it. Where another part must be seen, it is drawn anew before the answer."""
    article, media = _pictured(article_id, to_change=True)
    form = PictureForm.sent(article)
    if not form.validate():
        return _page(article, media, form), form.error_status
    if form.version.data != str(article.version):
        form.version.data = str(article.version)
        return _page(article, media, form, problem=CHANGED), 409
    actor = Actor(on_duty().id, on_duty().email)
    must_draw = describe_picture(article, media, form.words, form.focus, actor=actor, now=utcnow())
    headline, digest = article.headline, media.digest
    db.session.commit()
    flash(f"The picture of “{headline}” is described as you said.")
    if must_draw and not draw_apart(digest, settings()):
        flash("Its other crops could not be drawn; until `davidson media render` has run, readers see those of before.")
    return redirect(url_for(".show", article_id=article_id), 303)


def _pictured(article_id: int, *, to_change: bool = False) -> tuple[Article, Media]:
    if on_duty().role not in EDITORS:
        abort(403)
    found = pictured_article(article_id, to_change=to_change) if 0 < article_id <= MOST else None
    return found or abort(404)


def _page(article: Article, media: Media, form: PictureForm, *, problem: str = "") -> str:
    shown = picture_of(media.renditions, alt=article.image_alt)
    crops: list[tuple[str, Picture]] = [(name, shown.crop(shape)) for shape, name in SHAPES.items()] if shown else []
    return render_template(
        "newsroom/picture.html",
        article_id=article.id,
        headline=article.headline,
        is_published=article.published_at is not None,
        picture=shown,
        crops=crops,
        form=form,
        problem=problem,
    )
