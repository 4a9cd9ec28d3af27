"""Where a picture's focal point is, and whose it is

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    document = sa.JSON().with_variant(JSONB(), "postgresql")
    op.add_column("media", sa.Column("focus_x", sa.BigInteger(), server_default="50", nullable=False))
    op.add_column("media", sa.Column("focus_y", sa.BigInteger(), server_default="40", nullable=False))
    op.add_column("media", sa.Column("rights", document, server_default="{}", nullable=False))


def downgrade() -> None:
    # Releases before know a list of WebP files alone. What is made of pictures now they cannot show, and the files of
    # then are made again when a picture is added again.
    op.execute("UPDATE media SET renditions = '[]' WHERE CAST(renditions AS TEXT) LIKE '{%'")
    for name in ("rights", "focus_y", "focus_x"):
        op.execute(f"ALTER TABLE media DROP COLUMN {name}")
