"""Which article stands where on the homepage; nothing stands in two of the places that carry a picture or summary."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from davidson.articles.cards import Card, Link

SECONDS = 2
PER_SECTION = 4
LATEST = 8
MOST_DISCUSSED = 5


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


def line_up(recent: Sequence[Card], by_section: Sequence[tuple[Link, Sequence[Card]]]) -> Lineup:
    """Fill the places by recency: `recent` and each section's cards come newest first.

    The newest article with a picture leads, for a lead without one is a grey page; the rails repeat headlines.
    """
    lead = next((card for card in recent[: SECONDS + 1] if card.picture), recent[0] if recent else None)
    seconds = tuple(card for card in recent if card is not lead)[:SECONDS]
    above = {card.id for card in (lead, *seconds) if card}
    rows = (
        SectionRow(section.name, section.url, tuple(card for card in cards if card.id not in above)[:PER_SECTION])
        for section, cards in by_section
    )
    discussed = sorted((card for card in recent if card.comment_count), key=lambda card: -card.comment_count)
    return Lineup(
        lead=lead,
        seconds=seconds,
        sections=tuple(row for row in rows if row.cards),
        latest=tuple(recent[:LATEST]),
        most_discussed=tuple(discussed[:MOST_DISCUSSED]),
    )
