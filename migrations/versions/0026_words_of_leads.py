"""Indexes of headlines, and of headlines with standfirsts, for SQLite; one of authors' names

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


def upgrade() -> None:
    op.create_index("ix_author_name", "author", [sa.text("lower(name)")])
    if op.get_bind().dialect.name == "sqlite":
        _index_leads()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in INDEXES:
            for act in ("insert", "delete", "update"):
                op.execute(f"DROP TRIGGER {name}_{act}")
            op.execute(f"DROP TABLE {name}")
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
