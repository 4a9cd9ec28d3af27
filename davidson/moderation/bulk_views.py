"""Decisions on many comments at once: those that were ticked, or everything like one; and undoing them."""

from collections.abc import Iterable
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from davidson.accounts.guard import on_duty, staff_blueprint
from davidson.accounts.models import Desk
from davidson.audit.log import Actor
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.database import db, reading
from davidson.moderation.bulk import Seen, begin, begin_to_undo, go_on, result_of
from davidson.moderation.cards import REASONS
from davidson.moderation.decisions import ALLOWED, Decision
from davidson.moderation.forms import BulkForm, LikeForm, PlaceForm, TickedForm
from davidson.moderation.likeness import Likeness, alike, narrowest, told, ways_of
from davidson.moderation.narrowing import rows_of
from davidson.moderation.queries import card_with_history, likeness_row

SECONDS = 8.0
"""How long a request works on a bulk. What is left then waits for a press of a button."""

bp = staff_blueprint("bulk", __name__, desk=Desk.MODERATION, at="/moderation")


@bp.post("/bulk")
def settle_ticked() -> ResponseReturnValue:
    """Decide on the comments that were ticked, and go back to the queue."""
    form = TickedForm()
    if not form.validate():
        page = render_template("moderation/bulk-refused.html", form=form, back_url=form.queue_url())
        return page, form.error_status
    versions = form.ticked
    places = rows_of(list(versions), (Comment.id, Comment.article_id))
    seen = [Seen(row.id, versions[row.id], row.article_id) for row in places]
    return redirect(_settled(seen, form, what="that were ticked"), code=303)


@bp.get("/comments/<int:comment_id>/like")
def like(comment_id: int) -> ResponseReturnValue:
    """How much is like a comment, with examples, and a button that decides on all of it."""
    return _like_page(comment_id, request.args.get("by"))


@bp.post("/comments/<int:comment_id>/like")
def settle_like(comment_id: int) -> ResponseReturnValue:
    """Decide on everything like a comment that was there when the page was made."""
    form = LikeForm()
    if not form.validate():
        with reading():  # Nobody waits for the store's one writer while texts are compared.
            return _like_page(comment_id, form.by.data, form=form), form.error_status
    comment = likeness_row(comment_id) or abort(404)
    way = _way(comment, form.by.data)
    found = alike(comment, way, form.seen_in or comment.status, up_to=form.newest.data)
    return redirect(_settled(found.seen, form, what=told(way, comment)), code=303)


@bp.get("/bulks/<int:bulk_id>")
def result(bulk_id: int) -> ResponseReturnValue:
    """How a decision on many stands."""
    bulk = result_of(bulk_id) or abort(404)
    return render_template("moderation/bulk.html", bulk=bulk, reasons=dict(REASONS))


@bp.post("/bulks/<int:bulk_id>/undo")
def undo_all(bulk_id: int) -> ResponseReturnValue:
    """Undo a decision on many, but for what has changed since."""
    form = PlaceForm()
    if not (form.validate() and result_of(bulk_id)):
        abort(404)
    begin_to_undo(bulk_id, now=utcnow())
    db.session.commit()
    return redirect(_gone_on(bulk_id, form), code=303)


@bp.post("/bulks/<int:bulk_id>/go-on")
def go_on_with(bulk_id: int) -> ResponseReturnValue:
    """Go on with what was not finished."""
    form = PlaceForm()
    if not (form.validate() and result_of(bulk_id)):
        abort(404)
    return redirect(_gone_on(bulk_id, form), code=303)


def _settled(seen: Iterable[Seen], form: BulkForm, *, what: str) -> str:
    reason = form.reason.data or ""
    bulk_id = begin(seen, form.chosen, reason=reason, what=what, actor=_actor(), now=utcnow())
    db.session.commit()
    return _gone_on(bulk_id, form)


def _gone_on(bulk_id: int, form: PlaceForm) -> str:
    """Work on a bulk for a while, and give the page that tells of it: that of the queue, where it came from there."""
    go_on(bulk_id, actor=_actor(), seconds=SECONDS)
    return form.queue_url(bulk=bulk_id) if form.seen_in else url_for(".result", bulk_id=bulk_id)


def _like_page(comment_id: int, by: str | None, *, form: LikeForm | None = None) -> str:
    """The page of one likeness: of the narrowest that has more than the comment, where none is asked for."""
    comment = likeness_row(comment_id) or abort(404)
    card = card_with_history(comment_id) or abort(404)
    asked = ways_of(comment) if by is None else [_way(comment, by)]
    found = {way: alike(comment, way, comment.status) for way in asked}
    way = narrowest(found) or abort(404)
    ways = [(each, found.get(each), url_for(".like", comment_id=comment_id, by=each)) for each in ways_of(comment)]
    return render_template(
        "moderation/like.html",
        card=card,
        ways=ways,
        way=way,
        told=told(way, comment),
        found=found[way],
        decisions=[decision for decision in Decision if comment.status in ALLOWED[decision]],
        reasons=REASONS,
        form=form,
    )


def _way(comment: Any, by: str | None) -> Likeness:
    """The way that was asked for. There is none for what was erased."""
    return next((way for way in ways_of(comment) if way == by), None) or abort(404)


def _actor() -> Actor:
    return Actor(on_duty().id, on_duty().email)
