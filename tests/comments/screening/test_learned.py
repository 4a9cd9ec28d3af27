"""The learned score as a rule: what it says, where, and when it may mark spam by itself."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from davidson.comments.draft import Learned
from davidson.comments.screening.features import BUCKETS, SIGNS, features_of
from davidson.comments.screening.learned import HOLDS_FROM, learned_score, score_of, shown, step_of
from davidson.comments.status import CommentStatus

from .samples import hostile_text, make_draft, make_facts, unhurried

SPAM = ("Cheap watches, whatsapp me", "Join my telegram, cheap loans", "Cheap cheap pills on whatsapp now")
HAM = ("The mayor is right about the bridge", "I was there and saw it", "A fine article on whatsapp scams, thank you")


def taught(spam: tuple[str, ...] = SPAM, ham: tuple[str, ...] = HAM, *, rounds: int = 40) -> dict[int, int]:
    """Weights after so many rounds of lessons, added up as the store does."""
    weights: dict[int, int] = {}
    for _ in range(rounds):
        for is_spam, texts in ((True, spam), (False, ham)):
            for text in texts:
                learn(weights, text, is_spam=is_spam)
    return weights


def learn(weights: dict[int, int], text: str, *, is_spam: bool, name: str = "Ada") -> int:
    values = features_of(name, text).values
    step = step_of(values, score_of(values, weights), is_spam=is_spam)
    add(weights, values, step)
    return step


def add(weights: dict[int, int], values, step: int) -> None:
    for bucket, value in values.items():
        weights[bucket] = weights.get(bucket, 0) + step * value


def finding(text: str, *, marks_from: float | None = None, **draft):
    return learned_score(make_draft(text, **draft), make_facts(learned=Learned(WEIGHTS, marks_from)))


WEIGHTS = taught()


def test_nothing_learned_says_nothing():
    assert learned_score(make_draft(), make_facts()) is None


def test_what_resembles_spam_is_held_and_the_words_that_counted_are_named_and_marked():
    text = "Buy cheap things, whatsapp me today"
    said = finding(text)
    assert (said.rule, said.status) == ("learned", CommentStatus.PENDING)
    assert said.detail.startswith("Learned score 0.9")
    assert "\u201ccheap\u201d" in said.detail and "\u201cwhatsapp\u201d" in said.detail
    marked = {text[place.start : place.end] for place in said.places}
    assert {"cheap", "whatsapp"} <= marked
    assert said.evidence.split()[0] in said.detail


def test_what_resembles_what_was_approved_is_not_mentioned():
    assert finding("The bridge was there, the mayor is right") is None


def test_it_marks_spam_by_itself_only_from_the_score_that_was_proven():
    text = "Cheap watches, whatsapp me"
    assert finding(text).status is CommentStatus.PENDING
    assert finding(text, marks_from=1.0).status is CommentStatus.PENDING
    assert finding(text, marks_from=0.9).status is CommentStatus.SPAM


def test_one_in_ten_that_it_is_sure_of_is_still_shown_to_a_person():
    texts = [f"Cheap watches, whatsapp me {'!' * number}" for number in range(400)]
    said = [finding(text, marks_from=0.5) for text in texts]
    held = [each for each in said if each.status is CommentStatus.PENDING]
    assert 20 <= len(held) <= 60
    assert all("held to check the screening" in each.detail for each in held)
    assert not any("held to check" in each.detail for each in said if each.status is CommentStatus.SPAM)


def test_how_it_was_sent_counts_too():
    weights = taught()
    add(weights, dict.fromkeys(SIGNS.values(), 1), 2**21)
    facts = make_facts(learned=Learned(weights))
    drafts = [make_draft("Well, well"), make_draft("Well, well", seconds=0.5), make_draft("Well, well", website="x")]
    assert [learned_score(draft, facts) is None for draft in drafts] == [True, False, False]


@unhurried
@given(hostile_text, hostile_text, st.randoms(use_true_random=False))
def test_any_text_is_scored_and_its_places_lie_within_it(name, source, random: Random):
    values = features_of(name, source).values
    weights = {bucket: random.randrange(-(2**40), 2**40) for bucket in values}
    assert 0 <= score_of(values, weights) <= 1
    said = learned_score(make_draft(source, name=name), make_facts(learned=Learned(weights, 0.9)))
    if said:
        assert all(place.end <= len(source) for place in said.places)
        f"{said.detail}{said.evidence}".encode()
        assert "\x00" not in said.detail + said.evidence


@unhurried
@given(st.lists(st.tuples(hostile_text, st.booleans()), max_size=8), st.randoms(use_true_random=False))
def test_lessons_are_taken_back_exactly_in_any_order(lessons, random: Random):
    weights = {random.randrange(BUCKETS): random.randrange(-1000, 1000) for _ in range(5)}
    before = dict(weights)
    done = [(features_of("Ada", text).values, learn(weights, text, is_spam=is_spam)) for text, is_spam in lessons]
    random.shuffle(done)
    for values, step in done:
        add(weights, values, -step)
    assert {bucket: weight for bucket, weight in weights.items() if weight} == {
        bucket: weight for bucket, weight in before.items() if weight
    }


@pytest.mark.parametrize(("score", "said"), [(0.5, "0.50"), (0.999999, "0.99"), (1.0, "1.00"), (0.919, "0.91")])
def test_a_score_is_never_said_to_be_higher_than_it_is(score, said):
    assert shown(score) == said


def test_without_weights_a_score_says_neither():
    assert math.isclose(score_of(features_of("Ada", "Well said.").values, {}), HOLDS_FROM)
