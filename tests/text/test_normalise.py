"""Invisible characters go, visible ones stay."""

from hypothesis import given
from hypothesis import strategies as st

from davidson.text.normalise import normalise, normalised_with_offsets

ANYTHING = st.text(st.one_of(st.characters(exclude_categories=()), st.sampled_from("\r\n\u202e\u200b\U000e0067\x00")))


def test_line_ends_become_line_feeds():
    assert normalise("a\r\nb\rc\u2028d\u2029e\x85f\n\r") == "a\nb\nc\nd\ne\nf\n\n"


def test_controls_and_bidi_and_zero_width_characters_and_surrogates_go():
    invisible = (
        "\x00\x08\x0b\x1b\x7f\x9f\u061c\u200b\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufeff\ud800\uffff\U000e0041"
    )
    assert normalise("a" + "b".join(invisible) + "c") == "a" + "b" * (len(invisible) - 1) + "c"


def test_typographic_characters_pass_unchanged():
    text = "“a”\u00a0‘b’\u202fc\u2009—\tÉ\u0301 می\u200cخواهم 👩\u200d🚀 \u00ad"
    assert normalise(text) == text


def test_the_flags_of_nations_pass_but_their_tag_characters_alone_do_not():
    scotland = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
    assert normalise(scotland + "\U000e0067\U000e0062") == scotland


@given(ANYTHING)
def test_the_result_is_stable_and_can_be_encoded(text):
    normal = normalise(text)
    assert normalise(normal) == normal
    assert len(normal) <= len(text)
    normal.encode("utf-8")


@given(ANYTHING)
def test_offsets_point_to_the_same_characters(text):
    normal, offsets = normalised_with_offsets(text)
    assert len(offsets) == len(normal) + 1
    assert offsets == sorted(set(offsets))
    assert all(text[place] == char or char == "\n" for char, place in zip(normal, offsets, strict=False))
