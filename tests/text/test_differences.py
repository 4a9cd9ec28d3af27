"""What one text changed of another."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from davidson.text.differences import Change, differences
from tests.hostile import hostile_text

WORDS = st.lists(st.sampled_from(["a", "b", "well", " ", "\n", ".", "é"]), max_size=60).map("".join)


def told(before: str, after: str) -> str:
    marks = {Change.SAME: "{}", Change.REMOVED: "[-{}-]", Change.ADDED: "{{+{}+}}"}
    return "".join(marks[passage.change].format(passage.text) for passage in differences(before, after))


def test_changed_words_are_named_and_the_others_left_alone():
    assert (
        told("The mayor has resigned.", "The mayor will resign.") == "The mayor [-has-]{+will+} [-resigned-]{+resign+}."
    )
    assert told("One. Two.", "One. And two.") == "One. [-Two-]{+And two+}."
    assert told("same", "same") == "same"
    assert (told("", "new"), told("old", ""), told("", "")) == ("{+new+}", "[-old-]", "")


@given(WORDS | hostile_text(), WORDS | hostile_text())
def test_both_texts_can_be_read_from_it(before, after):
    passages = differences(before, after)
    assert "".join(one.text for one in passages if one.change is not Change.ADDED) == before
    assert "".join(one.text for one in passages if one.change is not Change.REMOVED) == after
    assert all(one.text for one in passages)


@pytest.mark.parametrize(
    ("before", "after"),
    [("a b " * 1250, "b a " * 1250), ("a,b!" * 60, "!b,a" * 60), ("x " * 2500, "x " * 2499 + "y"), ("ab", "z" * 5000)],
)
def test_no_two_comments_take_long_to_compare(before, after):
    began = time.process_time()
    differences(before, after)
    assert time.process_time() - began < 1
