"""Which article stands where: the order of the front page, from values alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from davidson.articles.cards import Card, Link, Picture
from davidson.homepage.lineup import LATEST, MOST_DISCUSSED, PER_SECTION, line_up

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PICTURE = Picture("/media/x.webp", "", 10, 10, "")
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


def test_an_empty_site_has_an_empty_lineup():
    lineup = line_up([], [])
    assert (lineup.lead, lineup.seconds, lineup.sections, lineup.latest, lineup.most_discussed) == (
        None,
        (),
        (),
        (),
        (),
    )


def test_one_article_leads_and_stands_in_the_rail():
    lineup = line_up([card(1)], [(WORLD, [card(1)])])
    assert (lineup.lead, lineup.seconds, lineup.sections, lineup.latest) == (card(1), (), (), (card(1),))


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


def test_what_stands_above_does_not_stand_in_its_section_again():
    cards = [card(number) for number in range(1, 11)]
    lineup = line_up(cards, [(WORLD, cards), (ARTS, [])])
    (row,) = lineup.sections
    assert (row.name, row.url) == ("World", "/sections/world")
    assert row.cards == tuple(cards[3 : 3 + PER_SECTION])


def test_the_rails_are_bounded_and_the_discussed_ordered_by_comments():
    cards = [card(number, comments=number % 7) for number in range(1, 30)]
    lineup = line_up(cards, [])
    assert lineup.latest == tuple(cards[:LATEST])
    counts = [each.comment_count for each in lineup.most_discussed]
    assert counts == [6, 6, 6, 6, 5][:MOST_DISCUSSED]
    assert [each.id for each in lineup.most_discussed] == [6, 13, 20, 27, 5]


def test_nothing_is_most_discussed_where_nobody_commented():
    assert line_up([card(1), card(2)], []).most_discussed == ()
