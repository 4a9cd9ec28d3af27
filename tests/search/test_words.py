"""What is typed into a search is taken apart, whatever it is."""

from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from davidson.search.words import MOST_TERMS, Words, folded, words_in


@pytest.mark.parametrize(
    ("typed", "phrases", "without"),
    [
        ("", (), ()),
        ("  ", (), ()),
        ("cheap watches", ("cheap", "watches"), ()),
        ('"cheap watches" now', ("cheap watches", "now"), ()),
        ("“cheap watches”", ("cheap watches",), ()),
        ("cheap -watches", ("cheap",), ("watches",)),
        ('cheap -"free money"', ("cheap",), ("free money",)),
        ("-cheap", (), ("cheap",)),
        ("well-known", ("well known",), ()),
        ("Café CRÈME", ("cafe", "creme"), ()),
        ("cafe\u0301", ("cafe",), ()),
        ("ЁЖ й", ("ёж", "й"), ()),
        ('"unclosed phrase', ("unclosed phrase",), ()),
        ('a"b c"d', ("a", "b c", "d"), ()),
        ("x AND y OR NOT z", ("x", "and", "y", "or", "not", "z"), ()),
        ("NEAR(a b, 3)* ^c {name}:d", ("near a", "b", "3", "c", "name d"), ()),
        ("a_b", ("a b",), ()),
        ("हिन्दी", ("हिन्दी",), ()),
        ("\x00a\x00b", ("ab",), ()),
        ("😀 🎉", (), ()),
        ('- -- "" \'', (), ()),
        ("twice twice", ("twice",), ()),
        ("x" * 10_000, (), ()),
    ],
)
def test_a_search_is_words_phrases_and_exclusions(typed: str, phrases: tuple[str, ...], without: tuple[str, ...]):
    assert words_in(typed) == Words(phrases, without)


@given(st.text(max_size=300))
def test_what_is_looked_for_is_words_and_nothing_that_an_index_takes_for_its_own(typed: str):
    words = words_in(typed)
    assert len(words.phrases) + len(words.without) <= MOST_TERMS
    for phrase in (*words.phrases, *words.without):
        assert phrase == folded(phrase)
        for word in phrase.split(" "):
            assert word[0].isalnum() and all(category(sign)[0] in "LNM" for sign in word)
