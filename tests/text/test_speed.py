"""Text that is made to be slow is not: time grows with length, never with its square.

Each bound is several times what a slow machine needs, and far below what one quadratic step would take.
"""

import time
from collections.abc import Callable

import pytest

from davidson.text.excerpt import excerpt
from davidson.text.links import links_of
from davidson.text.markdown import render_article
from davidson.text.markup import render_comment
from davidson.text.sanitise import MAX_COMMENT_LENGTH, sanitise_comment_html
from davidson.text.slug import slugify

SLOW = (
    *("www.", "a-", "a@", "http://", "<http://", "http://a.bc ", "http://a.b/((((", "http://a.b/))))", "[a](http://b"),
    *(">", "> ", ">a\n", "*", "*a ", "**a", "*a*", "***a **b *c ", "_a ", "`", "`a``", "~~a ", "- ", "- a\n", "1. a\n"),
    *(
        "<",
        "&",
        "&lt;",
        "&#8238;",
        '"',
        "'",
        "[",
        "](",
        "[a](",
        "![",
        "![[]()",
        "[^1]",
        "^[",
        "[a]: b\n",
        "\\",
        " ",
        "\t",
    ),
    *("<a href=x ", "<a ", "<b><p>", "<blockquote>", "<ul><li>", "<a href=http://a.bc>", "<table><b>", "<font>"),
    *("[url", "[url=a]", "a\n", "a\n\n", "\u202e", "\u0301"),
)


def seconds(act: Callable[[str], object], text: str) -> float:
    """Give the processor time that one call takes, the better of two."""
    times = []
    for _ in range(2):
        start = time.process_time()
        act(text)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize("pattern", SLOW)
def test_no_comment_is_slow(pattern):
    text = (pattern * MAX_COMMENT_LENGTH)[:MAX_COMMENT_LENGTH]
    assert seconds(render_comment, text) < 0.4
    assert seconds(sanitise_comment_html, text) < 0.4
    assert seconds(links_of, text) < 0.1
    assert seconds(slugify, text) < 0.1
    assert seconds(lambda source: excerpt(source, 200), text) < 0.1


@pytest.mark.parametrize("pattern", SLOW)
def test_no_article_is_slow(pattern):
    assert seconds(render_article, (pattern * 8000)[:8000]) < 1.5


def test_unclosed_elements_with_attributes_are_not_reopened_without_end():
    html = "".join(f"<b class={number}><p>" for number in range(300))[:MAX_COMMENT_LENGTH]
    assert seconds(sanitise_comment_html, html) < 0.4
