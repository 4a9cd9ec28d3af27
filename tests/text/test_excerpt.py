"""Summaries are plain words that end where a word ends."""

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from davidson.text.excerpt import excerpt
from davidson.text.markdown import render_article
from tests.hostile import hostile_text


def test_a_short_text_is_its_own_excerpt():
    assert excerpt("One\u00a0two “three”.", 40) == "One\u00a0two “three”."


def test_a_long_text_ends_at_a_word_with_an_ellipsis_within_the_length():
    assert excerpt("One two, three four", 10) == "One two…"
    assert len(excerpt("x" * 50, 10)) == 10


def test_marks_of_markdown_are_taken_off():
    source = (
        "## Head\n\nA **bold** and *soft* [link](https://ok.example) with `code`.[^1]\n\n"
        "> **READ ALSO:** [Other](/articles/other)\n\n- one\n\n[^1]: Note."
    )
    assert excerpt(source, 200) == "Head A bold and soft link with code. one"


def test_sums_and_years_keep_their_marks():
    assert excerpt("2 * 3 * 4 in snake_case_name, 1988. Yes", 200) == "2 * 3 * 4 in snake_case_name, 1988. Yes"


def test_html_gives_its_words_without_footnotes_and_figures():
    html = Markup(
        '<h2>A</h2><p>b<sup class="footnote-ref"><a href="#fn1">[1]</a></sup> m<sup>2</sup> &lt;c&gt;</p>'
        "<figure><figcaption>caption</figcaption></figure><p>d</p>"
        '<section class="footnotes"><ol><li>note</li></ol></section>'
    )
    assert excerpt(html, 200) == "A b m2 <c> d"


def test_a_rendered_article_and_its_source_agree():
    source = "First *paragraph*, with “quotes”.\n\nSecond one."
    assert excerpt(Markup("").join(render_article(source).parts), 200) == excerpt(source, 200)


@given(hostile_text(), st.integers(min_value=1, max_value=300))
def test_no_excerpt_is_longer_than_asked(source, length):
    assert len(excerpt(source, length)) <= length
    assert "\n" not in excerpt(source, length)
