"""What is marked of a text, and which piece of it is quoted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from davidson.search.marking import PIECE, Marker
from davidson.search.words import words_in
from davidson.text.indexed import as_indexed, as_shown
from tests.pages import parse


def marker(typed: str) -> Marker:
    return Marker(words_in(typed).signs_apart)


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("cafe", "The Café, cafés", "The <mark>Café</mark>, cafés"),
        ('"old town"', "An old, town & old/town", "An <mark>old, town</mark> &amp; <mark>old/town</mark>"),
        ("town -old", "old town", "old <mark>town</mark>"),
        ("a ab", "ab a", "<mark>ab</mark> <mark>a</mark>"),
        ("İstanbul", "In İSTANBUL", "In <mark>İSTANBUL</mark>"),
        ("天気", "東京の天気は", "東京の<mark>天気</mark>は"),
        ("-old", "old", "old"),
        ("b", "<b>", "&lt;<mark>b</mark>&gt;"),
        ("a_b", "a b", "<mark>a b</mark>"),
    ],
)
def test_what_is_looked_for_is_marked(typed, text, marked):
    assert str(marker(typed).marked(as_indexed(text))) == marked


def test_the_piece_has_most_of_what_is_looked_for_and_whole_words():
    text = f"A pelican. {'Other words. ' * 100}Here a pelican met a heron in the sun. {'More of it. ' * 100}"
    piece = marker("pelican heron").quoted(as_indexed("A heron."), as_indexed(text))
    assert piece.startswith(("…Other words. ", "…Here a"))
    assert "Here a <mark>pelican</mark> met a <mark>heron</mark> in" in piece
    assert piece.endswith("…") and len(piece.striptags()) <= PIECE + 2
    assert marker("absent").quoted("", "Short.", "Other.") == "Short."
    assert marker("pelican").quoted("A pelican.", text) == "A <mark>pelican</mark>."


def test_html_becomes_the_words_that_readers_see():
    html = Markup(
        '<p>Un<em>believ</em>able<sup class="footnote-ref"><a href="#fn1" id="fnref1">[1]</a></sup> &amp; so</p>'
        '<!--read-also--><h2>Head</h2><h3>Why?</h3><p><img src="/media/a.jpg" alt="x &gt; y">on.</p>'
        '<section class="footnotes"><ol><li id="fn1"><p>Note. '
        '<a href="#fnref1" class="footnote-backref">↩︎</a></p></li></ol></section>'
    )
    assert as_indexed(html) == "Unbelievable & so Head. Why? on. Note."


@given(st.text(max_size=400), st.text(max_size=60))
def test_no_text_breaks_out_of_its_marks(text, typed):
    indexed = as_indexed(text)
    for shown in (marker(typed).marked(indexed), marker(typed).quoted(indexed)):
        tree = parse(f"<p>{shown}</p>")
        assert {element.tag for element in tree} <= {"#document", "p", "mark"}
    assert parse(f"<p>{marker(typed).marked(indexed)}</p>").raw_text() == as_shown(indexed)
