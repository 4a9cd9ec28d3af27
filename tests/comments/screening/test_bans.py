"""Banned senders: held, with the end of the ban, and never more than held."""

from datetime import UTC, datetime

from davidson.comments.screening.bans import banned_sender
from davidson.comments.screening.mode import Mode
from davidson.comments.screening.rules import screen
from davidson.comments.status import CommentStatus

from .samples import banned, make_draft, make_facts

END = datetime(2026, 12, 3, 14, tzinfo=UTC)


def test_a_sender_without_a_ban_is_not_mentioned():
    assert banned_sender(make_draft(), make_facts()) is None


def test_a_ban_holds_and_says_of_what_and_until_when():
    finding = banned_sender(make_draft(), make_facts(network_banned_until=END))
    assert (finding.rule, finding.status) == ("ban", CommentStatus.PENDING)
    assert finding.detail == "This network is banned until 2026-12-03 14:00 UTC."


def test_two_bans_are_told_in_one_finding():
    finding = banned_sender(make_draft(), make_facts(network_banned_until=END, token_banned_until=END))
    assert finding.detail.count("banned until") == 2 and finding.detail.endswith(
        "This author token is banned until 2026-12-03 14:00 UTC."
    )


def test_who_is_known_well_is_held_all_the_same_and_spam_stays_spam():
    facts = make_facts(known=True, network_banned_until=END)
    assert screen(make_draft(), facts, Mode.PUBLISH).status is CommentStatus.PENDING
    facts = make_facts(network_banned_until=END, terms=banned("casino"))
    screening = screen(make_draft("Casino!"), facts, Mode.PUBLISH)
    assert screening.status is CommentStatus.SPAM and {one.rule for one in screening.findings} == {"wording", "ban"}
