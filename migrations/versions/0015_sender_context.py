"""What moderators see around a comment: its thread, its sender's record, and their notes and bans

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# On `comment`, in the order of time, each for the rows that have the column alone.
ORDERED = ("thread_id", "parent_id", "sender", "author_key")


def upgrade() -> None:
    op.create_table(
        "ban",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name="fk_ban_comment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ban"),
        sa.UniqueConstraint("key", name="uq_ban_key"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ban_ends_at_id", "ban", ["ends_at", "id"])
    op.create_table(
        "sender_note",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sender_note"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sender_note_key_id", "sender_note", ["key", "id"])
    for column in ORDERED:
        is_there = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_comment_{column}_created_at_id",
            "comment",
            [column, "created_at", "id"],
            postgresql_where=is_there,
            sqlite_where=is_there,
        )


def downgrade() -> None:
    for column in ORDERED:
        op.drop_index(f"ix_comment_{column}_created_at_id", table_name="comment")
    op.drop_table("sender_note")
    op.drop_table("ban")
