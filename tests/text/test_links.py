"""Links are found however they are typed, at the place where they stand."""

from hypothesis import given, settings

from davidson.text.links import links_of
from tests.hostile import hostile_text


def found_in(source: str) -> list[tuple[str, str, str]]:
    """Give each link's address, its text and what stands at its place."""
    return [(link.url, link.text, source[link.start : link.end]) for link in links_of(source)]


def test_a_bare_link_stands_for_itself():
    url = "https://ok.example/a_(b)"
    assert found_in(f"see ({url}), and") == [(url, url, url)]


def test_a_typed_markdown_link_shows_its_text_and_its_target():
    assert found_in("so [my bank](https://evil.example/x) it is") == [
        ("https://evil.example/x", "my bank", "[my bank](https://evil.example/x)")
    ]


def test_a_typed_anchor_shows_its_text_and_its_target():
    typed = '<a class="x" href="http://evil.example">bank.example</a>'
    assert found_in(typed) == [("http://evil.example", "bank.example", typed)]


def test_a_forum_link_counts():
    assert found_in("[url=http://evil.example]x[/url]") == [
        ("http://evil.example", "x", "[url=http://evil.example]x[/url]")
    ]


def test_a_name_that_begins_with_www_counts():
    assert found_in("www.ok.example.") == [("http://www.ok.example", "www.ok.example", "www.ok.example")]


def test_any_scheme_and_a_user_part_count():
    assert [url for url, _, _ in found_in("ftp://a.example https://u@b.example")] == [
        "ftp://a.example",
        "https://u@b.example",
    ]


def test_an_invisible_character_hides_no_link_and_moves_no_place():
    source = "\u202ea\r\nht\u200btps://ok.ex\u200bample b"
    assert found_in(source) == [("https://ok.example", "https://ok.example", "ht\u200btps://ok.ex\u200bample")]


def test_plain_text_has_no_links():
    assert links_of("Pay 3.5 (or [more]) at https: // nowhere, e.g. a.b") == ()


@settings(max_examples=200, deadline=None)
@given(hostile_text())
def test_places_are_in_order_and_within_the_source(source):
    end = 0
    for link in links_of(source):
        assert end <= link.start < link.end <= len(source)
        end = link.end
