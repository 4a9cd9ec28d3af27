"""Findings: what they keep, and that none of them refuses a comment."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from davidson.comments.screening.finding import MAX_PLACES, Finding, Place, excerpt, first_places
from davidson.comments.status import CommentStatus

from .samples import hostile_text, unhurried

PLACES = st.tuples(st.integers(0, 5000), st.integers(1, 50)).map(lambda pair: Place(pair[0], sum(pair)))
FINDINGS = st.builds(
    Finding,
    rule=st.sampled_from(["links", "wording"]),
    status=st.sampled_from([CommentStatus.APPROVED, CommentStatus.PENDING, CommentStatus.SPAM]),
    detail=hostile_text,
    places=st.lists(PLACES, max_size=3).map(tuple),
    evidence=hostile_text.map(excerpt),
)


@unhurried
@given(FINDINGS)
def test_a_finding_comes_back_from_json_as_it_was(finding):
    assert Finding.from_json(json.loads(json.dumps(finding.as_json()))) == finding


@pytest.mark.parametrize("status", [CommentStatus.REJECTED, CommentStatus.DELETED])
def test_no_finding_can_refuse_or_delete_a_comment(status):
    with pytest.raises(ValueError, match=status):
        Finding("links", status, "No.")


def test_spam_is_stricter_than_pending_and_pending_than_a_note():
    statuses = (CommentStatus.APPROVED, CommentStatus.PENDING, CommentStatus.SPAM)
    assert [Finding("pace", status, "").severity for status in statuses] == [0, 1, 2]


@pytest.mark.parametrize(
    "change",
    [
        {"status": "rejected"},
        {"status": 1},
        {"places": "none"},
        {"places": [[3]]},
        {"places": [[3, 3]]},
        {"places": [[-1, 3]]},
        {"places": [["0", 3]]},
        {"rule": None},
    ],
)
def test_json_that_is_no_finding_is_refused(change):
    stored = Finding("links", CommentStatus.PENDING, "Contains a link.").as_json() | change
    with pytest.raises(ValueError, match=r"."):
        Finding.from_json(stored)


def test_json_without_a_field_is_refused_by_the_name_of_the_field():
    with pytest.raises(ValueError, match="status"):
        Finding.from_json({"rule": "links"})


@unhurried
@given(hostile_text)
def test_an_excerpt_is_one_short_line_that_any_store_takes(text):
    line = excerpt(text)
    assert len(line) <= 80
    assert line.isprintable() or not set(line) & set("\x00\n\r\u202e\u200b\u2028")
    line.encode("utf-8")


def test_a_long_text_is_cut_with_an_ellipsis():
    assert excerpt("word " * 100, 10) == "word word…"


def test_places_are_kept_in_order_once_and_not_without_end():
    places = [Place(start, start + 1) for start in range(500)]
    kept = first_places([*reversed(places), *places])
    assert kept == tuple(places[:MAX_PLACES])
