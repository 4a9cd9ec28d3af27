"""What the learned score goes by

Weights of hashed features, the lessons that they are the sum of, and how far the score is to be trusted.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

IS_DECISION = sa.text("comment_id IS NOT NULL AND ended_version IS NULL")
IS_OF_FILE = sa.text("comment_id IS NULL")


def upgrade() -> None:
    op.create_table(
        "learned_weight",
        sa.Column("bucket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name="pk_learned_weight"),
        sqlite_strict=True,
    )
    op.create_table(
        "learned_standing",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("spam", sa.BigInteger(), nullable=False),
        sa.Column("ham", sa.BigInteger(), nullable=False),
        sa.Column("decisions", sa.BigInteger(), nullable=False),
        sa.Column("marks_from", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_learned_standing"),
        sqlite_strict=True,
    )
    op.create_table(
        "lesson",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("ended_version", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("is_spam", sa.Boolean(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("features", sa.LargeBinary(), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lesson"),
        sqlite_strict=True,
    )
    op.create_index("ix_lesson_comment_id", "lesson", ["comment_id"])
    op.create_index("ix_lesson_decisions", "lesson", ["id"], postgresql_where=IS_DECISION, sqlite_where=IS_DECISION)
    op.create_index(
        "ix_lesson_of_files",
        "lesson",
        ["digest", "is_spam"],
        unique=True,
        postgresql_where=IS_OF_FILE,
        sqlite_where=IS_OF_FILE,
    )


def downgrade() -> None:
    op.drop_table("lesson")
    op.drop_table("learned_standing")
    op.drop_table("learned_weight")
