"""The two walls let through nothing but the allow-lists, whatever is thrown at them."""

import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from davidson.text.bounds import TextTooLong
from davidson.text.normalise import normalise
from davidson.text.sanitise import (
    ARTICLES,
    COMMENTS,
    MAX_COMMENT_LENGTH,
    bleach_wall,
    nh3_wall,
    sanitise_article_html,
    sanitise_comment_html,
)
from tests.hostile import HOSTILE, hostile_text
from tests.text.elements import (
    assert_article_elements,
    assert_article_subset,
    assert_comment_elements,
    assert_comment_subset,
    elements_of,
    text_of,
)

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "sanitiser" / "bleach"


def corpus() -> list[str]:
    """Give the attacks of bleach's own corpus: the part of each file before its line `--`."""
    return [path.read_text().split("\n--\n")[0] for path in sorted(CORPUS.glob("*.test"))]


def test_there_are_at_least_320_distinct_attack_strings():
    assert len(set(HOSTILE)) == len(HOSTILE) >= 320


@pytest.mark.parametrize("attack", HOSTILE, ids=range(len(HOSTILE)))
def test_an_attack_leaves_only_allowed_html(attack):
    assert_comment_subset(sanitise_comment_html(attack, max_length=20_000))
    assert_article_subset(sanitise_article_html(attack))


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside this checkout")
def test_the_corpus_of_bleach_leaves_only_allowed_html():
    for attack in corpus():
        assert_comment_subset(sanitise_comment_html(attack))
        assert_article_subset(sanitise_article_html(attack))


@settings(max_examples=300, deadline=None)
@given(hostile_text())
def test_hostile_html_leaves_only_the_comment_subset(html):
    assert_comment_subset(sanitise_comment_html(html, max_length=10**6))


@settings(max_examples=200, deadline=None)
@given(hostile_text())
def test_hostile_html_leaves_only_the_article_subset(html):
    assert_article_subset(sanitise_article_html(html))


@pytest.mark.parametrize("wall", [bleach_wall, nh3_wall])
def test_each_wall_holds_without_the_other(wall):
    comments, articles = wall(COMMENTS), wall(ARTICLES)
    for attack in HOSTILE:
        if len(attack) < 1000:
            assert_comment_elements(comments.clean(normalise(attack)))
            assert_article_elements(articles.clean(normalise(attack)))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(alphabet="ab <>&\"'\n;#!\u00a0\u201c\u2019é😀", max_size=60), min_size=1, max_size=4))
def test_plain_paragraphs_are_what_bleach_would_have_made_of_them(texts):
    html = "\n".join(Markup("<p>{}</p>").format(text).replace("\n", Markup("<br>\n")) for text in texts)
    behind_both = nh3_wall(COMMENTS).clean(bleach_wall(COMMENTS).clean(html)).replace("&nbsp;", "\u00a0")
    assert sanitise_comment_html(html) == behind_both


def test_the_result_is_markup():
    assert isinstance(sanitise_comment_html("x"), Markup)
    assert isinstance(sanitise_article_html("x"), Markup)


def test_every_allowed_element_of_a_comment_passes():
    html = (
        '<p>a<br>b <a href="https://ok.example/?a=1&amp;b=2#c" rel="nofollow ugc noopener">l</a> <em>e</em> '
        "<strong>s</strong> <code>c</code></p><pre>p</pre><blockquote><p>q</p></blockquote>"
        "<ul><li>u</li></ul><ol><li>o</li></ol>"
    )
    assert sanitise_comment_html(html) == html


@pytest.mark.parametrize(
    "url",
    [
        "/x",
        "//ok.example",
        "ok.example",
        "#x",
        "?x",
        "",
        " https://ok.example",
        "https://ok.example/ x",
        "mailto:a@b.example",
        "https://u@ok.example",
        "https://ok.example\\x",
        "https://ok.example/&#8238;",
        "https://ok.example/&#10;x",
    ],
)
def test_a_comment_link_that_is_not_plainly_absolute_loses_its_element(url):
    assert sanitise_comment_html(f'<p><a href="{url}">text</a></p>') == "<p>text</p>"


def test_the_text_of_a_removed_element_stays_as_text():
    assert sanitise_comment_html("<p><span onclick=x>kept</span></p>") == "<p>kept</p>"


def test_older_spellings_of_elements_are_renewed():
    assert sanitise_comment_html("<b>b</b><i>i</i>") == "<strong>b</strong><em>i</em>"
    assert sanitise_article_html("<h1>one</h1><del>d</del>") == "<h2>one</h2><s>d</s>"


def test_references_to_invisible_characters_are_dropped():
    assert sanitise_comment_html("<p>a&#8238;b&rlm;c&#x200b;d&zwj;e</p>") == "<p>abcd\u200de</p>"


def test_a_no_break_space_is_written_as_itself():
    assert sanitise_comment_html("<p>3\u00a0% 4&nbsp;% &amp;nbsp;</p>") == "<p>3\u00a0% 4\u00a0% &amp;nbsp;</p>"


def test_a_comment_over_its_length_is_refused_by_name():
    with pytest.raises(TextTooLong) as refusal:
        sanitise_comment_html("x" * (MAX_COMMENT_LENGTH + 1))
    assert (refusal.value.length, refusal.value.limit) == (MAX_COMMENT_LENGTH + 1, MAX_COMMENT_LENGTH)


def test_an_import_may_pass_a_larger_bound():
    assert sanitise_comment_html("x" * 7012, max_length=8000) == "x" * 7012


def test_tags_after_the_first_hundred_are_shown_as_text():
    html = sanitise_comment_html("<em>x</em>" * 51)
    assert len(elements_of(html)) == 50
    assert text_of(html) == "x" * 50 + "<em>x</em>"


def test_nesting_is_bounded():
    html = sanitise_comment_html("<blockquote>" * 90)
    assert len(elements_of(html)) == 24


def test_a_picture_of_another_site_disappears():
    assert sanitise_article_html('<p>x<img src="https://evil.example/x.png" alt="y"></p>') == "<p>x</p>"


def test_a_picture_of_this_site_keeps_its_size_and_its_text():
    html = '<img src="/media/a/b.webp" alt="A &lt;b&gt; c" width="640" height="480">'
    assert sanitise_article_html(html) == html


def test_only_links_that_leave_the_site_get_a_rel():
    html = '<a href="/articles/x" rel="opener">in</a> <a href="https://ok.example/" rel="opener">out</a>'
    assert sanitise_article_html(html) == (
        '<a href="/articles/x">in</a> <a href="https://ok.example/" rel="noopener">out</a>'
    )


def test_threads_do_not_share_a_parser():
    failures: list[BaseException] = []

    def clean_often() -> None:
        try:
            for _ in range(40):
                assert sanitise_comment_html("<p><em>a</em> <b>b</b>") == "<p><em>a</em> <strong>b</strong></p>"
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=clean_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
