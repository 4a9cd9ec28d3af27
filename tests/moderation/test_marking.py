"""A comment's text on the desk: as typed, with the places marked that findings name, and nothing invisible."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from davidson.comments.screening.finding import Place
from davidson.moderation.marking import Look, Segment, segments_of
from tests.hostile import hostile_text


def marked(source: str, *places: tuple[int, int]) -> list[tuple[str, str]]:
    return [(segment.look.value, segment.text) for segment in segments_of(source, [Place(*place) for place in places])]


def test_a_text_without_findings_is_one_piece():
    assert segments_of("Good morning.", []) == (Segment("Good morning.", Look.PLAIN),)
    assert segments_of("", []) == ()


def test_a_place_is_marked():
    assert marked("buy it now", (4, 6)) == [("plain", "buy "), ("marked", "it"), ("plain", " now")]


def test_places_that_overlap_or_touch_are_one_mark():
    assert marked("0123456789", (1, 4), (2, 3), (3, 6), (6, 8)) == [
        ("plain", "0"),
        ("marked", "1234567"),
        ("plain", "89"),
    ]


def test_places_past_the_end_mark_nothing():
    assert marked("short", (3, 99), (50, 60)) == [("plain", "sho"), ("marked", "rt")]


def test_what_nobody_sees_is_named():
    assert marked("a\u202eb\u200b\u200b\u200bc") == [
        ("plain", "a"),
        ("hidden", "U+202E"),
        ("plain", "b"),
        ("hidden", "U+200B ×3"),
        ("plain", "c"),
    ]
    assert marked("\u200b\u200e\u2060\u202a\u202b") == [("hidden", "U+200B U+200E U+2060 …")]


def test_what_is_invisible_within_a_mark_is_named_too():
    assert marked("casi\u200bno", (0, 7)) == [("marked", "casi"), ("hidden", "U+200B"), ("marked", "no")]


def test_joiners_that_scripts_and_emoji_need_are_text():
    assert marked("می\u200cخواهم 👩\u200d🚀") == [("plain", "می\u200cخواهم 👩\u200d🚀")]


@given(hostile_text(), some.lists(some.tuples(some.integers(0, 80), some.integers(1, 40)), max_size=8))
def test_no_character_is_lost_and_neighbours_look_different(source: str, spans: list[tuple[int, int]]):
    segments = segments_of(source, [Place(start, start + length) for start, length in spans])
    shown = "".join(segment.text for segment in segments if segment.look is not Look.HIDDEN)
    assert set(shown) <= set(source)
    if not any(segment.look is Look.HIDDEN for segment in segments):
        assert shown == source
    assert all(one.look is not other.look for one, other in pairwise(segments))
