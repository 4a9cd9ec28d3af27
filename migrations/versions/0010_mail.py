"""Mails about a comment: who asked for them, and which were handed to a server

Revision ID: 0010
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subscription",
        sa.Column("comment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name="fk_subscription_comment_id"),
        sa.PrimaryKeyConstraint("comment_id", name="pk_subscription"),
        sqlite_strict=True,
    )
    op.create_table(
        "mail_handover",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_mail_handover"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("mail_handover")
    op.drop_table("subscription")
