"""Sources and words of articles, what changes were to readers, and pictures in texts

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET LOCAL statement_timeout = 0")  # A million revisions take some seconds to index.
    # Revisions of earlier releases get no kind, so that readers are shown none of them: nobody who changed a text then
    # knew that what it had said would be read again, and some was taken back since.
    op.add_column("revision", sa.Column("kind", sa.String(length=16), nullable=True))
    op.add_column("revision", sa.Column("note", sa.Text(), server_default="", nullable=False))
    is_correction, has_note = sa.text("kind = 'correction'"), sa.text("note <> ''")
    op.create_index(
        "ix_revision_correction",
        "revision",
        ["created_at", "article_id"],
        postgresql_where=is_correction,
        sqlite_where=is_correction,
    )
    op.create_index(
        "ix_revision_note", "revision", ["article_id", "number"], postgresql_where=has_note, sqlite_where=has_note
    )
    op.create_table(
        "body_picture",
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("media_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("drawing", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_body_picture_article_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name="fk_body_picture_media_id"),
        sa.PrimaryKeyConstraint("article_id", "media_id", name="pk_body_picture"),
        sqlite_strict=True,
    )
    op.create_index("ix_body_picture_media_id", "body_picture", ["media_id"])
    op.add_column("media", sa.Column("drawing", sa.BigInteger(), server_default="1", nullable=False))
    # Last, for readers of articles wait from here on until it is committed.
    document = sa.JSON().with_variant(JSONB(), "postgresql")
    op.add_column("article", sa.Column("sources", document, server_default="[]", nullable=False))
    op.add_column("article", sa.Column("word_count", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_table("body_picture")
    op.drop_index("ix_revision_note", table_name="revision")
    op.drop_index("ix_revision_correction", table_name="revision")
    for table, name in (
        *(("revision", "note"), ("revision", "kind")),
        *(("article", "word_count"), ("article", "sources"), ("media", "drawing")),
    ):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
