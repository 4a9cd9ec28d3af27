"""How the text of a lesson was taken apart

What was learned before is of the first way.

Revision ID: 0018
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lesson", sa.Column("features_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False))


def downgrade() -> None:
    op.drop_column("lesson", "features_version")
