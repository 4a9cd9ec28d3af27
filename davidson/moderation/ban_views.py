"""The bans that hold, and the end of one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from davidson.accounts.guard import on_duty, staff_blueprint
from davidson.accounts.models import Desk
from davidson.audit.log import Actor
from davidson.clock import utcnow
from davidson.database import db
from davidson.moderation.bans import NoSuchBan, bans_that_hold, end_ban
from davidson.web.cursors import cursor_asked_for

bp = staff_blueprint("bans", __name__, desk=Desk.MODERATION, at="/moderation/bans")


@bp.get("")
def bans() -> ResponseReturnValue:
    """One page of the bans, those that end first at its head."""
    after = cursor_asked_for("after")
    held, following = bans_that_hold(utcnow(), after=after)
    return render_template(
        "moderation/bans.html",
        bans=held,
        first_url=url_for(".bans") if after else None,
        next_url=url_for(".bans", after=str(following)) if following else None,
    )


@bp.post("/<int:ban_id>/end")
def end(ban_id: int) -> ResponseReturnValue:
    """End a ban early, and go back to the comment from whose page that was asked for, or to the list."""
    try:
        end_ban(ban_id, actor=Actor(on_duty().id, on_duty().email), now=utcnow())
    except NoSuchBan:
        flash("That ban is over already.")
    else:
        db.session.commit()
        flash("The ban is over. What came from there meanwhile still waits.")
    comment_id = request.form.get("comment", type=int)
    way_back = (
        url_for("moderation.comment", comment_id=comment_id, _anchor="senders") if comment_id else url_for(".bans")
    )
    return redirect(way_back, 303)
