"""Which site a store is, and what sitemaps say of a part of its articles

Revision ID: 0019
Revises: 0018
"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# The parts are those of `Article`: a thousand ids each, and when an article changed for readers.
PART = "(id / 1000)"
CHANGED = "coalesce(retracted_at, updated_at, published_at)"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET LOCAL statement_timeout = 0")  # A million articles take some seconds to index.
    site = op.create_table(
        "site",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_site"),
        sqlite_strict=True,
    )
    op.bulk_insert(site, [{"id": 1, "identity": str(uuid4())}])
    listed = sa.text("published_at IS NOT NULL")
    op.create_index(
        "ix_article_part",
        "article",
        [sa.text(PART), sa.text(CHANGED)],
        unique=False,
        sqlite_where=listed,
        postgresql_where=listed,
    )


def downgrade() -> None:
    op.drop_index("ix_article_part", table_name="article")
    op.drop_table("site")
