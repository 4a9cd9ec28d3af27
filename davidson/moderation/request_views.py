"""What readers ask the moderators for: to let a new text take an approved one's place, and to answer an appeal."""

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from davidson.accounts.guard import on_duty, staff_blueprint
from davidson.accounts.models import Desk
from davidson.audit.log import Actor
from davidson.clock import utcnow
from davidson.database import db
from davidson.moderation.appeals import NotYours, Verdict, answer_appeal, open_appeal, open_appeals
from davidson.moderation.decisions import NoSuchComment, NotDecidable, Stale
from davidson.moderation.proposals import TextDecision, decide_text, waiting_proposal, waiting_proposals
from davidson.moderation.queries import last_act
from davidson.moderation.request_forms import AnswerForm, TextDecisionForm
from davidson.moderation.requests import Asked, all_counts
from davidson.web.paging import Cursor, asked_cursor

bp = staff_blueprint("requests", __name__, desk=Desk.MODERATION, at="/moderation")

NOT_YOURS = "You refused this comment yourself, so somebody else answers the appeal."


@bp.get("/edits")
def edits() -> ResponseReturnValue:
    """The new texts that wait, the oldest first."""
    after = asked_cursor("after")
    cards, following = waiting_proposals(after=after)
    return _page("edits", cards, after=after, following=following)


@bp.post("/edits/<int:comment_id>")
def settle_text(comment_id: int) -> ResponseReturnValue:
    """Decide on a new text."""
    form = TextDecisionForm()
    if not form.validate():
        fault = " ".join(each for faults in form.errors.values() for each in faults)
        return _text_alone(comment_id, problem=fault), form.error_status
    try:
        decide_text(comment_id, form.chosen, version=form.seen_version, actor=_actor(), now=utcnow())
    except NoSuchComment:
        abort(404)
    except (Stale, NotDecidable):
        db.session.rollback()
        return _text_alone(comment_id, problem=_clash(comment_id)), 409
    db.session.commit()
    outcome = "approved" if form.chosen is TextDecision.APPROVE else "refused; the earlier one stays"
    flash(f"The new text of comment #{comment_id} is {outcome}.")
    return redirect(url_for(".edits"), code=303)


@bp.get("/appeals")
def appeals() -> ResponseReturnValue:
    """The appeals that wait, the oldest first."""
    after = asked_cursor("after")
    cards, following = open_appeals(for_staff=on_duty().id, after=after)
    return _page("appeals", cards, after=after, following=following)


@bp.post("/appeals/<int:comment_id>")
def settle_appeal(comment_id: int) -> ResponseReturnValue:
    """Answer an appeal."""
    form = AnswerForm()
    if not form.validate():
        return _appeal_alone(comment_id, form), form.error_status
    answer = form.answer.data or ""
    try:
        answer_appeal(comment_id, form.chosen, answer=answer, version=form.seen_version, actor=_actor(), now=utcnow())
    except NoSuchComment:
        abort(404)
    except NotYours:
        db.session.rollback()
        return _appeal_alone(comment_id, form, problem=NOT_YOURS), 409
    except (Stale, NotDecidable):
        db.session.rollback()
        return _appeal_alone(comment_id, form, problem=_clash(comment_id)), 409
    db.session.commit()
    outcome = "upheld; it is on the page" if form.chosen is Verdict.UPHOLD else "dismissed"
    flash(f"The appeal about comment #{comment_id} is {outcome}. Its author can read your answer.")
    return redirect(url_for(".appeals"), code=303)


def _actor() -> Actor:
    return Actor(on_duty().id, on_duty().email)


def _page(
    here: str,
    cards: Sequence[Asked],
    *,
    after: Cursor | None = None,
    following: Cursor | None = None,
    form: AnswerForm | None = None,
    problem: str = "",
) -> str:
    """The tab of that name with some cards, and why nothing was decided."""
    counts, waiting = all_counts()
    return render_template(
        "moderation/requests.html",
        here=here,
        cards=cards,
        form=form,
        problem=problem,
        total=sum(counts.values()),
        tabs=[(state, url_for("moderation.queue", status=state), number) for state, number in counts.items()],
        waiting=waiting,
        next_url=url_for(f".{here}", after=str(following)) if following else None,
        first_url=url_for(f".{here}") if after else None,
    )


def _text_alone(comment_id: int, *, problem: str) -> str:
    """One new text, with why nothing was decided; without it where none waits any more."""
    card = waiting_proposal(comment_id)
    return _page("edits", [card] if card else [], problem=problem)


def _appeal_alone(comment_id: int, form: AnswerForm, *, problem: str = "") -> str:
    """One appeal, with the answer that was typed and why it was not taken."""
    card = open_appeal(comment_id, for_staff=on_duty().id)
    return _page("appeals", [card] if card else [], form=form, problem=problem or "Nothing was decided yet.")


def _clash(comment_id: int) -> str:
    """Who was faster, and with what."""
    done = last_act(comment_id) or abort(404)
    return f"Your decision was not taken: this comment has changed since your page was made. {done.event.said}."
