"""Links: what counts as one, how many are too many, and those that say one thing and lead elsewhere."""

from itertools import pairwise

import pytest
from hypothesis import given

from davidson.comments.screening.anchors import links_in
from davidson.comments.screening.links import disguised_links, link_from_a_stranger, link_in_the_name, many_links
from davidson.comments.status import CommentStatus

from .samples import hostile_text, make_draft, make_facts, unhurried

STRANGER = make_facts(known=False)
KNOWN = make_facts(known=True)


def addresses(count: int) -> str:
    return " and ".join(f"https://example.org/{number}" for number in range(count))


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("See https://example.org/a?b=c#d.", ["https://example.org/a?b=c#d"]),
        ("(see http://example.org/x)", ["http://example.org/x"]),
        ("https://en.example.org/wiki/Bridge_(card_game)!", ["https://en.example.org/wiki/Bridge_(card_game)"]),
        ("WWW.Example.ORG, please", ["WWW.Example.ORG"]),
        ("**https://example.org**", ["https://example.org"]),
        ("HTTPS://EXAMPLE.ORG", ["HTTPS://EXAMPLE.ORG"]),
        ("ht\u200btp://example.org", ["ht\u200btp://example.org"]),
        ("\uff48ttp://example.org", ["\uff48ttp://example.org"]),
        ("http://[2001:db8::1]/x", ["http://[2001:db8::1]/x"]),
        ("a https://a.example b www.b.example", ["https://a.example", "www.b.example"]),
        ("[here](https://example.org) ok", ["[here](https://example.org)"]),
        ("[https://a.example](https://b.example)", ["[https://a.example](https://b.example)"]),
        ("http://a.example[x](//b.example)", ["http://a.example", "[x](//b.example)"]),
        ("[x]( <javascript:alert(1)> )", ["[x]( <javascript:alert(1)> )"]),
        ("[x](//example.org 'title')", ["[x](//example.org 'title')"]),
        ('<a class="x" href="http://example.org">gold</a>', ['<a class="x" href="http://example.org">gold']),
        ("<A HREF=example.org/x>gold</A>", ["<A HREF=example.org/x>gold"]),
        ("[url=http://example.org]gold[/url]", ["[url=http://example.org]gold"]),
    ],
)
def test_a_link_is_found_in_any_notation_and_its_place_is_the_text_as_typed(text, marked):
    assert [text[link.place.start : link.place.end] for link in links_in(text)] == marked


@pytest.mark.parametrize(
    "text",
    [
        "No link here.",
        "http:// and www. and https://",
        "awww.so cute",
        "He said [sic](p. 5) and [note](see: below).",
        "write to ada@example.org",
        "and/or //",
        "<a name='x'>text</a>",
        "[url]nothing[/url]",
        "End of it.Next sentence",
        "[ ] ( http",
    ],
)
def test_ordinary_punctuation_is_no_link(text):
    assert links_in(text) == ()


def test_one_link_holds_a_strangers_comment_and_not_a_known_senders():
    draft = make_draft(addresses(1))
    finding = link_from_a_stranger(draft, STRANGER)
    assert (finding.rule, finding.status) == ("links", CommentStatus.PENDING)
    assert link_from_a_stranger(draft, KNOWN) is None
    assert link_from_a_stranger(make_draft(), STRANGER) is None


@pytest.mark.parametrize(
    ("count", "status"),
    [(2, None), (3, CommentStatus.PENDING), (6, CommentStatus.PENDING), (7, CommentStatus.SPAM)],
)
def test_more_than_two_links_hold_a_comment_and_more_than_six_are_spam(count, status):
    finding = many_links(make_draft(addresses(count)), KNOWN)
    assert (finding and finding.status) == status


def test_the_finding_counts_the_links_and_marks_each():
    finding = many_links(make_draft(addresses(3)), KNOWN)
    assert finding.detail == "Contains 3 links."
    assert len(finding.places) == 3
    assert finding.evidence.split() == [f"https://example.org/{number}" for number in range(3)]


@pytest.mark.parametrize(
    "text",
    [
        "[my bank](https://evil.example/login)",
        "[https://bank.example](https://evil.example)",
        '<a href="https://evil.example">bank.example</a>',
        "<a href='https://evil.example'></a>",
        "[url=https://evil.example]bank[/url]",
        "[bank.example](https://bank.example.evil.example)",
    ],
)
def test_a_link_whose_text_is_not_its_target_holds_a_comment(text):
    finding = disguised_links(make_draft(text), KNOWN)
    assert finding.status is CommentStatus.PENDING
    assert "evil.example" in finding.detail


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org",
        "[https://example.org/a](https://example.org/a)",
        "[Example.org](https://www.example.org/long/path?x=1)",
        '<a href="http://example.org/">www.example.org</a>',
    ],
)
def test_a_link_that_says_where_it_leads_is_not_disguised(text):
    assert disguised_links(make_draft(text), KNOWN) is None


def test_the_detail_says_what_the_link_says_and_where_it_leads():
    finding = disguised_links(make_draft("[my bank](https://evil.example) [you](https://evil.example/2)"), KNOWN)
    assert finding.detail == "A link says “my bank” but leads to https://evil.example, and 1 more like it."


def test_the_evidence_is_the_address_as_typed():
    finding = link_from_a_stranger(make_draft("[x](HTTPS://Example.org/AbC) and WWW.Example.org/Q."), STRANGER)
    assert finding.evidence == "HTTPS://Example.org/AbC WWW.Example.org/Q"


def test_a_link_in_the_name_holds_a_comment():
    finding = link_in_the_name(make_draft(name="www.pills.example"), KNOWN)
    assert finding.status is CommentStatus.PENDING
    assert link_in_the_name(make_draft(name="Ada L. King"), KNOWN) is None


@unhurried
@given(hostile_text)
def test_places_lie_within_any_text_and_do_not_overlap(source):
    places = [link.place for link in links_in(source)]
    assert all(0 <= place.start < place.end <= len(source) for place in places)
    assert all(left.end <= right.start for left, right in pairwise(places))
    assert all(link.target for link in links_in(source))
