"""Text that is made to be slow ends in time: a step that took quadratic time would run into the test's time-out.

How long each takes is a matter of `python -m bench.text`, not of tests.
"""

import pytest

from davidson.text.excerpt import excerpt
from davidson.text.markdown import render_article
from davidson.text.markup import render_comment
from davidson.text.sanitise import MAX_COMMENT_LENGTH, sanitise_comment_html
from davidson.text.slug import slugify
from tests.slow import SLOW

pytestmark = pytest.mark.timeout(60)


@pytest.mark.parametrize("pattern", SLOW)
def test_every_comment_is_rendered(pattern: str):
    text = (pattern * MAX_COMMENT_LENGTH)[:MAX_COMMENT_LENGTH]
    assert render_comment(text).count("<") <= 2000
    assert len(sanitise_comment_html(text)) < 200_000
    assert slugify(text)
    assert len(excerpt(text, 200)) <= 200


@pytest.mark.parametrize("pattern", SLOW)
def test_every_article_is_rendered(pattern: str):
    parts = render_article((pattern * 12_000)[:12_000]).parts
    assert all(isinstance(part, str) for part in parts)


def test_unclosed_elements_with_attributes_are_not_reopened_without_end():
    html = "".join(f"<b class={number}><p>" for number in range(300))[:MAX_COMMENT_LENGTH]
    assert len(sanitise_comment_html(html)) < 20 * MAX_COMMENT_LENGTH
