"""The acts by which editors order the front. Nothing here commits."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select

from davidson.articles.models import Article
from davidson.audit.log import Act, record
from davidson.database import db
from davidson.homepage.models import Pin
from davidson.homepage.places import SLOTS, Place
from davidson.text.dates import iso

# The advisory lock of the front; any number that nothing else in the database takes.
FRONT_LOCK = 7_266_011


class NoSuchSlot(ValueError):
    """The place has no such slot, or the article has no section in whose row it could stand."""


class NotPinned(ValueError):
    """The article is not pinned."""


class FrontChanged(Exception):
    """Somebody changed the pins since the front was looked at."""


def state_of_front(now: datetime) -> str:
    """What the pins are at that moment, in short: a change of any of them makes it another."""
    return _state(_pins(now)[0])


def pin(article: Article, place: Place, slot: int, *, until: datetime | None, act: Act) -> None:
    """Let an article keep a slot, from 1 on, until that moment or for good. The caller commits.

    Whoever keeps it now makes room, and who follows closely too; the last of a full place stands by its age again.
    Raises NoSuchSlot and FrontChanged, having changed nothing.
    """
    _check(article, place, slot)
    pins = _locked(act)
    own = _own(pins, article)
    others = _rivals(pins, article, place)
    if own is not None and own.place is place:
        _change_places(others, slot, own.slot)
    else:
        _make_room(others, slot, act)
    _put(own, article, place, slot, until=until, act=act)


def move(article: Article, place: Place, slot: int, *, shown_in: int, act: Act) -> None:
    """Let an article that stands in one slot of a place change with who stands in another. The caller commits.

    It is pinned there, as long as it was before. Raises NoSuchSlot and FrontChanged, having changed nothing.
    """
    _check(article, place, slot)
    pins = _locked(act)
    own = _own(pins, article)
    _change_places(_rivals(pins, article, place), slot, shown_in)
    _put(own, article, place, slot, until=own.until if own else None, act=act)


def unpin(article: Article, *, act: Act) -> None:
    """Let an article stand by its age again. The caller commits. Raises NotPinned and FrontChanged."""
    own = _own(_locked(act), article)
    if own is None:
        raise NotPinned(article.slug)
    _take_off(own, article, act)


def _check(article: Article, place: Place, slot: int) -> None:
    if not 1 <= slot <= SLOTS[place] or (place is Place.SECTION and article.section_id is None):
        raise NoSuchSlot(f"{place} {slot}")


def _locked(act: Act) -> list[Pin]:
    """The pins, no other act being at work on them; on SQLite a writer is alone anyway. Those that ran out go."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(FRONT_LOCK)))
    pins, over = _pins(act.now)
    if act.seen is not None and act.seen != _state(pins):
        raise FrontChanged
    for row in over:
        db.session.delete(row)
    return pins


def _pins(now: datetime) -> tuple[list[Pin], list[Pin]]:
    """The pins that hold, and those that ran out."""
    statement = select(Pin).order_by(Pin.place, Pin.slot, Pin.article_id)
    rows = db.session.scalars(statement.execution_options(populate_existing=True)).all()
    over = [row for row in rows if row.until is not None and row.until <= now]
    return [row for row in rows if row not in over], over


def _own(pins: Sequence[Pin], article: Article) -> Pin | None:
    return next((row for row in pins if row.article_id == article.id), None)


def _state(pins: Sequence[Pin]) -> str:
    told = "\n".join(f"{row.article_id} {row.place} {row.slot} {row.until}" for row in pins)
    return sha256(told.encode()).hexdigest()[:16]


def _rivals(pins: Sequence[Pin], article: Article, place: Place) -> list[Pin]:
    """The other pins of that place: for a section's row those of the articles of that section."""
    rivals = [row for row in pins if row.place is place and row.article_id != article.id]
    if place is Place.TOP or not rivals:
        return rivals
    ids = [row.article_id for row in rivals]
    of_section = select(Article.id).where(Article.id.in_(ids), Article.section_id == article.section_id)
    kept = set(db.session.scalars(of_section))
    return [row for row in rivals if row.article_id in kept]


def _change_places(others: Sequence[Pin], slot: int, left: int) -> None:
    """Give who keeps that slot the one that is left."""
    for row in others:
        if row.slot == slot:
            row.slot = left


def _make_room(others: Sequence[Pin], slot: int, act: Act) -> None:
    """Free a slot: who keeps it goes one on, and so do all that follow closely."""
    wanted = slot
    for row in sorted(others, key=lambda row: row.slot):
        if row.slot != wanted:
            continue
        wanted += 1
        if wanted > SLOTS[row.place]:
            _take_off(row, db.session.get_one(Article, row.article_id), act)
        else:
            row.slot = wanted


def _put(own: Pin | None, article: Article, place: Place, slot: int, *, until: datetime | None, act: Act) -> None:
    row = own or Pin(article_id=article.id, pinned_at=act.now)
    row.place, row.slot, row.until = place, slot, until
    db.session.add(row)
    _log("front.pin", article, act, place=place.value, slot=slot, until=iso(until) if until else "taken off")


def _take_off(row: Pin, article: Article, act: Act) -> None:
    db.session.delete(row)
    _log("front.unpin", article, act)


def _log(action: str, article: Article, act: Act, **details: str | int) -> None:
    known = {"slug": article.slug, "headline": article.headline}
    record(action, actor=act.actor, subject=f"article:{article.id}", at=act.now, details=known | details)
