"""Which article stands where on the homepage; nothing stands in two places. Pure: values in, values out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from davidson.articles.cards import Card, Link
from davidson.homepage.places import SLOTS, Place

TOP, PER_SECTION = SLOTS[Place.TOP], SLOTS[Place.SECTION]
LATEST = 6
MOST_DISCUSSED = 5
# The rails may take no more than these parts of what is left, so that a small paper's sections are not bare.
LATEST_PART, DISCUSSED_PART = 3, 6


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


@dataclass(frozen=True)
class Above:
    """What stands above the sections' rows, the slots of these with who keeps them, and the ids of all of those."""

    top: tuple[Card, ...]
    latest: tuple[Card, ...]
    most_discussed: tuple[Card, ...]
    rows: tuple[tuple[Link, Sequence[Card | None]], ...]
    taken: frozenset[int]


def stand_above(recent: Sequence[Card], sections: Iterable[Link], pins: Sequence[Pinned] = ()) -> Above:
    """Give the pinned articles their slots and fill what stands above the sections' rows by recency.

    `recent` comes newest first. Where no lead is pinned, the newest article with a picture leads, for a lead without
    one is a grey page.
    """
    seats = _seats((pin for pin in pins if pin.place is Place.TOP), slots=TOP)
    rows = tuple((section, _seats(_of_section(pins, section), slots=PER_SECTION)) for section in sections)
    taken = {card.id for row in (seats, *(kept for _, kept in rows)) for card in row if card}
    free = [card for card in recent if card.id not in taken]
    top = _filled(seats, _leading_first(free) if seats[0] is None else free)
    taken |= {card.id for card in top}
    # Before the latest, or it would pass over what is discussed most; of equals the older, for the newer are latest.
    discussed = sorted((card for card in reversed(free) if card.comment_count), key=lambda card: -card.comment_count)
    most_discussed = _some(discussed, taken, most=min(MOST_DISCUSSED, _left(free, taken) // DISCUSSED_PART))
    taken |= {card.id for card in most_discussed}
    latest = _some(free, taken, most=min(LATEST, _left(free, taken) // LATEST_PART))
    return Above(top, latest, most_discussed, rows, frozenset(taken.union(card.id for card in latest)))


def line_up(above: Above, of_section: Mapping[str, Iterable[Card]]) -> Lineup:
    """Fill the sections' rows by recency; `of_section` has each one's cards by its address, newest first."""
    rows = (
        SectionRow(section.name, section.url, _filled(seats, _some(of_section.get(section.url, ()), above.taken)))
        for section, seats in above.rows
    )
    return Lineup(
        lead=above.top[0] if above.top else None,
        seconds=above.top[1:],
        sections=tuple(row for row in rows if row.cards),
        latest=above.latest,
        most_discussed=above.most_discussed,
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


def _some(cards: Iterable[Card], taken: AbstractSet[int], *, most: int = PER_SECTION) -> tuple[Card, ...]:
    """The first cards that stand nowhere yet."""
    return tuple(islice((card for card in cards if card.id not in taken), most))


def _left(cards: Iterable[Card], taken: AbstractSet[int]) -> int:
    return sum(card.id not in taken for card in cards)
