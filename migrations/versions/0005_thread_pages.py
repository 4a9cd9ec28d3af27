"""Pages of discussions

`article.thread_count` and the beginnings of the pages after the first, so that none is counted to. And the index
that finds a thread's replies holds replies alone.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PER_PAGE = 50
HEADS = "parent_id IS NULL AND (status = 'approved' OR reply_count > 0)"


def upgrade() -> None:
    op.add_column("article", sa.Column("thread_count", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "thread_page",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_thread_page_article_id"),
        sa.ForeignKeyConstraint(["first_id"], ["comment.id"], name="fk_thread_page_first_id"),
        sa.PrimaryKeyConstraint("article_id", "number", name="pk_thread_page"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_thread_page_article_id_first_at_first_id", "thread_page", ["article_id", "first_at", "first_id"]
    )
    # A thread that is shown has an approved comment, so the other articles have none.
    op.execute(
        f"UPDATE article SET thread_count = (SELECT count(*) FROM comment WHERE article_id = article.id AND {HEADS})"
        " WHERE comment_count > 0"
    )
    op.execute(
        "INSERT INTO thread_page (article_id, number, first_at, first_id)"
        f" SELECT article_id, 1 + place / {PER_PAGE}, created_at, id FROM ("
        " SELECT article_id, created_at, id,"
        " row_number() OVER (PARTITION BY article_id ORDER BY created_at, id) - 1 AS place"
        f" FROM comment WHERE {HEADS}) AS heads"
        f" WHERE place > 0 AND place % {PER_PAGE} = 0"
    )

    op.drop_index("ix_comment_thread_id_status", table_name="comment")
    is_reply = sa.text("thread_id IS NOT NULL")
    op.create_index(
        "ix_comment_thread_id_status",
        "comment",
        ["thread_id", "status"],
        postgresql_where=is_reply,
        sqlite_where=is_reply,
    )


def downgrade() -> None:
    op.drop_index("ix_comment_thread_id_status", table_name="comment")
    op.create_index("ix_comment_thread_id_status", "comment", ["thread_id", "status"])
    op.drop_table("thread_page")
    # Not by a copy of the table, which the driver's SQLite does without.
    op.execute("ALTER TABLE article DROP COLUMN thread_count")
