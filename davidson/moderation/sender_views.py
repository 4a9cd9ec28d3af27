"""What stands around a comment: its whole thread; its sender, with the notes and bans of moderators."""

from flask import Response, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from davidson.accounts.guard import on_duty, staff_blueprint
from davidson.accounts.models import Desk, Role
from davidson.audit.log import Actor
from davidson.clock import utcnow
from davidson.comments.bans import SenderKind
from davidson.database import db
from davidson.moderation.bans import BannedAlready, place_ban
from davidson.moderation.context import senders_of, spot_of
from davidson.moderation.decisions import NoSuchComment
from davidson.moderation.notes import MOST_NOTES, NoSuchNote, NotYourNote, TooManyNotes, delete_note, write_note
from davidson.moderation.queries import card_with_history
from davidson.moderation.sender_forms import BanForm, NoteForm, SenderForm, forms_about
from davidson.moderation.senders import UnknownSender
from davidson.moderation.threadlines import thread_page
from davidson.web.cursors import cursor_asked_for
from davidson.web.signing import settings

bp = staff_blueprint("senders", __name__, desk=Desk.MODERATION, at="/moderation")

UNKNOWN = "Where this comment came from is not known any more, so nothing was done."
BANNED = "A ban on it holds already. End that one first."
FULL = f"There are {MOST_NOTES} notes on it. Delete one first."
NAMES = {SenderKind.TOKEN: "author token", SenderKind.NETWORK: "network"}


@bp.get("/comments/<int:comment_id>/thread")
def thread(comment_id: int) -> ResponseReturnValue:
    """A page of the thread that a comment stands in."""
    spot = spot_of(comment_id) or abort(404)
    page = thread_page(spot.head_id, after=cursor_asked_for("after"), before=cursor_asked_for("before"))
    return render_template("moderation/thread.html", page=page, spot=spot)


@bp.get("/comments/<int:comment_id>/sender")
def sender(comment_id: int) -> ResponseReturnValue:
    """What is known of a comment's sender, and what a moderator may do about it."""
    return _page(comment_id)


@bp.post("/comments/<int:comment_id>/notes")
def note(comment_id: int) -> ResponseReturnValue:
    """Keep a note on the comment's network or author token."""
    form = NoteForm()
    if not form.validate():
        return _page(comment_id, form, status=form.error_status)
    kind = SenderKind(form.kind.data or "")
    try:
        write_note(comment_id, kind, form.text.data or "", actor=_actor(), now=utcnow())
    except NoSuchComment:
        abort(404)
    except (UnknownSender, TooManyNotes) as clash:
        db.session.rollback()
        form.text.errors = [UNKNOWN if isinstance(clash, UnknownSender) else FULL]
        return _page(comment_id, form, status=409)
    db.session.commit()
    flash("Your note is kept.")
    return _back(comment_id, kind)


@bp.post("/comments/<int:comment_id>/notes/<int:note_id>/delete")
def remove_note(comment_id: int, note_id: int) -> ResponseReturnValue:
    """Delete a note on the comment's sender."""
    is_admin = on_duty().role is Role.ADMIN
    try:
        delete_note(comment_id, note_id, actor=_actor(), is_admin=is_admin, now=utcnow())
    except NoSuchNote:
        abort(404)
    except NotYourNote:
        abort(403)
    db.session.commit()
    flash("The note is deleted.")
    return redirect(url_for("moderation.comment", comment_id=comment_id, _anchor="senders"), 303)


@bp.post("/comments/<int:comment_id>/bans")
def ban(comment_id: int) -> ResponseReturnValue:
    """Hold all that comes from the comment's network or author token for a while."""
    form = BanForm()
    if not form.validate():
        return _page(comment_id, form, status=form.error_status)
    kind, now = SenderKind(form.kind.data or ""), utcnow()
    reason = form.reason.data or ""
    try:
        place_ban(comment_id, kind, ends_at=form.ends_at(now), reason=reason, actor=_actor(), now=now)
    except NoSuchComment:
        abort(404)
    except (UnknownSender, BannedAlready) as clash:
        db.session.rollback()
        form.reason.errors = [UNKNOWN if isinstance(clash, UnknownSender) else BANNED]
        return _page(comment_id, form, status=409)
    db.session.commit()
    flash(f"What comes from this {NAMES[kind]} waits for a moderator from now on.")
    return _back(comment_id, kind)


def _page(comment_id: int, sent: SenderForm | None = None, *, status: int = 200) -> Response:
    """The sender's page, with a form that was just sent in its place."""
    card = card_with_history(comment_id) or abort(404)
    senders = senders_of(comment_id, card.record, now=utcnow())
    page = render_template(
        "moderation/sender.html",
        card=card,
        senders=senders,
        forms=forms_about([one.kind for one in senders], sent),
        sent=sent,
        zone=settings().time_zone.key,
    )
    return make_response(page, status)


def _back(comment_id: int, kind: SenderKind) -> ResponseReturnValue:
    return redirect(url_for("moderation.comment", comment_id=comment_id, _anchor=f"sender-{kind}"), 303)


def _actor() -> Actor:
    person = on_duty()
    return Actor(person.id, person.email)
