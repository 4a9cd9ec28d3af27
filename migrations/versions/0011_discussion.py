"""Staff replies, editors' picks, heated threads and readers' reports

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COLUMNS = {
    "staff_id": sa.BigInteger(),
    "picked_at": sa.DateTime(timezone=True),
    "heated_until": sa.DateTime(timezone=True),
}


def upgrade() -> None:
    for name, type_ in COLUMNS.items():
        op.add_column("comment", sa.Column(name, type_, nullable=True))
    is_picked = sa.text("picked_at IS NOT NULL")
    op.create_index(
        "ix_comment_article_id_picked_at_id",
        "comment",
        ["article_id", "picked_at", "id"],
        postgresql_where=is_picked,
        sqlite_where=is_picked,
    )
    op.create_table(
        "report",
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name="fk_report_comment_id"),
        sa.PrimaryKeyConstraint("comment_id", "network", name="pk_report"),
        sqlite_strict=True,
    )
    op.create_index("ix_report_created_at", "report", ["created_at"])


def downgrade() -> None:
    op.drop_table("report")
    op.drop_index("ix_comment_article_id_picked_at_id", table_name="comment")
    for name in COLUMNS:
        # Not by a copy of the table, which would lose its triggers.
        op.execute(f"ALTER TABLE comment DROP COLUMN {name}")
