"""How rows come into chains: whole, whoever appends at once, whatever they hold, and those from before chains."""

import subprocess
import sys
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import URL

from davidson.audit.log import READER, SHELL, record, record_first
from davidson.audit.models import AuditEntry
from davidson.database import db
from davidson.operations.schema import MIGRATIONS
from tests.audit.test_chain import NOON, append, verify
from tests.conftest import ROOT, environment, migrate, run_davidson

WRITERS, ENTRIES = 4, 60


def test_what_is_rolled_back_leaves_no_gap(app: Flask):
    append(app, 1)
    with app.app_context():
        savepoint = db.session.begin_nested()
        record("comment.approve", actor=SHELL, subject="comment:7", at=NOON)
        savepoint.rollback()
        record("comment.approve", actor=SHELL, subject="comment:8", at=NOON)
        db.session.commit()
        record("comment.approve", actor=SHELL, subject="comment:9", at=NOON)
        db.session.rollback()
    append(app, 1)
    assert verify(app).stdout.startswith("The log is whole: 3 entries in 1 chain.")


def test_nobody_waits_for_anothers_entry(app: Flask):
    if app.extensions["davidson-settings"].embedded:
        pytest.skip("SQLite has one writer at a time")
    with app.app_context(), db.engine.connect() as one, db.engine.connect() as other:
        for connection, subject in ((one, "comment:1"), (other, "comment:2"), (one, "comment:3")):
            first = {"actor": READER, "to_state": "pending", "details": {}}
            record_first(connection, "comment.submit", subject=subject, at=NOON, **first)
        other.commit()
        one.commit()
    assert verify(app).stdout.startswith("The log is whole: 3 entries in 2 chains.")


WRITER = f"""
import random
from davidson import create_app
from davidson.audit.log import SHELL, record
from davidson.clock import utcnow
from davidson.database import db

with create_app().app_context():
    for number in range({ENTRIES}):
        for _ in range(random.randint(1, 3)):
            record("article.update", actor=SHELL, subject="article:1", at=utcnow(), details={{"number": number}})
        db.session.rollback() if random.random() < 0.2 else db.session.commit()
"""


def test_many_processes_that_append_at_once_keep_whole_chains(app: Flask, store: URL):
    variables = environment(store, ROOT / app.instance_path)
    writers = [subprocess.Popen([sys.executable, "-c", WRITER], cwd=ROOT, env=variables) for _ in range(WRITERS)]
    assert [writer.wait(120) for writer in writers] == [0] * WRITERS
    done = verify(app)
    assert (done.exit_code, done.stderr) == (0, "")
    with app.app_context():
        chains = len(done.stdout.splitlines()) - 1
        assert chains == 1 if db.engine.dialect.name == "sqlite" else chains <= WRITERS**2
        number = db.session.query(AuditEntry).count()
    assert number > WRITERS * ENTRIES // 2 and f" {number:,} entries" in done.stdout


def test_rows_from_before_are_chained_by_the_migration(app: Flask, store: URL, tmp_path):
    def revision(number: str) -> Any:
        return ScriptDirectory(str(MIGRATIONS)).get_revision(number)

    append(app, 1_203, details={"headline": "Zoë – “q”", "numbers": [1.0, 0.1, 1e22, -3]})
    with app.app_context():
        db.engine.dispose()
    migrate(store, tmp_path / "down", "downgrade", revision("0008").down_revision)
    migrate(store, tmp_path / "up", "upgrade")
    append(app, 1)
    done = run_davidson("audit", "verify", url=store, instance=tmp_path / "instance")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("The log is whole: 1,204 entries in 1 chain.\n1:1204:")


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(details=st.dictionaries(st.text("abcé", max_size=3), JSON_VALUES, max_size=4))
def test_whatever_the_details_are_they_come_back_as_they_were_hashed(app: Flask, details: dict[str, Any]):
    append(app, 1, details=details)
    done = verify(app)
    assert (done.exit_code, done.stderr) == (0, "")
