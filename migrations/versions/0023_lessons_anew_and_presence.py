"""Lessons by how texts were taken apart, so that old ones are found

Revision ID: 0023
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None

IS_OF_COMMENT = sa.text("comment_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_lesson_features",
        "lesson",
        ["features_version", "id"],
        postgresql_where=IS_OF_COMMENT,
        sqlite_where=IS_OF_COMMENT,
    )


def downgrade() -> None:
    op.drop_index("ix_lesson_features", table_name="lesson")
