"""Lessons by how texts were taken apart, bulks by their age, and at which comment a moderator looks

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

IS_OF_COMMENT = sa.text("comment_id IS NOT NULL")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET LOCAL statement_timeout = 0")  # A million lessons take some seconds to index.
    op.create_index(
        "ix_lesson_features",
        "lesson",
        ["features_version", "id"],
        postgresql_where=IS_OF_COMMENT,
        sqlite_where=IS_OF_COMMENT,
    )
    op.create_table(
        "look",
        sa.Column("staff_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_look_staff_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("staff_id", name="pk_look"),
        sqlite_strict=True,
    )
    op.create_index("ix_look_seen_at", "look", ["seen_at"])
    op.create_index("ix_bulk_made_at", "bulk", ["made_at"])


def downgrade() -> None:
    op.drop_index("ix_bulk_made_at", table_name="bulk")
    op.drop_table("look")
    op.drop_index("ix_lesson_features", table_name="lesson")
