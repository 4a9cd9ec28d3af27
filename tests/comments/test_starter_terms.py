"""The wording lists of a new site: put there by a migration, the newsroom's own from then on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from davidson.comments.screening.wording import STARTER_TERMS
from tests.conftest import migrate


def terms_in(store: URL) -> dict[str, str]:
    engine = create_engine(store)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT term, kind FROM blocked_term")).all()
    engine.dispose()
    return {row.term: row.kind for row in rows}


def execute(store: URL, statement: str) -> None:
    engine = create_engine(store)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def before(store: URL, tmp_path: Path) -> Iterator[URL]:
    """The store as it was before the terms came."""
    migrate(store, tmp_path / "before", "downgrade", "0001")
    yield store
    migrate(store, tmp_path / "after")


def test_a_new_site_has_the_starter_terms_on_its_lists(before: URL, tmp_path: Path):
    assert terms_in(before) == {}
    migrate(before, tmp_path / "up")
    assert terms_in(before) == {term.text: term.kind.value for term in STARTER_TERMS}


def test_what_the_newsroom_listed_before_stays_on_its_list_going_up_and_down(before: URL, tmp_path: Path):
    for term, kind in (("Casino", "banned"), ("our own", "suspect")):
        execute(before, f"INSERT INTO blocked_term (term, kind, created_at) VALUES ('{term}', '{kind}', '2026-11-22')")
    migrate(before, tmp_path / "up")
    after = terms_in(before)
    assert (after["Casino"], after["our own"], "casino" in after) == ("banned", "suspect", False)
    assert len(after) == len(STARTER_TERMS) + 1
    migrate(before, tmp_path / "down", "downgrade", "0001")
    assert terms_in(before) == {"Casino": "banned", "our own": "suspect"}


def test_going_down_takes_away_the_starter_terms_that_are_left_and_nothing_else(before: URL, tmp_path: Path):
    migrate(before, tmp_path / "up")
    execute(before, "DELETE FROM blocked_term WHERE term IN ('casino', 'forex')")
    # Removed once, and put back by a person.
    execute(before, "INSERT INTO blocked_term (term, kind, created_at) VALUES ('casino', 'banned', '2026-12-01')")
    migrate(before, tmp_path / "down", "downgrade", "0001")
    assert terms_in(before) == {"casino": "banned"}
