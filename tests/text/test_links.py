"""A bare link ends where its reader would say it ends, and only a plain web address is one."""

import pytest

from davidson.text.links import is_web_link, trimmed


@pytest.mark.parametrize(
    ("typed", "link"),
    [
        ("https://ok.example/a_(b)),", "https://ok.example/a_(b)"),
        ("https://ok.example/a.", "https://ok.example/a"),
        ("https://ok.example/?q=[x]]", "https://ok.example/?q=[x]"),
        ("https://ok.example/\u201d", "https://ok.example/"),
    ],
)
def test_the_punctuation_around_a_link_is_not_part_of_it(typed: str, link: str):
    assert trimmed(typed) == link


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "http:evil",
        "https://u@b.example",
        "javascript:x",
        "https://a\\b",
        "https://",
        "HTTP://x",
        "ftp://a.b",
    ],
)
def test_what_could_be_read_in_two_ways_is_no_web_link(address: str):
    assert not is_web_link(address)
