"""Which article stands where on the homepage; nothing stands in two places. Pure: values in, values out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from davidson.articles.cards import Card, Link
from davidson.homepage.places import SLOTS, Place

TOP, PER_SECTION = SLOTS[Place.TOP], SLOTS[Place.SECTION]
LATEST = 6
MOST_DISCUSSED = 5
# The rails may take no more than these parts of what is left, so that a small paper's sections are not bare.
LATEST_PART, DISCUSSED_PART = 3, 4
# How many of a section's newest may be needed: all that stands elsewhere may be of that section.
OF_SECTION = PER_SECTION + TOP + LATEST + MOST_DISCUSSED


@dataclass(frozen=True)
class Pinned:
    """An article that keeps a slot, from 1 on."""

    card: Card
    place: Place
    slot: int
    until: datetime | None = None


@dataclass(frozen=True)
class SectionRow:
    """A section's row on the homepage."""

    name: str
    url: str
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Lineup:
    """The homepage's places, filled."""

    lead: Card | None
    seconds: tuple[Card, ...]
    sections: tuple[SectionRow, ...]
    latest: tuple[Card, ...]
    most_discussed: tuple[Card, ...]

    @property
    def top(self) -> tuple[Card, ...]:
        """The lead and the seconds, which alone show who wrote them."""
        return (self.lead, *self.seconds) if self.lead else ()

    def with_top(self, cards: Sequence[Card]) -> "Lineup":
        """The same with these cards as the lead and the seconds."""
        lead, *seconds = cards or (None,)
        return replace(self, lead=lead, seconds=tuple(card for card in seconds if card))


def line_up(
    recent: Sequence[Card], by_section: Sequence[tuple[Link, Sequence[Card]]], pins: Sequence[Pinned] = ()
) -> Lineup:
    """Give the pinned articles their slots and fill the others by recency.

    `recent` and each section's cards come newest first. Where no lead is pinned, the newest article with a picture
    leads, for a lead without one is a grey page.
    """
    top_seats = _seats((pin for pin in pins if pin.place is Place.TOP), slots=TOP)
    row_seats = {section.url: _seats(_of_section(pins, section), slots=PER_SECTION) for section, _ in by_section}
    taken = {card.id for seats in (top_seats, *row_seats.values()) for card in seats if card}
    free = [card for card in recent if card.id not in taken]
    top = _filled(top_seats, _leading_first(free) if top_seats[0] is None else free)
    taken |= {card.id for card in top}
    latest = _some(free, taken, most=min(LATEST, _left(free, taken) // LATEST_PART))
    taken |= {card.id for card in latest}
    discussed = sorted((card for card in free if card.comment_count), key=lambda card: -card.comment_count)
    most_discussed = _some(discussed, taken, most=min(MOST_DISCUSSED, _left(free, taken) // DISCUSSED_PART))
    taken |= {card.id for card in most_discussed}
    rows = (
        SectionRow(section.name, section.url, _filled(row_seats[section.url], _some(cards, taken, most=PER_SECTION)))
        for section, cards in by_section
    )
    return Lineup(
        lead=top[0] if top else None,
        seconds=top[1:],
        sections=tuple(row for row in rows if row.cards),
        latest=latest,
        most_discussed=most_discussed,
    )


def _of_section(pins: Iterable[Pinned], section: Link) -> Iterator[Pinned]:
    return (pin for pin in pins if pin.place is Place.SECTION and pin.card.section == section)


def _seats(pins: Iterable[Pinned], *, slots: int) -> list[Card | None]:
    """The slots of a place with the cards that keep them. Where one is kept already, the next that none keeps does."""
    seats: list[Card | None] = [None] * slots
    for pin in sorted(pins, key=lambda pin: pin.slot):
        empty = [number for number, card in enumerate(seats) if card is None and number >= pin.slot - 1]
        if empty:
            seats[empty[0]] = pin.card
    return seats


def _filled(seats: Iterable[Card | None], free: Iterable[Card]) -> tuple[Card, ...]:
    """The seats, those that are empty taken by who is free, in order; fewer where there is less."""
    rest = iter(free)
    filled = (card or next(rest, None) for card in seats)
    return tuple(card for card in filled if card)


def _leading_first(cards: Sequence[Card]) -> list[Card]:
    """The cards with the one first that is to lead."""
    lead = next((card for card in cards[:TOP] if card.picture), None)
    return [lead, *(card for card in cards if card is not lead)] if lead else list(cards)


def _some(cards: Iterable[Card], taken: set[int], *, most: int) -> tuple[Card, ...]:
    """The first cards that stand nowhere yet."""
    return tuple(islice((card for card in cards if card.id not in taken), most))


def _left(cards: Iterable[Card], taken: set[int]) -> int:
    return sum(card.id not in taken for card in cards)
