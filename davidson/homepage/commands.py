"""`davidson front …`: which article stands where on the homepage, from the shell."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import click
from flask.cli import AppGroup

from davidson.articles.cards import Card
from davidson.articles.models import Article
from davidson.articles.publishing import article_to_change
from davidson.audit.log import SHELL, Act
from davidson.clock import utcnow
from davidson.database import db
from davidson.homepage.pinning import NoSuchSlot, NotPinned, pin, unpin
from davidson.homepage.places import SLOTS, Place
from davidson.homepage.queries import Front, front_at
from davidson.newsroom.moments import BadMoment, moment_in
from davidson.text.dates import iso
from davidson.web.signing import settings

front = AppGroup("front", help="Show and order the homepage.")
dry_run = click.option("--dry-run", is_flag=True, help="Show what the front would be, and change nothing.")


@dataclass(frozen=True)
class Slot:
    """An article in its place; `until` is None where it stands there by its age, else when its pin ends."""

    place: str
    number: int
    card: Card
    until: str | None


@front.command("show")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def show(as_json: bool) -> None:
    """Show which article stands where, and what is pinned."""
    _print(front_at(utcnow()), as_json=as_json)


@front.command("pin")
@click.argument("slug")
@click.option(
    "--place",
    type=click.Choice([place.value for place in Place]),
    default=Place.TOP.value,
    help="Where; by default at the top.",
)
@click.option(
    "--slot", type=click.IntRange(1, max(SLOTS.values())), default=1, help="Which slot there, 1 for the first."
)
@click.option("--until", metavar="MOMENT", help="When the pin ends by itself, such as '2026-12-03 18:00'.")
@dry_run
def pin_article(slug: str, place: str, slot: int, until: str | None, dry_run: bool) -> None:
    """Let the article SLUG keep a slot of the front."""
    article, now = _known(slug), utcnow()
    try:
        pin(article, Place(place), slot, until=_moment(until, now), act=Act(SHELL, now))
    except NoSuchSlot:
        raise click.UsageError(_no_slot(article, Place(place))) from None
    _finish(dry_run=dry_run, now=now)


@front.command("unpin")
@click.argument("slug")
@dry_run
def unpin_article(slug: str, dry_run: bool) -> None:
    """Let the article SLUG stand by its age again."""
    article, now = _known(slug), utcnow()
    try:
        unpin(article, act=Act(SHELL, now))
    except NotPinned:
        raise click.ClickException(f"{slug!r} is not pinned") from None
    _finish(dry_run=dry_run, now=now)


def _known(slug: str) -> Article:
    article = article_to_change(slug)
    if article is None:
        raise click.ClickException(f"there is no article with the slug {slug!r}")
    return article


def _moment(text: str | None, now: datetime) -> datetime | None:
    if text is None:
        return None
    try:
        moment = moment_in(text, settings().time_zone)
    except BadMoment as fault:
        raise click.UsageError(f"--until: {fault}") from None
    if moment <= now:
        raise click.UsageError("--until: that moment is over")
    return moment


def _no_slot(article: Article, place: Place) -> str:
    if place is Place.SECTION and article.section_id is None:
        return f"{article.slug!r} is in no section"
    return f"--slot: {place} has {SLOTS[place]} slots"


def _finish(*, dry_run: bool, now: datetime) -> None:
    """Print the front as it is by now, which is kept or not."""
    db.session.flush()
    shown = front_at(now)
    if dry_run:
        db.session.rollback()
        click.echo("Nothing was changed; the front would be:", err=True)
    else:
        db.session.commit()
    _print(shown, as_json=False)


def _print(shown: Front, *, as_json: bool) -> None:
    for slot in _slots(shown):
        click.echo(_as_json(slot) if as_json else _as_line(slot))


def _slots(shown: Front) -> Iterator[Slot]:
    lineup = shown.lineup
    places = [("top", lineup.top), *((row.name, row.cards) for row in lineup.sections)]
    for place, cards in [*places, ("Latest", lineup.latest), ("Most discussed", lineup.most_discussed)]:
        for number, card in enumerate(cards, 1):
            kept = shown.pins.get(card.id)
            yield Slot(place, number, card, (iso(kept.until) if kept.until else "taken off") if kept else None)


def _as_json(slot: Slot) -> str:
    known = {"place": slot.place, "slot": slot.number, "slug": slot.card.slug, "headline": slot.card.headline}
    return json.dumps(known | {"pinned_until": slot.until}, ensure_ascii=False)


def _as_line(slot: Slot) -> str:
    pinned = f"  (pinned until {slot.until})" if slot.until else ""
    return f"{slot.place:<16} {slot.number}  {slot.card.slug}{pinned}"
