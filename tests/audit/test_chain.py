"""The chain over the log: `davidson audit verify` finds whatever was done to a row past the log, and nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import insert, text

from davidson.audit.erasing import erase_words
from davidson.audit.log import READER, SHELL, record
from davidson.audit.models import AppendOnly, AuditEntry
from davidson.comments.models import Comment
from davidson.comments.withdrawing import erase
from davidson.database import db
from tests.factories import make_article, make_comment

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
STRAY = "entry 4 stands in no chain: it was put in past the log"


def append(app: Flask, number: int, **fields: Any) -> None:
    """Write entries one after the other, each in a transaction of its own; `comment:1` is the first one's subject."""
    with app.app_context():
        for place in range(1, number + 1):
            values = {"actor": SHELL, "subject": f"comment:{place}", "note": f"note {place}"} | fields
            record("comment.approve", at=NOON + timedelta(seconds=place), **values)
            db.session.commit()


def verify(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["audit", "verify", *arguments])


def heads(app: Flask) -> list[str]:
    """What the command printed of each chain."""
    done = verify(app)
    assert done.exit_code == 0, done.stderr
    return done.stdout.splitlines()[1:]


def tamper(app: Flask, *statements: str) -> None:
    """Do to the store what somebody does who owns it."""
    with app.app_context():
        for statement in statements:
            assert db.session.execute(text(statement)).rowcount
        db.session.commit()


def test_a_log_that_was_only_written_is_whole(app: Flask):
    assert verify(app).stdout == "The log is whole: 0 entries in no chains.\n"
    append(app, 3, details={"findings": [{"rule": "links", "score": 0.25}], "big": 1e22, "whole": 2.0, "tiny": 1e-7})
    done = verify(app)
    assert (done.exit_code, done.stderr) == (0, "")
    first, head = done.stdout.splitlines()
    assert first == "The log is whole: 3 entries in 1 chain."
    assert head.split(":")[1] == "3"


CHANGES = {
    "actor": "'mallory@example.org'",
    "action": "'comment.reject'",
    "subject": "'comment:99'",
    "from_state": "'spam'",
    "to_state": "'approved'",
    "reason": "'abuse'",
    "note": "'another note'",
    "details": """'{"findings": []}'""",
    "actor_id": "7",
    "version": "8",
    "at": "'2026-11-23 12:00:02.000001'",
    "id": "1000000",
    "salt": "'00'",
    "hash": f"'{'ab' * 32}'",
}


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_row_is_found(app: Flask, column: str):
    append(app, 4)
    tamper(app, f"UPDATE audit_entry SET {column} = {CHANGES[column]} WHERE subject = 'comment:2'")
    done = verify(app)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "(place 2 of chain 1) was changed, or does not follow the entry before it" in done.stderr.splitlines()[0]


def test_rows_that_were_changed_beyond_reading_are_found(app: Flask):
    append(app, 4)
    embedded = app.extensions["davidson-settings"].embedded
    column = "details = '{'" if embedded else "salt = 'zz'"
    tamper(app, f"UPDATE audit_entry SET {column} WHERE subject = 'comment:2'")
    done = verify(app)
    assert done.exit_code == 1 and done.exception.__class__ is SystemExit
    assert "chain 1" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ("1", "chain 1: 1 entry is missing before entry 2 (place 2 of chain 1)"),
        ("2, 3", "chain 1: 2 entries are missing before entry 4 (place 4 of chain 1)"),
        ("4", "chain 1: 1 entry is missing at its end"),
        ("2, 4", "chain 1: 1 entry is missing before entry 3 (place 3 of chain 1)"),
        ("1, 2, 3, 4", "chain 1: 4 entries are missing at its end"),
    ],
)
def test_a_missing_row_is_found_the_newest_too(app: Flask, places: str, said: str):
    append(app, 4)
    tamper(app, f"DELETE FROM audit_entry WHERE place IN ({places})")
    done = verify(app)
    assert done.exit_code == 1
    assert said in done.stderr.splitlines()


@pytest.mark.parametrize(
    ("doing", "said"),
    [
        ("DELETE FROM audit_chain", "chain 1: its head is missing"),
        ("UPDATE audit_chain SET length = 3", "chain 1: 1 more than its head knows were put in at its end"),
        (f"UPDATE audit_chain SET hash = '{'cd' * 32}'", "chain 1: its head does not belong to its last entry"),
        (
            "UPDATE audit_entry SET chain = NULL WHERE place = 4",
            STRAY,
        ),
        (
            "UPDATE audit_entry SET place = NULL WHERE place = 4",
            STRAY,
        ),
        ("UPDATE audit_entry SET chain = 2 WHERE place = 4", "chain 2: its head is missing"),
    ],
)
def test_a_row_outside_of_its_chain_and_a_wrong_head_are_found(app: Flask, doing: str, said: str):
    append(app, 4)
    tamper(app, doing)
    done = verify(app)
    assert done.exit_code == 1
    assert said in done.stderr.splitlines()


def test_a_row_put_in_past_the_log_is_found(app: Flask):
    append(app, 2)
    with app.app_context():
        row = {"at": NOON, "actor": "shell", "action": "comment.approve", "subject": "comment:3", "details": {}}
        db.session.execute(insert(AuditEntry), row)
        db.session.commit()
    assert verify(app).stderr == "entry 3 stands in no chain: it was put in past the log\n"


def test_rows_that_changed_places_are_found(app: Flask):
    append(app, 4)
    tamper(
        app,
        "UPDATE audit_entry SET place = 10 WHERE place = 2",
        "UPDATE audit_entry SET place = 2 WHERE place = 3",
        "UPDATE audit_entry SET place = 3 WHERE place = 10",
    )
    said = verify(app).stderr
    assert "entry 3 (place 2 of chain 1) was changed" in said and "entry 2 (place 3 of chain 1) was changed" in said


def test_what_was_noted_elsewhere_shows_a_log_that_was_made_anew(app: Flask):
    append(app, 3)
    (noted,) = heads(app)
    append(app, 2)
    assert verify(app, "--noted", noted).exit_code == 0
    tamper(app, "DELETE FROM audit_entry", "DELETE FROM audit_chain")
    append(app, 5)
    assert verify(app).exit_code == 0
    done = verify(app, "--noted", noted)
    assert (done.exit_code, done.stderr) == (1, "chain 1: what was noted of its place 3 is no longer so\n")
    assert verify(app, "--noted", "1:3:rubbish").exit_code == 2


def test_a_withdrawn_comment_leaves_the_log_whole(app: Flask):
    article = make_article(app)
    mine, _ = (make_comment(app, article, status="pending", source="Words that go.") for _ in range(2))
    with app.app_context():
        erase(db.session.get_one(Comment, mine.id), now=NOON)
        db.session.commit()
        blanked = db.session.query(AuditEntry).filter(AuditEntry.erased.is_not(None)).all()
        assert {(entry.subject, entry.note, str(entry.details), entry.salt) for entry in blanked} == {
            (f"comment:{mine.id}", "", "{}", None)
        }
    assert verify(app).exit_code == 0
    sent = f"subject = 'comment:{mine.id}' AND action = 'comment.submit'"
    tamper(app, f"UPDATE audit_entry SET reason = 'x' WHERE {sent}")
    assert verify(app).exit_code == 1


def test_silent_blanking_is_found(app: Flask):
    append(app, 3)
    tamper(app, "UPDATE audit_entry SET note = '' WHERE place = 2")
    assert "entry 2 (place 2 of chain 1) was changed" in verify(app).stderr


def test_an_erasure_that_nothing_records_is_found(app: Flask):
    append(app, 3)
    with app.app_context():
        erase_words("comment:2", by="comment.withdraw")
        db.session.commit()
    said = "entry 2 (place 2 of chain 1) was erased, and no act that erases it is written down\n"
    assert verify(app).stderr == said
    with app.app_context():
        record("comment.withdraw", actor=READER, subject="comment:2", at=NOON)
        db.session.commit()
    assert verify(app).exit_code == 0
    append(app, 1, subject="comment:2")
    with app.app_context():
        erase_words("comment:2", by="comment.withdraw")
        db.session.commit()
    assert "was erased, and no act" in verify(app).stderr  # The act that is written down came before that entry.


def test_words_cannot_be_put_back(app: Flask):
    append(app, 1)
    with app.app_context():
        erase_words("comment:1", by="comment.withdraw")
        record("comment.withdraw", actor=READER, subject="comment:1", at=NOON)
        db.session.commit()
    tamper(app, "UPDATE audit_entry SET note = 'invented' WHERE place = 1")
    assert verify(app).stderr == "entry 1 (place 1 of chain 1) has words though they were erased\n"


def test_a_row_cannot_be_changed_or_deleted_as_an_object(app: Flask):
    append(app, 2)
    with app.app_context():
        entry = db.session.query(AuditEntry).first()
        assert entry is not None
        entry.note = "another"
        with pytest.raises(AppendOnly):
            db.session.commit()
        db.session.rollback()
        db.session.delete(entry)
        with pytest.raises(AppendOnly):
            db.session.commit()
