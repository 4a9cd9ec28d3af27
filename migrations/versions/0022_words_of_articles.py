"""What readers find articles by, and the stores' indexes of it

Revision ID: 0022
Revises: 0021
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op
from markupsafe import Markup

from davidson.text.indexed import as_indexed

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

COLUMNS = ("labels", "headline", "standfirst", "body")
TOKENIZE = "unicode61 remove_diacritics 2"
AT_ONCE = 1000
LISTED = """SELECT id, headline, standfirst, html, section_id, published_at FROM article
WHERE published_at IS NOT NULL AND retracted_at IS NULL AND id > :after ORDER BY id LIMIT :most"""
SIGNED = "SELECT article_id, author_id FROM authorship WHERE article_id BETWEEN :first AND :last ORDER BY position"

# Between headline, standfirst and text stands a word that nobody can write, so that no phrase reaches over an end.
# A text may be too long for the index's value; it is then found by its headline and standfirst.
FOLLOW = """
CREATE FUNCTION article_search_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lead tsvector;
    body tsvector;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM article_search WHERE place = OLD.place;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        lead := comment_words(NEW.headline, NEW.standfirst);
        BEGIN
            body := to_tsvector('pg_catalog.simple', search_folded(NEW.body));
        EXCEPTION WHEN program_limit_exceeded THEN
            body := '';
        END;
        INSERT INTO article_search (place, labels, headline, lead, words) VALUES (
            NEW.place, string_to_array(NEW.labels, ' '),
            to_tsvector('pg_catalog.simple', search_folded(NEW.headline)),
            lead, lead || ''' '':1'::tsvector || body);
    END IF;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    table = op.create_table(
        "article_words",
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("standfirst", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_article_words_article_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place", name="pk_article_words"),
        sa.UniqueConstraint("article_id", name="uq_article_words_article_id"),
        sqlite_strict=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        _fill(table)
        _index_sqlite()
    else:
        op.execute("SET LOCAL statement_timeout = 0")
        op.execute("LOCK TABLE article, authorship IN SHARE ROW EXCLUSIVE MODE")
        _index_postgresql(table)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE article_search")
        op.drop_table("article_words")
        return
    op.drop_table("article_words")
    op.execute("DROP TABLE article_search")
    op.execute("DROP FUNCTION article_search_follow()")


def _fill(table: sa.Table) -> None:
    """File what is listed by now, as the site files what is saved later."""
    for rows in _listed():
        signed = op.get_bind().execute(sa.text(SIGNED), {"first": rows[0].id, "last": rows[-1].id})
        authors: dict[int, list[str]] = {}
        for article_id, author_id in signed:
            authors.setdefault(article_id, []).append(f"author{author_id}")
        op.bulk_insert(table, [_filed(row, authors.get(row.id, [])) for row in rows])


def _listed() -> Iterator[list[Any]]:
    statement = sa.text(LISTED).columns(published_at=sa.DateTime(timezone=True))
    after = 0
    while rows := list(op.get_bind().execute(statement, {"after": after, "most": AT_ONCE})):
        yield rows
        after = rows[-1].id


def _filed(row: Any, authors: list[str]) -> dict[str, object]:
    at = row.published_at.replace(tzinfo=UTC) if row.published_at.tzinfo is None else row.published_at
    second = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    section = [f"section{row.section_id}"] if row.section_id else []
    return {
        "place": second * 2**24 + row.id % 2**24,
        "article_id": row.id,
        "labels": " ".join(["inthepaper", *section, *authors]),
        "headline": as_indexed(row.headline),
        "standfirst": as_indexed(row.standfirst),
        "body": as_indexed(Markup(row.html)),  # noqa: S704 - only the sanitiser wrote there.
    }


def _index_sqlite() -> None:
    """FTS5 whose content is the table: it needs no copy of it, and what is taken out it is told word for word."""
    names = ", ".join(COLUMNS)
    op.execute(
        f"CREATE VIRTUAL TABLE article_search USING fts5({names}, content = 'article_words', content_rowid = 'place',"
        f" columnsize = 0, tokenize = '{TOKENIZE}')"
    )
    op.execute("INSERT INTO article_search (article_search) VALUES ('rebuild')")
    old, new = (", ".join(f"{row}.{column}" for column in COLUMNS) for row in ("OLD", "NEW"))
    add = f"INSERT INTO article_search (rowid, {names}) VALUES (NEW.place, {new});"
    remove = f"INSERT INTO article_search (article_search, rowid, {names}) VALUES ('delete', OLD.place, {old});"
    op.execute(f"CREATE TRIGGER article_search_insert AFTER INSERT ON article_words BEGIN {add} END")
    op.execute(f"CREATE TRIGGER article_search_delete AFTER DELETE ON article_words BEGIN {remove} END")
    op.execute(f"CREATE TRIGGER article_search_update AFTER UPDATE ON article_words BEGIN {remove} {add} END")


def _index_postgresql(table: sa.Table) -> None:
    # Straight to the driver: to SQLAlchemy, a colon is a parameter.
    run = op.get_bind().exec_driver_sql
    run(
        "CREATE TABLE article_search (place bigint NOT NULL, labels text[] NOT NULL, headline tsvector NOT NULL,"
        " lead tsvector NOT NULL, words tsvector NOT NULL, CONSTRAINT pk_article_search PRIMARY KEY (place))"
    )
    run(FOLLOW)
    run(
        "CREATE TRIGGER article_search_follow AFTER INSERT OR UPDATE OR DELETE ON article_words"
        " FOR EACH ROW EXECUTE FUNCTION article_search_follow()"
    )
    _fill(table)
    run(
        "CREATE INDEX ix_article_search ON article_search USING gin (labels, headline, lead, words)"
        " WITH (gin_pending_list_limit = 512)"
    )
