"""Folding: spellings made alike, and the way back to the text as typed."""

import pytest
from hypothesis import given

from davidson.comments.screening.folding import fold, skeleton_of
from davidson.comments.screening.lookalikes import LOOKALIKES

from .samples import hostile_text, unhurried


@pytest.mark.parametrize(
    "spelling",
    [
        "casino",
        "CASINO",
        "\uff43\uff41\uff53\uff49\uff4e\uff4f",
        "c\u0430sin\u043e",
        "\u0421\u0410\u0405\u0406NO",
        "cas\u03b9n\u03bf",
        "c\u200ba\u200ds\u00adi\u2060no",
        "c\u0301a\u0336s\u20ddino\u0301",
        "\U0001d4ec\U0001d4ea\U0001d4fc\U0001d4f2\U0001d4f7\U0001d4f8",
        "\u24d2\u24d0\u24e2\u24d8\u24dd\u24de",
        "\U0001f172\U0001f170\U0001f182\U0001f178\U0001f17d\U0001f17e",
        "\u1d04\u1d00s\u026a\u0274\u1d0f",
        "ca\x00si\x1cno",
        "cas\u0131no",
    ],
)
def test_every_spelling_of_a_word_has_one_skeleton(spelling):
    assert fold(spelling).skeleton == "casino"
    assert skeleton_of(spelling) == "casino"


def test_letters_that_differ_by_more_than_an_accent_stay_apart():
    assert fold("\u304c").plain != fold("\u304b").plain
    assert fold("\u0915\u0941\u0932").plain != fold("\u0915\u0932").plain


def test_a_place_covers_the_accents_of_its_last_letter():
    folded = fold("un caf\u0065\u0301 noir")
    start = folded.plain.index("cafe")
    place = folded.place(start, start + 4)
    assert (place.start, place.end) == (3, 8)


@pytest.mark.parametrize(
    ("typed", "reading"),
    [("v1agra", "viagra"), ("ca$ino", "casino"), ("p0rn", "porn"), ("1oans", "loans"), ("l!nk", "link")],
)
def test_digits_and_signs_inside_a_word_are_read_as_letters(typed, reading):
    assert reading in fold(typed).readings()


@pytest.mark.parametrize("figure", ["2026", "10.50", "$400", "1 300"])
def test_figures_are_not_read_as_letters(figure):
    assert fold(figure).readings() == (figure,)


@unhurried
@given(hostile_text)
def test_every_folded_character_comes_from_a_place_in_the_source(source):
    folded = fold(source)
    size = len(folded.plain)
    assert size == len(folded.skeleton) == len(folded.starts) == len(folded.ends)
    assert all(len(reading) == size for reading in folded.readings())
    assert all(0 <= start < end <= len(source) for start, end in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)


@unhurried
@given(hostile_text)
def test_the_quick_skeleton_is_the_skeleton(source):
    assert skeleton_of(source) == fold(source).skeleton


def test_each_lookalike_stands_for_one_letter_and_folds_to_one_character():
    for sign, letter in LOOKALIKES.items():
        folded = fold(sign)
        assert len(letter) == 1
        assert len(folded.plain) == len(folded.skeleton)


def test_one_sign_cannot_make_a_text_many_times_longer():
    assert len(fold("\ufdfa" * 5000).plain) <= 4 * 5000
