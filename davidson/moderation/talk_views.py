"""A comment in its discussion, from the staff side: answering it and picking it."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from davidson.accounts.guard import on_duty, staff_blueprint
from davidson.accounts.models import Desk
from davidson.articles.cards import article_path
from davidson.audit.log import Actor
from davidson.clock import utcnow
from davidson.comments.status import CommentStatus
from davidson.comments.threads import comment_path
from davidson.database import db
from davidson.moderation.decisions import NoSuchComment, NotDecidable, Stale
from davidson.moderation.lookups import comment_in_discussion
from davidson.moderation.picks import pick, unpick
from davidson.moderation.replies import NotAnswerable, reply
from davidson.moderation.talk_forms import PickForm, ReplyForm

bp = staff_blueprint("talk", __name__, desk=Desk.MODERATION, at="/moderation")

CHANGED = "This comment has changed since your page was made. Below is how it stands."
UNSEEN = "Readers do not see this comment now, so nothing was done."


@bp.get("/comments/<int:comment_id>/talk")
def comment(comment_id: int) -> ResponseReturnValue:
    """The comment as readers see it, with what the staff may do beside it."""
    return _page(comment_id, ReplyForm(formdata=None))


@bp.post("/comments/<int:comment_id>/reply")
def answer(comment_id: int) -> ResponseReturnValue:
    """Publish a reply under the name of whoever is signed in."""
    form = ReplyForm()
    if not form.validate():
        return _page(comment_id, form), form.error_status
    person = on_duty()
    try:
        said = reply(
            comment_id,
            form.body.data or "",
            staff_id=person.id,
            name=person.name,
            actor=Actor(person.id, person.email),
            now=utcnow(),
        )
    except NoSuchComment:
        abort(404)
    except NotAnswerable:
        db.session.rollback()
        return _page(comment_id, form, problem=UNSEEN), 409
    db.session.commit()
    if said.status is CommentStatus.APPROVED:
        flash("Your reply is in the discussion.")
    return redirect(url_for(".comment", comment_id=said.id), 303)


@bp.post("/comments/<int:comment_id>/pick")
def mark(comment_id: int) -> ResponseReturnValue:
    """Make the comment an editor's pick, or take that back."""
    form = PickForm()
    if not form.validate():
        problem = " ".join(fault for faults in form.errors.values() for fault in faults)
        return _page(comment_id, ReplyForm(formdata=None), problem=problem), form.error_status
    act = pick if form.pick.data == "yes" else unpick
    try:
        act(comment_id, version=form.seen_version, actor=Actor(on_duty().id, on_duty().email), now=utcnow())
    except NoSuchComment:
        abort(404)
    except (Stale, NotDecidable) as clash:
        db.session.rollback()
        problem = CHANGED if isinstance(clash, Stale) else UNSEEN
        return _page(comment_id, ReplyForm(formdata=None), problem=problem), 409
    db.session.commit()
    flash("It is an editor’s pick now." if act is pick else "It is no editor’s pick any more.")
    return redirect(url_for(".comment", comment_id=comment_id), 303)


def _page(comment_id: int, form: ReplyForm, *, problem: str = "") -> str:
    found = comment_in_discussion(comment_id) or abort(404)
    article_url = article_path(found.slug)
    return render_template(
        "moderation/talk.html",
        comment=found,
        is_shown=found.status is CommentStatus.APPROVED and found.retracted_at is None,
        article_url=article_url,
        comment_url=comment_path(article_url, found.id),
        form=form,
        problem=problem,
    )
