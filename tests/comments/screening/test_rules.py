"""All rules together: modes, severity, and any text at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from davidson.comments.screening.mode import Mode
from davidson.comments.screening.rules import RULES, screen
from davidson.comments.screening.wording import STARTER_TERMS
from davidson.comments.status import CommentStatus

from .samples import banned, hostile_text, make_draft, make_facts, make_recent, suspect, unhurried

APPROVED, PENDING, SPAM = CommentStatus.APPROVED, CommentStatus.PENDING, CommentStatus.SPAM


@pytest.mark.parametrize(
    ("mode", "known", "source", "status", "rules"),
    [
        ("hold-all", True, "Well said.", PENDING, ["mode"]),
        ("hold-all", False, "Well said.", PENDING, ["mode"]),
        ("hold-first", True, "Well said.", APPROVED, []),
        ("hold-first", False, "Well said.", PENDING, ["strangers"]),
        ("hold-first", True, "My forex tip", PENDING, ["wording"]),
        ("publish", True, "Well said.", APPROVED, []),
        ("publish", False, "Well said.", APPROVED, []),
        ("publish", False, "My forex tip", PENDING, ["wording"]),
        ("publish", False, "Look: www.example.org", PENDING, ["links"]),
        ("publish", True, "Look: www.example.org", APPROVED, []),
    ],
)
def test_the_mode_decides_who_waits(mode, known, source, status, rules):
    screening = screen(make_draft(source), make_facts(known=known, terms=suspect("forex")), mode)
    assert screening.status is status
    assert [finding.rule for finding in screening.findings] == rules


def test_the_strictest_finding_wins_and_every_finding_is_kept():
    draft = make_draft("Casino: https://a.example", website="x", seconds=None)
    status, findings = screen(draft, make_facts(known=False, terms=banned("casino")), Mode.HOLD_FIRST)
    assert status is SPAM
    assert [finding.rule for finding in findings] == ["wording", "links", "honeypot", "strangers", "pace"]
    assert [finding.severity for finding in findings] == [2, 1, 1, 1, 0]


def test_a_note_alone_holds_nothing_but_is_kept():
    status, findings = screen(make_draft(seconds=None), make_facts(), "publish")
    assert status is APPROVED
    assert [finding.rule for finding in findings] == ["pace"]


@pytest.mark.parametrize("mode", ["closed", "", "HOLD-ALL", "open"])
def test_an_unknown_mode_publishes_nothing(mode):
    with pytest.raises(ValueError, match=r"."):
        screen(make_draft(), make_facts(), mode)


@unhurried
@given(name=hostile_text, source=hostile_text, website=hostile_text, other=hostile_text, known=st.booleans())
def test_any_text_is_screened_and_every_place_lies_within_it(name, source, website, other, known):
    draft = make_draft(source, name=name, website=website, email=other, seconds=None)
    facts = make_facts(
        known=known,
        recent=(make_recent(other), make_recent(source, status=SPAM)),
        terms=(*STARTER_TERMS, *suspect(other)),
        staff_names=(other,),
        site_name=other,
    )
    status, findings = screen(draft, facts, "publish")
    assert status in {APPROVED, PENDING, SPAM}
    assert all(place.end <= len(source) for finding in findings for place in finding.places)
    for finding in findings:
        f"{finding.detail}{finding.evidence}".encode()
        assert "\x00" not in finding.detail + finding.evidence


REPEATED = [
    "a", "[", "[](", "[](a(b)", "[a", "[](( ", "[]( <", "<a ", "<a href=", "<a href=x>", "href=", "href ", "[url=",
    "[url=a]", "http://", "www.a", "www.", "www.a ", "http://a(", "http://a)", "a.", "make money ", "make ",
    "casino ", "v i a g r a ", "a*", "a****", "a_", "a$", "a!", "1", "1a", "\u200b", "\u0301", "\ufdfa", "\u3316",
    "\u093f", "\n", ">\n", "> a\n", "\u5f69", "\U0001f170", "\x00",
]  # fmt: skip


@pytest.mark.parametrize("piece", REPEATED)
@pytest.mark.parametrize("opening", ["", "<a ", "[](", "http://a"])
@pytest.mark.timeout(60)
def test_text_that_is_made_to_be_slow_is_screened_to_the_end(opening, piece):
    """Ten times the longest comment: a rule that took quadratic time would need minutes and run into the time-out."""
    source = opening + piece * (50_000 // len(piece))
    facts = make_facts(known=False, terms=STARTER_TERMS, recent=(make_recent(source[1:]),))
    assert screen(make_draft(source, name=source[:200]), facts, "hold-first").findings


def test_each_rule_has_a_name_of_its_own():
    assert len({rule.__name__ for rule in RULES}) == len(RULES)
