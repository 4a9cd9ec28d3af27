"""Headlines become addresses that people can read, in every script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from davidson.text.slug import MAX_SLUG_LENGTH, is_slug, slugify
from tests.hostile import HOSTILE, hostile_text


@pytest.mark.parametrize(
    ("headline", "slug"),
    [
        (
            "NATO’s Response to Russian Security Proposals: A Prelude",
            "natos-response-to-russian-security-proposals-a-prelude",
        ),
        ("Café à Łódź & Straße", "cafe-a-lodz-strasse"),
        ("  --Already--a__slug--  ", "already-a-slug"),
        ("Ελληνικά νέα", "ελληνικά-νέα"),
        ("مرحبا بالعالم", "مرحبا-بالعالم"),
        ("हिन्दी समाचार", "हिन्दी-समाचार"),
        ("日本語ガイド", "日本語ガイド"),
        ("½ ﬁsh at 5 °C", "1-2-fish-at-5-c"),
        ("!?…", "article"),
        ("", "article"),
    ],
)
def test_a_headline_becomes_its_slug(headline, slug):
    assert slugify(headline) == slug


def test_a_long_headline_is_cut_at_a_word():
    assert slugify("word " * 40) == "-".join(["word"] * 16)
    assert slugify("a" * 100) == "a" * MAX_SLUG_LENGTH


@pytest.mark.parametrize(
    "value", ["", "A", "a b", "a--b", "-a", "a-", "../staff", "a/b", "a%20b", "café", "a_b", "a" * 81]
)
def test_what_slugify_would_change_is_no_slug(value):
    assert not is_slug(value)


def test_attacks_become_harmless_slugs():
    for attack in HOSTILE:
        assert is_slug(slugify(attack))


@given(st.one_of(hostile_text(), st.text()))
def test_every_slug_is_one_and_has_no_mark_of_html_or_urls(headline):
    slug = slugify(headline)
    assert is_slug(slug)
    assert 0 < len(slug) <= MAX_SLUG_LENGTH
    assert not set(slug) & set(" \t\n/\\?#&%<>\"'.:;@")
    slug.encode("utf-8")
