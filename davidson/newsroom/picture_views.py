"""The editors' page of an article's picture: which one it is, what is said of it, and what must be seen of it."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from davidson.accounts.guard import on_duty, staff_blueprint, still_on_duty
from davidson.accounts.models import EDITORS, Desk
from davidson.articles.cards import Picture, picture_of
from davidson.articles.describing import describe_picture, pictured_article, replace_picture
from davidson.articles.models import Article
from davidson.audit.log import Actor
from davidson.clock import utcnow
from davidson.database import db, reading
from davidson.media.apart import NotNow, NotTaken, draw_apart, keep_apart
from davidson.media.models import Media
from davidson.media.renditions import MAX_BYTES
from davidson.newsroom.picture_forms import NewPictureForm, PictureForm, sentence
from davidson.web.errors import RETRY_AFTER
from davidson.web.paging import MOST
from davidson.web.signing import settings

CHANGED = "Somebody changed the article meanwhile. What you typed is below, and nothing of it was saved yet."
SHAPES = {"16x9": "16 to 9", "4x3": "4 to 3", "1x1": "Square"}

MOST_SENT = 2 * MAX_BYTES
"""Bytes of a request with a file. Beyond what is taken, so that most of what is too large is told beside its field."""

bp = staff_blueprint("picture", __name__, desk=Desk.NEWSROOM, roles=EDITORS, at="/newsroom")
upload_bp = staff_blueprint(
    "new-picture", __name__, desk=Desk.NEWSROOM, roles=EDITORS, at="/newsroom", most_sent=MOST_SENT
)


@bp.get("/articles/<int:article_id>/picture")
def show(article_id: int) -> ResponseReturnValue:
    """What is said of the picture, to be changed."""
    article, media = _pictured(article_id)
    return _page(article, media)


@bp.post("/articles/<int:article_id>/picture")
def change(article_id: int) -> ResponseReturnValue:
    """Say something else of it. Where another part must be seen, it is drawn anew before the answer."""
    article, media = _pictured(article_id, to_change=True)
    if media is None:
        abort(404)
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


@upload_bp.post("/articles/<int:article_id>/picture/file")
def replace(article_id: int) -> ResponseReturnValue:
    """Give the article another picture. It is checked and drawn before anybody waits for the store."""
    with reading():
        article, media = _pictured(article_id)
        form = NewPictureForm.sent(article)
        is_valid = form.validate()
        if not is_valid or form.version.data != str(article.version):
            return _refused(article, media, form)
        db.session.rollback()
    try:
        media_id = keep_apart(form.file_sent, settings())
    except NotNow as fault:
        return _given_back(article_id, form, fault), 503, {"Retry-After": str(RETRY_AFTER)}
    except NotTaken as fault:
        return _given_back(article_id, form, fault), form.error_status
    article, media = _pictured(article_id, to_change=True)
    person = still_on_duty(EDITORS)
    if form.version.data != str(article.version):
        return _refused(article, media, form)
    fresh = db.session.get(Media, media_id) or abort(404)
    replace_picture(article, fresh, form.words, actor=Actor(person.id, person.email), now=utcnow())
    headline = article.headline
    db.session.commit()
    flash(f"“{headline}” has another picture.")
    return redirect(url_for("picture.show", article_id=article_id), 303)


def _refused(article: Article, media: Media | None, form: NewPictureForm) -> ResponseReturnValue:
    """The page with what was typed: what is wrong with it, or that the article is another now."""
    if form.errors:
        return _page(article, media, new_form=form), form.error_status
    form.version.data = str(article.version)
    return _page(article, media, new_form=form, problem=CHANGED), 409


def _given_back(article_id: int, form: NewPictureForm, fault: NotTaken) -> str:
    """The page with what was typed, and beside the field why the file was not taken."""
    form.new_file.errors = [sentence(str(fault))]
    with reading():
        article, media = _pictured(article_id)
        return _page(article, media, new_form=form)


def _pictured(article_id: int, *, to_change: bool = False) -> tuple[Article, Media | None]:
    found = pictured_article(article_id, to_change=to_change) if 0 < article_id <= MOST else None
    return found or abort(404)


def _page(
    article: Article,
    media: Media | None,
    form: PictureForm | None = None,
    *,
    new_form: NewPictureForm | None = None,
    problem: str = "",
) -> str:
    """The page with both forms; the one that was sent with what was typed and its faults."""
    shown = picture_of(media.renditions, alt=article.image_alt) if media else None
    crops: list[tuple[str, Picture]] = [(name, shown.crop(shape)) for shape, name in SHAPES.items()] if shown else []
    return render_template(
        "newsroom/picture.html",
        article_id=article.id,
        headline=article.headline,
        is_published=article.published_at is not None,
        picture=shown,
        crops=crops,
        form=form or (PictureForm.showing(article, media) if media else None),
        new_form=new_form or NewPictureForm(formdata=None, data={"version": str(article.version)}),
        is_new=new_form is not None,
        problem=problem,
    )
