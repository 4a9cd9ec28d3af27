"""New texts for approved comments, and appeals

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposal",
        sa.Column("comment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.BigInteger(), nullable=False),
        sa.Column("findings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("rules_version", sa.BigInteger(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name="fk_proposal_comment_id"),
        sa.PrimaryKeyConstraint("comment_id", name="pk_proposal"),
        sqlite_strict=True,
    )
    op.create_index("ix_proposal_proposed_at_comment_id", "proposal", ["proposed_at", "comment_id"])
    op.create_table(
        "appeal",
        sa.Column("comment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name="fk_appeal_comment_id"),
        sa.PrimaryKeyConstraint("comment_id", name="pk_appeal"),
        sqlite_strict=True,
    )
    is_open = sa.text("answered_at IS NULL")
    op.create_index(
        "ix_appeal_open", "appeal", ["sent_at", "comment_id"], postgresql_where=is_open, sqlite_where=is_open
    )


def downgrade() -> None:
    op.drop_table("appeal")
    op.drop_table("proposal")
