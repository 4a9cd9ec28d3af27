"""A filled store is one that the site could have written."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from bench.fill import Filled, fill_sqlite
from bench.plan import Plan, slug_of
from davidson import create_app
from davidson.config import settings_from
from tests.conftest import environment

PLAN = Plan(20, busy=(12,), queue=30)
WRONG_COUNTS = """SELECT count(*) FROM article WHERE comment_count <>
(SELECT count(*) FROM comment WHERE article_id = article.id AND status = 'approved')"""
WRONG_REPLIES = """SELECT count(*) FROM comment AS head WHERE reply_count <>
(SELECT count(*) FROM comment WHERE thread_id = head.id AND status = 'approved')"""
WRONG_SECTIONS = """SELECT count(*) FROM section WHERE listed_from <>
(SELECT min(published_at) FROM article WHERE section_id = section.id)"""
UNLOGGED = """SELECT count(*) FROM comment WHERE NOT EXISTS
(SELECT 1 FROM audit_entry WHERE subject = 'comment:' || comment.id AND version = comment.version
AND to_state = status)"""
PENDING = "SELECT min(id) FROM comment WHERE status = 'pending'"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    return fill_sqlite(tmp_path_factory.mktemp("filled"), PLAN, quiet=True)


def ask(url: URL, question: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        found: int = connection.execute(text(question)).scalar_one()
    engine.dispose()
    return found


@pytest.mark.parametrize("question", [WRONG_COUNTS, WRONG_REPLIES, WRONG_SECTIONS, UNLOGGED])
def test_what_is_counted_and_logged_is_what_is_there(filled, question):
    assert ask(filled.url, question) == 0


def test_there_is_as_much_as_was_planned(filled):
    numbers = [ask(filled.url, f"SELECT count(*) FROM {table}") for table in ("article", "comment")]
    assert numbers == [21, 20 * 10 + 12 + 30]
    assert ask(filled.url, PENDING) == PLAN.first_pending


def test_references_lead_somewhere(filled):
    assert ask(filled.url, "SELECT count(*) FROM pragma_foreign_key_check") == 0


def test_the_site_shows_it(filled):
    app = create_app(settings_from(environment(filled.url, Path(str(filled.url.database)).parent)))
    client = app.test_client()
    page = client.get(f"/articles/{slug_of(21)}")
    assert page.status_code == 200 and page.text.count('class="comment"') == 12
    assert client.get("/").text.count('class="card card--lead"') == 1
