"""The moderators' desk: the queue, one comment alone, and a decision."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from davidson.accounts.guard import on_duty, staff_blueprint
from davidson.accounts.models import Desk
from davidson.audit.log import Actor
from davidson.clock import utcnow
from davidson.comments.breaker import shown_wave
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation.bulk import Result, result_of
from davidson.moderation.cards import REASONS, TABS
from davidson.moderation.context import context_of
from davidson.moderation.decisions import NoSuchComment, NotDecidable, Stale, decide, undo
from davidson.moderation.filter_forms import QueueFilterForm
from davidson.moderation.forms import DecisionForm, number_in, tab_named
from davidson.moderation.history import state_told
from davidson.moderation.narrowing import waiting_from
from davidson.moderation.presence import look_at, lookers
from davidson.moderation.queries import (
    LastAct,
    Place,
    card_with_history,
    empty_page,
    last_act,
    next_fitting,
    place_in_queue,
    queue_page,
)
from davidson.moderation.sender_forms import forms_about
from davidson.web.paging import MOST, asked_cursor
from davidson.web.signing import settings

bp = staff_blueprint("moderation", __name__, desk=Desk.MODERATION, at="/moderation")


@bp.get("/")
def queue() -> ResponseReturnValue:
    """One page of a tab, of what fits the filter, and what was decided just now."""
    status = tab_named(request.args.get("status", CommentStatus.PENDING)) or abort(404)
    after = asked_cursor("after")
    form = QueueFilterForm(request.args)
    is_valid = form.validate()
    page = queue_page(status, after=after, chosen=form.wanted) if is_valid else empty_page(status)
    form.offer()
    asked = form.in_address if is_valid else {}
    following = page.following
    shown = render_template(
        "moderation/queue.html",
        page=page,
        tabs=[(tab, url_for(".queue", status=tab, **asked), page.told[tab]) for tab in TABS],
        lookers=_lookers(*(card.id for card in page.cards)),
        reasons=REASONS,
        form=form,
        asked=asked,
        after=after,
        next_url=url_for(".queue", status=status, after=str(following), **asked) if following else None,
        first_url=url_for(".queue", status=status, **asked) if after else None,
        wave=shown_wave(utcnow()),
        done=_own_act(request.args.get("decided")),
        bulk=_bulk(request.args.get("bulk")),
        ticks=frozenset(card.id for card in page.cards) if request.args.get("tick") == "all" else frozenset(),
    )
    return shown, 200 if is_valid else 422


@bp.get("/comments/<int:comment_id>")
def comment(comment_id: int) -> ResponseReturnValue:
    """One comment with its whole history."""
    return _alone(comment_id)


@bp.post("/comments/<int:comment_id>")
def settle(comment_id: int) -> ResponseReturnValue:
    """Take a decision, or undo the last one, and go back to the queue with the next card in focus."""
    form = DecisionForm()
    if not form.validate():
        return _alone(comment_id, form=form), form.error_status
    place = place_in_queue(comment_id) or abort(404)
    within = QueueFilterForm.carried(form.filter.data)
    if form.chosen is not None and within.in_address and within.validate():
        place = Place(place.status, next_fitting(comment_id, within.wanted))
    try:
        _act(comment_id, form)
    except NoSuchComment:
        abort(404)
    except (Stale, NotDecidable) as clash:
        db.session.rollback()
        return _alone(comment_id, form=form, clash=clash, back_url=_way_back(comment_id, form)), 409
    db.session.commit()
    return redirect(_way_on(comment_id, form, place, asked=within.in_address), code=303)


@bp.post("/comments/<int:comment_id>/look")
def look(comment_id: int) -> ResponseReturnValue:
    """Note, for a minute, that whoever is signed in looks at a comment. Sent by the queue's script."""
    if not 0 < comment_id <= MOST:
        abort(404)
    look_at(comment_id, staff_id=on_duty().id, now=utcnow())
    db.session.commit()
    return "", 204


def _act(comment_id: int, form: DecisionForm) -> None:
    actor = Actor(on_duty().id, on_duty().email)
    now, version, decision = utcnow(), form.seen_version, form.chosen
    if decision is None:
        undo(comment_id, version=version, actor=actor, now=now)
        return
    decide(
        comment_id,
        decision,
        version=version,
        actor=actor,
        now=now,
        reason=form.reason.data or "",
        note=form.note.data or "",
    )


def _way_on(comment_id: int, form: DecisionForm, place: Place, *, asked: dict[str, Any]) -> str:
    """The page of the queue that the card was on, at the card after it; for an undo, at the card itself."""
    tab = form.seen_in or place.status
    focus = comment_id if form.chosen is None else place.next_id if tab is place.status else None
    after = form.seen_after if focus else None
    address = url_for(".queue", status=tab, after=str(after) if after else None, **asked, decided=comment_id)
    return f"{address}#comment-{focus}" if focus else address


def _way_back(comment_id: int, form: DecisionForm) -> str | None:
    """The page of the queue on which something could not be done; None where it was on none.

    Of what waits at the comment, or at the card after it; in other tabs it has another place since it changed.
    """
    if form.seen_in is not CommentStatus.PENDING:
        return form.queue_url() if form.seen_in else None
    within = QueueFilterForm.carried(form.filter.data)
    focus = waiting_from(comment_id, within.wanted) if within.validate() else None
    return form.queue_url(_anchor=f"comment-{focus}" if focus else None)


def _own_act(comment_id: str | None) -> LastAct | None:
    """What this person did to that comment, while it is the last thing that was done to it."""
    number = number_in(comment_id)
    done = last_act(number) if number else None
    return done if done and done.actor_id == on_duty().id else None


def _bulk(bulk_id: str | None) -> Result | None:
    """How a decision on many stands that the page is to tell of."""
    number = number_in(bulk_id)
    return result_of(number) if number else None


def _alone(
    comment_id: int,
    *,
    form: DecisionForm | None = None,
    clash: Stale | NotDecidable | None = None,
    back_url: str | None = None,
) -> str:
    card = card_with_history(comment_id) or abort(404)
    context = context_of(comment_id, card.record, now=utcnow()) or abort(404)
    return render_template(
        "moderation/comment.html",
        card=card,
        lookers=_lookers(card.id).get(card.id, ()),
        reasons=REASONS,
        form=form,
        is_stale=isinstance(clash, Stale),
        is_clash=clash is not None,
        back_url=back_url,
        context=context,
        sender_forms=forms_about(sender.kind for sender in context.senders),
        zone=settings().time_zone.key,
        state=state_told(card.status, is_erased=card.is_erased),
    )


def _lookers(*comment_ids: int) -> dict[int, tuple[str, ...]]:
    return lookers(comment_ids, besides=on_duty().id, now=utcnow())
