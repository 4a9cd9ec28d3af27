"""The editors' page of the front: which article stands where, moved by buttons."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from davidson.accounts.guard import on_duty, staff_blueprint
from davidson.accounts.models import EDITORS, Desk
from davidson.articles.cards import Card
from davidson.articles.models import Article
from davidson.articles.publishing import article_to_change
from davidson.audit.log import Act, Actor
from davidson.clock import utcnow
from davidson.database import db
from davidson.homepage.pinning import FrontChanged, NoSuchSlot, NotPinned, move, pin, state_of_front, unpin
from davidson.homepage.places import SLOTS, Place
from davidson.homepage.queries import Front, front_at, waiting_pins
from davidson.newsroom.front_forms import WHERE, FrontForm, MoveForm, PinForm
from davidson.web.signing import settings

CHANGED = "Somebody changed the front meanwhile. This is how it stands now; nothing of yours was done yet."
TOP_NAMES = ("Lead", "Second", "Second")

bp = staff_blueprint("front", __name__, desk=Desk.NEWSROOM, at="/newsroom/front")


@dataclass(frozen=True)
class Slot:
    """An article in a slot of a place, with the slots that its buttons lead to, 0 for none."""

    name: str
    place: Place
    number: int
    card: Card
    up: int
    down: int


@bp.before_request
def admit_editors() -> None:
    """Authors write; where it stands is an editor's to say."""
    if on_duty().role not in EDITORS:
        abort(403)


@bp.get("")
def show() -> ResponseReturnValue:
    """The front as readers see it now, to be ordered."""
    return _page(PinForm(formdata=None))


@bp.post("")
def pin_article() -> ResponseReturnValue:
    """Pin an article that may stand nowhere on the front yet."""
    form = PinForm()
    if not form.validate():
        return _page(form), form.error_status
    article = article_to_change(form.slug)
    if article is None or article.retracted_at is not None:
        return _faulty(form, "There is no such article, or it was taken back.")
    try:
        pin(article, form.place, form.slot, until=form.until_at, act=_act(form))
    except NoSuchSlot:
        return _faulty(form, "That article is in no section; it can stand at the top.")
    except FrontChanged:
        return _changed(form)
    return _done(article, f"“{article.headline}” is pinned.")


@bp.post("/move")
def move_article() -> ResponseReturnValue:
    """Let an article change places with its neighbour; it is pinned there."""
    form = MoveForm()
    article = _shown(form)
    try:
        move(
            article, Place(form.place.data or ""), form.slot.data or 0, shown_in=form.shown_in.data or 0, act=_act(form)
        )
    except NoSuchSlot:
        abort(400)
    except FrontChanged:
        return _changed(PinForm(formdata=None))
    return _done(article, f"“{article.headline}” was moved.")


@bp.post("/unpin")
def unpin_article() -> ResponseReturnValue:
    """Let an article stand by its age again."""
    form = MoveForm()
    article = _shown(form)
    try:
        unpin(article, act=_act(form))
    except (NotPinned, FrontChanged):
        return _changed(PinForm(formdata=None))
    return _done(article, f"“{article.headline}” stands by its age again.")


def _shown(form: MoveForm) -> Article:
    if not form.is_sound:
        abort(400)
    return article_to_change(form.article.data or "") or abort(404)


def _act(form: FrontForm) -> Act:
    return Act(Actor(on_duty().id, on_duty().email), utcnow(), seen=form.seen.data or "")


def _done(article: Article, said: str) -> ResponseReturnValue:
    """Go back to where the article stands now, for it may be moved further."""
    article_id = article.id
    db.session.commit()
    flash(said)
    return redirect(url_for(".show", _anchor=f"article-{article_id}"), 303)


def _faulty(form: PinForm, problem: str) -> ResponseReturnValue:
    db.session.rollback()
    form.article.errors = [problem]
    return _page(form), 422


def _changed(form: PinForm) -> ResponseReturnValue:
    db.session.rollback()
    return _page(form, problem=CHANGED), 409


def _page(form: PinForm, *, problem: str = "") -> str:
    now = utcnow()
    form.seen.data = state_of_front(now)
    front = front_at(now)
    return render_template(
        "newsroom/front.html",
        places=[("Top", _slots(front.lineup.top, Place.TOP)), *_rows(front)],
        front=front,
        waiting=waiting_pins(now),
        form=form,
        where=WHERE,
        problem=problem,
        zone=settings().time_zone.key,
    )


def _rows(front: Front) -> Iterator[tuple[str, list[Slot]]]:
    return ((row.name, _slots(row.cards, Place.SECTION)) for row in front.lineup.sections)


def _slots(cards: tuple[Card, ...], place: Place) -> list[Slot]:
    last = min(len(cards), SLOTS[place])
    return [
        Slot(
            name=TOP_NAMES[number - 1] if place is Place.TOP else str(number),
            place=place,
            number=number,
            card=card,
            up=number - 1,
            down=number + 1 if number < last else 0,
        )
        for number, card in enumerate(cards, 1)
    ]
