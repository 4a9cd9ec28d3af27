"""The audit log: its page and its command."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from davidson.accounts.models import Role
from davidson.audit.log import SCREENING, SHELL, Actor, record
from davidson.database import db
from tests.conftest import run_davidson
from tests.desks import on_duty
from tests.pages import read

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def write(app):
    """Write entries into the log: `write(3)`, or one with fields."""

    def entries(times=1, **fields):
        with app.app_context():
            for number in range(times):
                values = {"action": "comment.approve", "actor": SHELL, "subject": f"comment:{number}"} | fields
                record(at=NOON + timedelta(seconds=number), **values)
            db.session.commit()

    return entries


def test_the_newest_entries_come_first_and_older_ones_page_by_page(app, write):
    client = on_duty(app, Role.MODERATOR)
    write(120)
    seen = []
    page = read(client, "/staff/audit")
    while True:
        seen += page.texts("td.table__said")
        older = [link for link in page.all(".pager a") if "Older" in link.text]
        if not older:
            break
        page = read(client, older[0].attributes["href"])
    sentence = "The command line approved comment {}, which was new."
    assert [said for said in seen if "comment" in said] == [sentence.format(number) for number in range(119, -1, -1)]
    assert len(seen) == 122  # Somebody was hired and logged in.
    assert [link.text for link in page.all(".pager a")] == ["← Newest"]


def test_an_entry_says_who_did_what_and_why(app, write):
    client = on_duty(app, Role.EDITOR)
    write(
        action="comment.reject",
        actor=Actor(7, "mod@example.org"),
        subject="comment:12",
        version=3,
        from_state="pending",
        to_state="rejected",
        reason="Off topic",
        note="third time <b>today</b>",
        details={"findings": [{"a": 1}, {"rule": "links", "detail": "Contains 3 links."}]},
    )
    row = read(client, "/staff/audit?subject=comment:12").all("tbody tr")[0].text
    for part in ("23 November 2026, 12:00 UTC", "mod@example.org rejected comment 12, which was waiting.", "Off topic"):
        assert part in row
    assert "third time <b>today</b>" in row and "Contains 3 links." in row and "findings" not in row


def test_the_log_of_one_row_can_be_seen_alone(app, write):
    client = on_duty(app)
    write(5)
    for subject in ("comment:3", "comment 3", "comment%20%233"):
        assert read(client, f"/staff/audit?subject={subject}").texts("td a") == ["comment 3"]
    assert read(client, "/staff/audit?subject=comment:99").texts(".empty") == ["Nothing is written down that fits."]


@pytest.mark.parametrize("query", ["before=x", "before=-1", "before=9223372036854775808", "before=", "before=1.5"])
def test_a_bad_place_in_the_log_is_no_page(app, query):
    assert on_duty(app).get(f"/staff/audit?{query}").status_code == 404


def test_two_acts_on_one_version_cannot_both_be_recorded(app, write):
    write(subject="comment:1", version=2)
    write(2, subject="staff:1")
    with pytest.raises(IntegrityError):
        write(subject="comment:1", version=2)


def test_the_shell_lists_everything_oldest_first(app, write, store, tmp_path):
    write(1_203, actor=SCREENING, details={"score": 1}, from_state="pending", to_state="approved", version=1)
    done = run_davidson("audit", "list", "--json", url=store, instance=tmp_path / "instance", check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["subject"] for line in lines] == [f"comment:{number}" for number in range(1_203)]
    assert lines[0] == {
        "id": lines[0]["id"],
        "at": "2026-11-23T12:00:00Z",
        "actor_id": None,
        "actor": "screening",
        "action": "comment.approve",
        "subject": "comment:0",
        "version": 1,
        "from_state": "pending",
        "to_state": "approved",
        "reason": "",
        "note": "",
        "details": {"score": 1},
    }


def test_a_line_for_people_holds_no_control_characters(write, store, tmp_path):
    write(note="one\n\x1b[2Jtwo", reason="Off topic")
    done = run_davidson("audit", "list", url=store, instance=tmp_path / "instance", check=True)
    (line,) = done.stdout.splitlines()
    assert line == "2026-11-23T12:00:00Z  shell  comment.approve  comment:0  Off topic  one  [2Jtwo"
