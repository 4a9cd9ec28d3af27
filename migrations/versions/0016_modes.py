"""How comments wait: an article's own mode, and the breaker that holds all in a wave of spam

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# What was spam on the last days, by when it became so within an hour of being sent, as the breaker counts it.
_DAYS = """
INSERT INTO spam_count (seconds, begins_at, number)
SELECT 86400, {day}, count(*) FROM comment
WHERE status = 'spam' AND decided_at >= {since} AND {is_fresh} GROUP BY {day}
"""
DAYS = {
    "sqlite": _DAYS.format(
        day="date(decided_at) || ' 00:00:00.000000'",
        since="datetime('now', '-14 days')",
        is_fresh="julianday(decided_at) - julianday(created_at) <= 1.0 / 24",
    ),
    "postgresql": _DAYS.format(
        day="date_trunc('day', decided_at, 'UTC')",
        since="now() - interval '14 days'",
        is_fresh="decided_at - created_at <= interval '1 hour'",
    ),
}


def upgrade() -> None:
    op.add_column("article", sa.Column("comments_mode", sa.String(length=16), nullable=True))
    op.create_table(
        "spam_count",
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seconds", "begins_at", name="pk_spam_count"),
        sqlite_strict=True,
    )
    op.create_table(
        "breaker",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spam", sa.BigInteger(), nullable=False),
        sa.Column("usual", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_breaker"),
        sqlite_strict=True,
    )
    op.execute(DAYS[op.get_bind().dialect.name])


def downgrade() -> None:
    op.drop_table("breaker")
    op.drop_table("spam_count")
    # Not by a copy of the table, which would lose its triggers.
    op.execute("ALTER TABLE article DROP COLUMN comments_mode")
