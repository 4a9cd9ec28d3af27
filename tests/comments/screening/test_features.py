"""What a comment is taken apart into: whole numbers in a bounded number of buckets, whatever is typed."""

import pytest
from hypothesis import given

from davidson.comments.screening.features import (
    BUCKETS,
    HEAD,
    MOST_FEATURES,
    TAIL,
    digest_of_text,
    features_of,
    with_signs,
)

from .samples import hostile_text, unhurried


def values(source: str, name: str = "Ada") -> dict[int, int]:
    return dict(features_of(name, source).values)


@unhurried
@given(hostile_text, hostile_text)
def test_any_text_has_a_bounded_number_of_whole_features(name, source):
    features = features_of(name, source)
    assert 0 < len(features.values) <= MOST_FEATURES
    assert all(0 <= bucket < BUCKETS and 0 < value < 256 for bucket, value in features.values.items())
    assert all(features.place_of(token).end <= len(source) for token in features.tokens)
    assert set(features.values) <= {bucket for bucket, _, _, _ in features.uses}
    assert all(-1 <= first <= last < len(features.tokens) for _, _, first, last in features.uses)


@unhurried
@given(hostile_text)
def test_the_same_text_has_the_same_features_and_digest(source):
    first = features_of("", source)
    features_of.cache_clear()
    assert features_of("", source) == first
    assert digest_of_text(source) == digest_of_text(source)


@pytest.mark.parametrize(
    "other",
    [
        "Check out my channel \ufeff",
        "\ufeffCHECK OUT my  channel",
        "Ch\u200beck out my channel",
        "Ch\u0435ck out my ch\u0430nnel",
        "Check out my channellll",
    ],
)
def test_spelling_and_what_nobody_sees_change_no_word(other):
    said = [token.says for token in features_of("", "Check out my channel").tokens]
    told = [token.says for token in features_of("", other).tokens]
    assert told[:3] == said[:3]
    assert told[3] in ("channel", "channell")


def test_an_end_that_nobody_sees_changes_nothing_at_all():
    assert values("Well said.") == values("Well said.\ufeff") == values("Well said. \ufeff\u200b")


def test_a_link_is_known_in_any_notation_by_its_host():
    for address in ("https://www.a.example.com/x?y=1", "www.a.example.com", "A.example.com/z", "a.example . com"):
        (token,) = (token for token in features_of("", f"See {address} now").tokens if token.kind == "link")
        assert token.says == "a.example.com"


def test_a_family_of_words_counts_whichever_of_them_is_used():
    shared = set(values("subscribe my page")) & set(values("follow our blog"))
    assert len(shared) > len(set(values("mountains rise there")) & set(values("rivers fall down")))


def test_of_a_long_text_the_beginning_and_the_end_count():
    middle = "quiet " * 800
    long = f"cheap pills {middle}join whatsapp"
    said = {token.says for token in features_of("", long).tokens}
    assert {"cheap", "pils", "join", "whatsapp", "quiet"} - said <= {"pils"}
    assert len(features_of("", long).tokens) <= HEAD + TAIL


def test_digits_count_alike():
    assert values("call 555 1234 now") == values("call 987 6543 now")


def test_how_a_comment_was_sent_counts_by_what_the_rules_found():
    plain = features_of("Ada", "Well said.").values
    sent = with_signs(plain, [("pace", "pending"), ("links", "pending"), ("honeypot", "pending")])
    assert len(sent) == len(plain) + 2
    assert with_signs(plain, [("strangers", "pending")]) == plain


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Subscribe to me!", "subscribe  TO me\ufeff", True),
        ("Subscribe to me!", "Subscribe to her!", False),
        ("\U0001f600", "\U0001f600 ", True),
        ("\U0001f600", "\U0001f601", False),
        ("", "  ", True),
    ],
)
def test_copies_of_a_text_have_one_digest(one, other, same):
    assert (digest_of_text(one) == digest_of_text(other)) is same


@pytest.mark.parametrize(
    "piece", ["a", "a.", "a-", ". com", "@ ", "www.", "http://", "'", "a'", "\u5f69", "\u093f", "1-"]
)
@pytest.mark.timeout(60)
def test_text_that_is_made_to_be_slow_is_taken_apart_at_once(piece):
    assert features_of("x", piece * 20_000).values
    assert digest_of_text(piece * 20_000)
