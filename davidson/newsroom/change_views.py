"""The editors' page of an article's changes: what readers are told of them, said after they were made."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from davidson.accounts.guard import on_duty, staff_blueprint
from davidson.accounts.models import EDITORS, Desk
from davidson.articles.amending import NoSuchNote, NothingToTell, take_note_back, tell, telling_of
from davidson.articles.changes import ChangeKind, NotReadYet
from davidson.articles.models import Article
from davidson.articles.publishing import article_to_change
from davidson.audit.log import Actor
from davidson.clock import utcnow
from davidson.database import db, reading
from davidson.newsroom.change_forms import KINDS, ChangeForm, NoteForm
from davidson.newsroom.queries import ArticleState, article_state
from davidson.web.paging import MOST

CHANGED = "Somebody changed the article meanwhile. What you typed is below, and readers were told nothing yet."
UNREAD = "Readers do not see this article now, so there is no change to tell."
NOTHING_NEW = "Everything that was changed is or was told already, so there is nothing to call a slip of the pen."
STILL_TOLD = (
    "Somebody changed the article meanwhile, and nothing was taken back yet. Below is what readers are told now."
)
GONE = "That note was taken back already."

bp = staff_blueprint("changes", __name__, desk=Desk.NEWSROOM, roles=EDITORS, at="/newsroom")


@bp.get("/articles/<int:article_id>/changes")
def show(article_id: int) -> ResponseReturnValue:
    """What readers are told of the article's changes, and the form that tells them of the last one."""
    return _page(_known(article_id), ChangeForm(formdata=None))


@bp.post("/articles/<int:article_id>/changes")
def say(article_id: int) -> ResponseReturnValue:
    """Tell readers of the last change, or of what changed beside the text."""
    known, form = _known(article_id), ChangeForm()
    if not form.validate():
        return _refused(article_id, form), form.error_status
    article = article_to_change(known.slug) or abort(404)
    if form.version.data != str(article.version):
        return _outdated(article_id, form, CHANGED)
    try:
        tell(article, form.amendment, actor=_actor(), now=utcnow())
    except NotReadYet:
        return _outdated(article_id, form, UNREAD)
    except NothingToTell:
        form.kind.errors = [NOTHING_NEW]
        return _refused(article_id, form), 422
    is_told = form.amendment.kind is not ChangeKind.MINOR
    return _done(article, "Readers are told." if is_told else "The last change is one that readers are not told of.")


@bp.post("/articles/<int:article_id>/changes/take-back")
def take_back(article_id: int) -> ResponseReturnValue:
    """Take back what readers were told of a change."""
    known, form = _known(article_id), NoteForm()
    number = form.number.data or 0
    if not form.validate() or not 0 < number <= MOST:
        abort(400)
    article = article_to_change(known.slug) or abort(404)
    if form.version.data != str(article.version):
        return _outdated(article_id, ChangeForm(formdata=None), STILL_TOLD)
    try:
        take_note_back(article, number, actor=_actor(), now=utcnow())
    except NoSuchNote:
        return _outdated(article_id, ChangeForm(formdata=None), GONE)
    return _done(article, "The note was taken back. The history says that there was one, and readers see it no more.")


def _known(article_id: int) -> ArticleState:
    found = article_state(article_id, utcnow()) if 0 < article_id <= MOST else None
    return found or abort(404)


def _actor() -> Actor:
    return Actor(on_duty().id, on_duty().email)


def _done(article: Article, said: str) -> ResponseReturnValue:
    article_id = article.id
    db.session.commit()
    flash(said)
    return redirect(url_for(".show", article_id=article_id), 303)


def _outdated(article_id: int, form: ChangeForm, problem: str) -> ResponseReturnValue:
    """The page as it is now, to be looked at before anything is sent once more."""
    form.version.data = None
    return _refused(article_id, form, problem=problem), 409


def _refused(article_id: int, form: ChangeForm, *, problem: str = "") -> str:
    """The page with what was typed, which is still said of the version that it was typed for."""
    db.session.rollback()
    with reading():  # Nobody waits for the store's one writer while words are compared.
        return _page(_known(article_id), form, problem=problem)


def _page(article: ArticleState, form: ChangeForm, *, problem: str = "") -> str:
    version = str(db.session.scalar(select(Article.version).where(Article.id == article.id)))
    if form.version.data is None:
        form.version.data = version
    return render_template(
        "newsroom/changes.html",
        article=article,
        version=version,
        telling=telling_of(article.id),
        kinds=KINDS,
        form=form,
        problem=problem,
    )
