"""Starter terms

The words and phrases of advertising spam in English with which a new site's screening begins. They are data of the
newsroom from then on: this list is frozen, and what was on a list before stays as it was.

Revision ID: 0002
Revises: 0001
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The same moment for each, on every site: by it going down knows these rows from those that people added.
ADDED_AT = datetime(2026, 11, 23, tzinfo=UTC)

BANNED = (
    "buy followers",
    "buy viagra",
    "cheap viagra",
    "fake passports",
    "free v-bucks",
    "hacked accounts for sale",
    "loan without credit check",
    "online casino bonus",
    "replica watches",
    "spell caster",
)
SUSPECT = (
    "100% free",
    "adult dating",
    "act now",
    "backlinks",
    "betting tips",
    "binary options",
    "bitcoin investment",
    "casino",
    "cialis",
    "cheap price",
    "check out my",
    "check out this video",
    "click here",
    "contact me on",
    "contact him on",
    "crypto trading",
    "dofollow",
    "double your",
    "earn extra cash",
    "earn money",
    "escorts",
    "follow my",
    "forex",
    "free gift card",
    "free money",
    "get rich",
    "guaranteed income",
    "hot singles",
    "limited time offer",
    "make money",
    "miracle cure",
    "my channel",
    "my new video",
    "onlyfans",
    "payday loan",
    "per hour from home",
    "recover your lost",
    "seo services",
    "subscribe to my",
    "telegram channel",
    "viagra",
    "visit my",
    "weight loss pills",
    "whatsapp me",
    "whatsapp number",
    "work from home",
)
KINDS = dict.fromkeys(BANNED, "banned") | dict.fromkeys(SUSPECT, "suspect")

TERMS = sa.table(
    "blocked_term",
    sa.column("term", sa.Text()),
    sa.column("kind", sa.Text()),
    sa.column("created_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    store = op.get_bind()
    listed = {term.casefold() for term in store.scalars(sa.select(TERMS.c.term))}
    lacking = [
        {"term": term, "kind": kind, "created_at": ADDED_AT} for term, kind in KINDS.items() if term not in listed
    ]
    if lacking:
        store.execute(sa.insert(TERMS), lacking)


def downgrade() -> None:
    """Take these rows away, and none that somebody added, be it the same term."""
    op.execute(sa.delete(TERMS).where(TERMS.c.created_at == ADDED_AT, TERMS.c.term.in_(list(KINDS))))
