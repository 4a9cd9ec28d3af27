"""Versions of what pages show, and from when on a section has a public article

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "page_version",
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tag", name="pk_page_version"),
        sqlite_strict=True,
    )
    op.add_column("section", sa.Column("listed_from", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE section SET listed_from = (SELECT min(published_at) FROM article"
        " WHERE article.section_id = section.id AND article.retracted_at IS NULL)"
    )


def downgrade() -> None:
    op.drop_column("section", "listed_from")
    op.drop_table("page_version")
