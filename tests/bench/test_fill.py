"""A filled store is one that the site could have written."""

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from bench.fill import Filled, fill_postgresql, fill_sqlite
from bench.plan import Plan, slug_of
from davidson import create_app
from davidson.config import settings_from
from davidson.database import db
from tests.conftest import STORES, environment, fresh_database
from tests.pages import read

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


@pytest.fixture(scope="module", params=STORES)
def filled(request, postgresql_url: URL | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    folder = tmp_path_factory.mktemp("filled")
    if request.param == "sqlite":
        yield fill_sqlite(folder, PLAN, quiet=True)
    elif postgresql_url is None:
        pytest.skip("PostgreSQL's server programs are not installed")
    else:
        yield fill_postgresql(fresh_database(postgresql_url, f"filled_{os.getpid()}"), folder, PLAN, quiet=True)


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
    assert ask(filled.url, "SELECT count(*) FROM article") == 21
    assert ask(filled.url, "SELECT count(*) FROM comment WHERE sender LIKE 'sender-%'") == 20 * 10 + 12 + 30
    assert ask(filled.url, PENDING) == PLAN.first_pending


def test_references_lead_somewhere(filled):
    if filled.url.get_backend_name() == "sqlite":  # PostgreSQL looks at each row as it comes.
        assert ask(filled.url, "SELECT count(*) FROM pragma_foreign_key_check") == 0


def test_the_site_shows_it_and_goes_on_with_it(filled, tmp_path):
    app = create_app(settings_from(environment(filled.url, tmp_path, DAVIDSON_COMMENT_MIN_SECONDS="0")))
    client = app.test_client()
    page = read(client, f"/articles/{slug_of(21)}")
    assert len(page.texts(".comment")) == 12
    assert len(read(client, "/").texts(".card--lead")) == 1
    assert page.submit("#comment-form", name="Ada", body="At last.").status == 303
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
