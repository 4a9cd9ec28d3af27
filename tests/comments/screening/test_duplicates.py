"""Texts sent again."""

import pytest
from hypothesis import given

from davidson.comments.screening.duplicates import same_text_again
from davidson.comments.status import CommentStatus

from .samples import hostile_text, make_draft, make_facts, make_recent, unhurried

ADVERT = "Dear readers, I earned nine thousand last month by working three hours a day, ask me how it is done."


def finding_for(source, *recent):
    return same_text_again(make_draft(source), make_facts(recent=recent))


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (CommentStatus.REJECTED, "rejected"),
        (CommentStatus.APPROVED, "approved"),
        (CommentStatus.PENDING, "waiting"),
    ],
)
def test_the_same_text_again_waits_and_names_the_earlier_comment(status, outcome):
    finding = finding_for(ADVERT, make_recent(ADVERT, status=status))
    assert finding.status is CommentStatus.PENDING
    assert finding.detail == f"Same text as comment #812 under another article, {outcome}."


def test_the_same_text_as_a_comment_marked_as_spam_is_spam():
    finding = finding_for(ADVERT, make_recent(ADVERT, status=CommentStatus.SPAM, same_article=True))
    assert finding.status is CommentStatus.SPAM
    assert finding.detail == "Same text as comment #812 under this article, marked as spam."


@pytest.mark.parametrize(
    "variation",
    [
        ADVERT.upper(),
        ADVERT.replace(" ", "  \n"),
        ADVERT.replace(",", "!!!"),
        ADVERT.replace("a", "\u0430"),
        ADVERT.replace("e", "e\u200b"),
        f"> What the other one said\n\n{ADVERT}",
    ],
)
def test_case_space_punctuation_lookalikes_and_quotes_do_not_make_another_text(variation):
    assert finding_for(variation, make_recent(ADVERT)).detail.startswith("Same text")


@pytest.mark.parametrize(
    "variation",
    [ADVERT + " xk47q", ADVERT.replace("nine", "eight"), "Hello! " + ADVERT, ADVERT.removesuffix(" it is done.")],
)
def test_a_text_changed_a_little_waits_even_when_the_other_is_spam(variation):
    finding = finding_for(variation, make_recent(ADVERT, status=CommentStatus.SPAM))
    assert finding.status is CommentStatus.PENDING
    assert finding.detail.startswith("Nearly the same text as comment #812")


@pytest.mark.parametrize(
    "other",
    [
        "Dear readers, thank you for the article, I had not thought of the bridge in that way until last month.",
        f"> {ADVERT}\n\nNobody believes that.",
        "",
    ],
)
def test_another_text_is_no_duplicate(other):
    assert finding_for(other, make_recent(ADVERT)) is None


def test_short_texts_are_compared_only_with_their_senders_own():
    assert finding_for("Thank you!", make_recent("thank you", status=CommentStatus.SPAM)) is None
    finding = finding_for("Thank you!", make_recent("thank you", same_sender=True))
    assert finding.detail == "Same text as comment #812 from the same sender under another article, approved."


def test_texts_without_words_are_compared_as_they_stand():
    assert finding_for("👍 👍", make_recent("👍 👍", same_sender=True)).detail.startswith("Same text")
    assert finding_for("👍", make_recent("👎", same_sender=True)) is None


def test_a_text_in_a_script_without_spaces_is_compared_too():
    chinese = "想在家里赚钱吗请马上联系我们的客服"
    assert finding_for(chinese + "吧", make_recent(chinese)).detail.startswith("Nearly")
    assert finding_for("今天的桥梁报道写得很好谢谢作者", make_recent(chinese)) is None


def test_of_several_the_newest_of_those_that_tell_most_is_named():
    finding = finding_for(
        ADVERT,
        make_recent(ADVERT, id=4, status=CommentStatus.PENDING),
        make_recent(ADVERT, id=3, status=CommentStatus.REJECTED),
        make_recent(ADVERT, id=2, status=CommentStatus.REJECTED),
        make_recent(ADVERT, id=1),
    )
    assert "#3" in finding.detail


def test_a_comment_that_its_author_deleted_is_not_compared():
    assert finding_for(ADVERT, make_recent(ADVERT, status=CommentStatus.DELETED)) is None


@unhurried
@given(hostile_text, hostile_text)
def test_any_two_texts_can_be_compared(source, other):
    finding = finding_for(source, make_recent(other, same_sender=True))
    assert finding is None or finding.places == ()


@unhurried
@given(hostile_text)
def test_every_text_is_the_same_as_itself(source):
    assert finding_for(source, make_recent(source, same_sender=True)).detail.startswith("Same text")
