"""Indexes of leads for SQLite, of words in a row for PostgreSQL, and of authors' names

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TOKENIZE = "unicode61 remove_diacritics 2"
INDEXES = {
    "article_search_headline": ("labels", "headline"),
    "article_search_lead": ("labels", "headline", "standfirst"),
}
# Whatever phrase `@@` finds in a text, each two words of it are among these: it reads the same places. Two pairs may
# have one number, which `@@` sorts out; an upgrade of PostgreSQL in its place keeps them, as its hash indexes need.
PAIRS = """
CREATE FUNCTION search_pairs(words tsvector) RETURNS integer[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    WITH words_at AS MATERIALIZED (SELECT lexeme, unnest(positions)::integer AS place FROM unnest(words))
    SELECT coalesce(array_agg(hashtext(one.lexeme || ' ' || other.lexeme)), '{}')
    FROM words_at AS one JOIN words_at AS other ON other.place = one.place + 1
$$
"""


def upgrade() -> None:
    op.create_index("ix_author_name", "author", [sa.text("lower(name)")])
    if op.get_bind().dialect.name == "sqlite":
        _index_leads()
    else:
        _index_pairs()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in INDEXES:
            for act in ("insert", "delete", "update"):
                op.execute(f"DROP TRIGGER {name}_{act}")
            op.execute(f"DROP TABLE {name}")
    else:
        op.execute("ALTER TABLE article_search DROP COLUMN pairs")
        op.execute("ALTER TABLE article_search ALTER COLUMN words SET STORAGE EXTENDED")
        op.execute("DROP FUNCTION search_pairs(tsvector)")
    op.drop_index("ix_author_name", table_name="author")


def _index_leads() -> None:
    """PostgreSQL has them: its index of articles has a list of rows for each word of each column."""
    for name, columns in INDEXES.items():
        names = ", ".join(columns)
        op.execute(
            f"CREATE VIRTUAL TABLE {name} USING fts5({names}, content = 'article_words', content_rowid = 'place',"
            f" columnsize = 0, tokenize = '{TOKENIZE}')"
        )
        op.execute(f"INSERT INTO {name} ({name}) VALUES ('rebuild')")
        old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
        add = f"INSERT INTO {name} (rowid, {names}) VALUES (NEW.place, {new});"
        remove = f"INSERT INTO {name} ({name}, rowid, {names}) VALUES ('delete', OLD.place, {old});"
        op.execute(f"CREATE TRIGGER {name}_insert AFTER INSERT ON article_words BEGIN {add} END")
        op.execute(f"CREATE TRIGGER {name}_delete AFTER DELETE ON article_words BEGIN {remove} END")
        op.execute(f"CREATE TRIGGER {name}_update AFTER UPDATE ON article_words BEGIN {remove} {add} END")


def _index_pairs() -> None:
    """GIN knows which articles have all words of a phrase; that they stand in a row it must read in each of these."""
    op.execute("SET LOCAL statement_timeout = 0")
    op.get_bind().exec_driver_sql(PAIRS)  # To SQLAlchemy, a colon is a parameter.
    # A row that grows too long for its page gives away the pairs, which only the index reads, and not the words.
    op.execute("ALTER TABLE article_search ALTER COLUMN words SET STORAGE MAIN")
    op.execute(
        "ALTER TABLE article_search ADD COLUMN pairs integer[] NOT NULL GENERATED ALWAYS AS (search_pairs(words)) STORED"
    )
    op.execute(
        "CREATE INDEX ix_article_search_pairs ON article_search USING gin (pairs) WITH (gin_pending_list_limit = 512)"
    )
