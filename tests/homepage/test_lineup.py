"""Which article stands where: the order of the front page, from values alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from davidson.articles.cards import Card, Croppable, Link
from davidson.homepage.lineup import LATEST, MOST_DISCUSSED, PER_SECTION, TOP, Lineup, Pinned, stand_above
from davidson.homepage.lineup import line_up as line_up_rows
from davidson.homepage.places import Place

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PICTURE = Croppable([{"file": "x.webp", "width": 10, "height": 10}], "")
WORLD, ARTS = Link("World", "/sections/world"), Link("Arts", "/sections/arts")


def card(number: int, *, section: Link | None = WORLD, picture: bool = False, comments: int = 0) -> Card:
    """The article of that number; a higher one is older."""
    return Card(
        id=number,
        slug=f"a-{number}",
        headline=f"Headline {number}",
        standfirst="",
        published_at=NOON - timedelta(hours=number),
        section=section,
        authors=(),
        picture=PICTURE if picture else None,
        comment_count=comments,
        lang="en",
    )


def line_up(
    recent: Sequence[Card], by_section: Sequence[tuple[Link, Sequence[Card]]], pins: Sequence[Pinned] = ()
) -> Lineup:
    """The whole front of these cards."""
    above = stand_above(recent, [section for section, _ in by_section], pins)
    return line_up_rows(above, {section.url: cards for section, cards in by_section})


def test_an_empty_site_has_an_empty_lineup():
    lineup = line_up([], [])
    assert (lineup.lead, lineup.seconds, lineup.sections, lineup.latest, lineup.most_discussed) == (
        None,
        (),
        (),
        (),
        (),
    )


def test_one_article_leads_and_stands_nowhere_else():
    lineup = line_up([card(1)], [(WORLD, [card(1)])])
    assert (lineup.lead, lineup.seconds, lineup.sections, lineup.latest) == (card(1), (), (), ())


def test_the_newest_leads_and_the_next_two_are_seconds():
    cards = [card(number) for number in range(1, 6)]
    lineup = line_up(cards, [])
    assert lineup.lead == cards[0]
    assert lineup.seconds == (cards[1], cards[2])


def test_one_with_a_picture_leads_before_a_slightly_newer_one_without():
    cards = [card(1), card(2), card(3, picture=True), card(4, picture=True)]
    lineup = line_up(cards, [])
    assert lineup.lead == cards[2]
    assert lineup.seconds == (cards[0], cards[1])
    cards[2] = replace(cards[2], picture=None)
    assert line_up(cards, []).lead == cards[0]


def everything(lineup: Lineup) -> list[Card]:
    rows = [card for row in lineup.sections for card in row.cards]
    return [*lineup.top, *lineup.latest, *lineup.most_discussed, *rows]


def test_nothing_stands_in_two_places():
    cards = [card(number, section=(WORLD, ARTS)[number % 2], comments=number % 5) for number in range(1, 60)]
    rows = [(section, [each for each in cards if each.section == section]) for section in (WORLD, ARTS)]
    lineup = line_up(cards[:40], rows)
    ids = [each.id for each in everything(lineup)]
    assert len(ids) == len(set(ids)) == TOP + LATEST + MOST_DISCUSSED + 2 * PER_SECTION


def test_what_is_left_of_a_small_paper_is_shared():
    cards = [card(number, comments=1) for number in range(1, 16)]
    lineup = line_up(cards, [(WORLD, cards), (ARTS, [])])
    (row,) = lineup.sections
    assert (row.name, row.url) == ("World", "/sections/world")
    assert lineup.most_discussed == tuple(reversed(cards[13:]))
    assert lineup.latest == tuple(cards[3:6])
    assert row.cards == tuple(cards[6:10])


def test_the_rails_are_bounded_and_the_discussed_ordered_by_comments():
    cards = [card(number, comments=number % 7) for number in range(1, 40)]
    lineup = line_up(cards, [])
    assert [(each.id, each.comment_count) for each in lineup.most_discussed] == [
        (34, 6),
        (27, 6),
        (20, 6),
        (13, 6),
        (6, 6),
    ]
    assert [each.id for each in lineup.latest] == [4, 5, 7, 8, 9, 10]


def test_nothing_is_most_discussed_where_nobody_commented():
    assert line_up([card(number) for number in range(1, 30)], []).most_discussed == ()


def pinned(each: Card, place: Place, slot: int) -> Pinned:
    return Pinned(each, place, slot)


def test_a_pinned_article_keeps_its_slot_and_the_others_flow_around_it():
    cards = [card(number) for number in range(1, 12)]
    old = card(90)
    lineup = line_up(cards, [(WORLD, cards)], [pinned(old, Place.TOP, 2)])
    assert lineup.top == (cards[0], old, cards[1])
    lead = line_up(cards, [(WORLD, cards)], [pinned(old, Place.TOP, 1)])
    assert lead.top == (old, cards[0], cards[1])
    assert [each.id for each in everything(lead)].count(90) == 1


def test_a_pinned_lead_leads_without_a_picture():
    cards = [card(1), card(2, picture=True), card(3)]
    assert line_up(cards, [], [pinned(cards[2], Place.TOP, 1)]).top == (cards[2], cards[0], cards[1])


def test_what_is_pinned_to_its_section_does_not_rise():
    cards = [card(number) for number in range(1, 30)]
    lineup = line_up(cards, [(WORLD, cards)], [pinned(cards[0], Place.SECTION, 2)])
    assert cards[0] not in lineup.top
    assert lineup.sections[0].cards[1] == cards[0]


def test_a_pin_to_a_section_that_has_no_row_does_nothing():
    cards = [card(1), card(2, section=ARTS)]
    assert line_up(cards, [(WORLD, cards[:1])], [pinned(cards[1], Place.SECTION, 1)]).top == tuple(cards)


def test_two_that_keep_one_slot_stand_in_it_and_the_next():
    cards = [card(number) for number in range(1, 12)]
    lineup = line_up(cards, [], [pinned(cards[8], Place.TOP, 2), pinned(cards[9], Place.TOP, 2)])
    assert lineup.top == (cards[0], cards[8], cards[9])
    crowded = line_up(cards, [], [pinned(cards[8], Place.TOP, 3), pinned(cards[9], Place.TOP, 3)])
    assert crowded.top == (cards[0], cards[1], cards[8])


def test_fewer_articles_than_slots_leave_no_gap():
    assert line_up([card(1)], [], [pinned(card(1), Place.TOP, 3)]).top == (card(1),)
