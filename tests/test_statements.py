"""Statements that go to the driver itself: converted, in the transaction, and failing as SQLAlchemy's do."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from markupsafe import Markup
from sqlalchemy import bindparam, event, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from davidson.articles.models import Article
from davidson.database import db, reading
from davidson.statements import Statement

ARTICLE = Article.__table__
MOMENT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
ROW = {column.name: "" for column in ARTICLE.c if column.name != "id"} | {
    "slug": "mayor",
    "html": Markup("<p>x</p>"),
    "renderer": 1,
    "word_count": 1,
    "sources": [],
    "section_id": None,
    "media_id": None,
    "created_at": MOMENT,
    "published_at": MOMENT,
    "updated_at": None,
    "retracted_at": None,
    "comments_close_at": None,
    "comments_mode": None,
    "comment_count": 0,
    "thread_count": 0,
    "version": 1,
}
INSERT = Statement(insert(ARTICLE).returning(ARTICLE.c.id), list(ROW))
READ = Statement(
    select(ARTICLE.c.html, ARTICLE.c.published_at, ARTICLE.c.updated_at).where(ARTICLE.c.slug == bindparam("slug"))
)


def test_values_come_back_as_their_types_have_them(app: Flask):
    with app.app_context():
        row = INSERT.row(db.session.connection(), ROW)
        assert row is not None and isinstance(row[0], int)
        db.session.commit()
        with reading(), db.engine.connect() as connection:
            assert READ.rows(connection, {"slug": "mayor"}) == [(Markup("<p>x</p>"), MOMENT, None)]
            assert isinstance(READ.rows(connection, {"slug": "mayor"})[0][0], Markup)
            assert READ.row(connection, {"slug": "nobody"}) is None


def test_a_row_has_the_names_of_its_columns_too(app: Flask):
    with app.app_context():
        INSERT.first(**ROW)
        row = READ.first(slug="mayor")
        assert (row.html, row.published_at, row.updated_at) == row
        assert READ.all(slug="nobody") == []


def test_whoever_listens_to_the_engines_statements_hears_of_it(app: Flask):
    heard: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        heard.append((statement, values))

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        READ.first(slug="mayor")
    assert len(heard) == 1
    assert heard[0][0].startswith("SELECT article.html")
    assert "mayor" in str(heard[0][1])


def test_it_runs_in_the_connections_transaction(app: Flask):
    with app.app_context():
        INSERT.rows(db.session.connection(), ROW)
        db.session.rollback()
        assert READ.row(db.session.connection(), {"slug": "mayor"}) is None


def test_a_reader_may_not_write_by_it(app: Flask):
    with (
        app.app_context(),
        reading(),
        db.engine.connect() as connection,
        pytest.raises(DBAPIError, match="read"),
    ):
        INSERT.rows(connection, ROW)


def test_the_drivers_errors_are_named_as_sqlalchemy_names_them_and_quote_no_value(app: Flask):
    with app.app_context():
        INSERT.rows(db.session.connection(), ROW)
        with pytest.raises(IntegrityError) as caught:
            INSERT.rows(db.session.connection(), ROW | {"source": "a secret"})
        assert "a secret" not in str(caught.value)
        db.session.rollback()
        assert INSERT.row(db.session.connection(), ROW) is not None


def test_a_value_that_its_type_refuses_is_refused(app: Flask):
    with app.app_context(), pytest.raises(TypeError):
        INSERT.rows(db.session.connection(), ROW | {"html": "<p>raw</p>"})


def test_a_value_that_stands_in_two_conditions_is_converted_once(app: Flask):
    between = Statement(
        select(ARTICLE.c.slug).where(ARTICLE.c.published_at <= bindparam("at"), ARTICLE.c.created_at <= bindparam("at"))
    )
    with app.app_context():
        INSERT.first(**ROW)
        assert between.all(at=MOMENT) == [("mayor",)]


def test_postgresql_plans_what_readers_ask_again_and_again_only_once(app: Flask):
    """psycopg prepares a statement from its sixth time on, and forgets all of them with each ROLLBACK."""
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("SQLite's driver keeps its statements however a transaction ends")
        for _ in range(8):
            with reading(), db.engine.connect() as connection:
                READ.rows(connection, {"slug": "mayor"})
        with db.engine.connect() as connection:
            prepared = connection.execute(text("SELECT statement FROM pg_prepared_statements")).scalars().all()
    assert [statement.startswith("SELECT article.html") for statement in prepared] == [True]


def test_a_connection_that_is_lost_while_one_reads_is_told_as_that(app: Flask):
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("there is no connection to SQLite that could be lost")
        with reading(), db.engine.connect() as connection:
            READ.rows(connection, {"slug": "mayor"})
            with db.engine.connect() as other:
                (number,) = connection.execute(text("SELECT pg_backend_pid()")).one()
                other.execute(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})
            with pytest.raises(OperationalError):
                READ.rows(connection, {"slug": "mayor"})
            connection.rollback()
            assert READ.rows(connection, {"slug": "mayor"}) == []
