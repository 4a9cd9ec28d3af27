"""How comments wait, an article

Revision ID: 0016
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("article", sa.Column("comments_mode", sa.String(length=16), nullable=True))


def downgrade() -> None:
    # Not by a copy of the table, which would lose its triggers.
    op.execute("ALTER TABLE article DROP COLUMN comments_mode")
