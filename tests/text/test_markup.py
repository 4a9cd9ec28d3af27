"""What readers type is shown as they typed it, with a small markup and never as HTML."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from davidson.text.bounds import TextTooLong
from davidson.text.markup import render_comment
from davidson.text.sanitise import MAX_COMMENT_LENGTH
from tests.hostile import HOSTILE, hostile_text
from tests.text.elements import assert_comment_subset, elements_of, text_of

REL = 'rel="nofollow ugc noopener"'


@pytest.mark.parametrize("attack", HOSTILE, ids=range(len(HOSTILE)))
def test_an_attack_in_a_comment_is_harmless(attack):
    assert_comment_subset(render_comment(attack, max_length=20_000))


@settings(max_examples=300, deadline=None)
@given(hostile_text())
def test_a_hostile_comment_leaves_only_the_subset(source):
    assert_comment_subset(render_comment(source, max_length=10**6))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab<>&\"'/=;#!x \u00a0\u201c\u2019é", max_size=200))
def test_typed_characters_are_shown_as_they_are(source):
    line = "a" + source + "z"
    assert text_of(render_comment(line)) == line.strip()


def test_typed_html_is_shown_as_text():
    assert render_comment("<b>x</b> &lt;") == "<p>&lt;b&gt;x&lt;/b&gt; &amp;lt;</p>"


def test_blank_lines_part_paragraphs_and_single_ones_break_lines():
    assert render_comment("a\r\nb\r\n\r\nc\n") == "<p>a<br>\nb</p>\n<p>c</p>"


def test_an_empty_comment_gives_nothing():
    assert render_comment(" \n\u200b\n") == ""


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("*em* and **strong**", "<em>em</em> and <strong>strong</strong>"),
        ("***both***", "<strong><em>both</em></strong>"),
        ("**a *b* c**", "<strong>a <em>b</em> c</strong>"),
        ("*a **b***", "<em>a <strong>b</strong></em>"),
        ("2 * 3 * 4 and 2*3*4", "2 * 3 * 4 and 2*3*4"),
        ("*open", "*open"),
        ("**a *b** c*", "<strong>a *b</strong> c*"),
        ("`*c* <b>`", "<code>*c* &lt;b&gt;</code>"),
        ("****a****", "****a****"),
    ],
)
def test_emphasis_and_code(source, html):
    assert render_comment(source) == f"<p>{html}</p>"


def test_quotes_nest_three_deep_and_no_further():
    html = render_comment("> a\n>> b\n>>> c\n>>>>> d")
    assert [element.tag for element in elements_of(html)].count("blockquote") == 3
    assert text_of(html).split() == ["a", "b", "c", "d"]


def test_lists_become_lists():
    assert render_comment("x\n- a\n- b") == "<p>x</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>"
    assert render_comment("1. a\n2. b") == "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"


def test_a_number_that_a_browser_would_change_stays_text():
    assert render_comment("1988. What a year") == "<p>1988. What a year</p>"
    assert render_comment("2. I disagree") == "<p>2. I disagree</p>"


@pytest.mark.parametrize(
    ("source", "url", "rest"),
    [
        ("see https://ok.example/a.", "https://ok.example/a", "."),
        ("(https://ok.example/a)", "https://ok.example/a", ")"),
        ("https://ok.example/a_(b)", "https://ok.example/a_(b)", ""),
        ("https://ok.example/?a=1&b=2!", "https://ok.example/?a=1&b=2", "!"),
        ("**https://ok.example/**", "https://ok.example/", ""),
        ("“https://ok.example/”", "https://ok.example/", "”"),
        ("https://κόσμος.example/ελ", "https://κόσμος.example/ελ", ""),
        ("https://ok.example:8080", "https://ok.example:8080", ""),
    ],
)
def test_a_bare_link_is_linked_without_the_punctuation_around_it(source, url, rest):
    html = render_comment(source)
    assert [dict(element.attributes)["href"] for element in elements_of(html) if element.tag == "a"] == [url]
    assert text_of(html).endswith(url + rest)


def test_a_scheme_in_capitals_is_linked_in_lower_case():
    assert render_comment("HTTP://ok.example") == f'<p><a href="http://ok.example" {REL}>HTTP://ok.example</a></p>'


@pytest.mark.parametrize(
    "source",
    [
        "https://u:p@evil.example/",
        "https://ok.example\\@evil.example",
        "https:///x",
        "ftp://ok.example",
        "www.ok.example",
        "xhttps://ok.example",
        "javascript:alert(1)",
        "//ok.example",
        "https://[::1]/",
        "[x](/y)",
    ],
)
def test_what_is_not_plainly_a_web_link_stays_text(source):
    assert "<a" not in render_comment(source)


def test_a_comment_over_its_length_is_refused():
    with pytest.raises(TextTooLong):
        render_comment("x" * (MAX_COMMENT_LENGTH + 1))


def test_a_comment_with_too_much_markup_is_shown_plainly_and_whole():
    source = "- a\n" * 1250
    html = render_comment(source)
    assert [element.tag for element in elements_of(html)] == ["p"]
    assert text_of(html) == source.strip()


def test_the_longest_link_comment_stays_within_the_bound_of_its_html():
    assert render_comment(("http://a.b/" + "&" * 1980 + "\n") * 2)
