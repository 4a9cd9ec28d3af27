"""First schema

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("details", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"], unique=False)
    op.create_index("ix_audit_entry_subject_version", "audit_entry", ["subject", "version"], unique=True)
    op.create_table(
        "author",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_author"),
        sa.UniqueConstraint("slug", name="uq_author_slug"),
        sqlite_strict=True,
    )
    op.create_table(
        "blocked_term",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_blocked_term"),
        sqlite_strict=True,
    )
    op.create_index("ix_blocked_term_term", "blocked_term", ["term"], unique=True)
    op.create_table(
        "media",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("renditions", DOCUMENT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_media"),
        sa.UniqueConstraint("digest", name="uq_media_digest"),
        sqlite_strict=True,
    )
    op.create_table(
        "section",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_section"),
        sa.UniqueConstraint("slug", name="uq_section_slug"),
        sqlite_strict=True,
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("email", name="uq_staff_email"),
        sqlite_strict=True,
    )
    op.create_table(
        "tag",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tag"),
        sa.UniqueConstraint("slug", name="uq_tag_slug"),
        sqlite_strict=True,
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_throttle"),
        sqlite_strict=True,
    )
    op.create_index("ix_throttle_ends_at", "throttle", ["ends_at"], unique=False)
    op.create_table(
        "article",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("standfirst", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.BigInteger(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("section_id", sa.BigInteger(), nullable=True),
        sa.Column("media_id", sa.BigInteger(), nullable=True),
        sa.Column("image_alt", sa.Text(), nullable=False),
        sa.Column("image_caption", sa.Text(), nullable=False),
        sa.Column("image_credit", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retraction_reason", sa.Text(), nullable=False),
        sa.Column("comments_close_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comment_count", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name="fk_article_media_id"),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name="fk_article_section_id"),
        sa.PrimaryKeyConstraint("id", name="pk_article"),
        sa.UniqueConstraint("slug", name="uq_article_slug"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_article_media_id", "article", ["media_id"], unique=False)
    op.create_index(
        "ix_article_published",
        "article",
        ["published_at", "id"],
        unique=False,
        postgresql_where=sa.text("retracted_at IS NULL"),
        sqlite_where=sa.text("retracted_at IS NULL"),
    )
    op.create_index(
        "ix_article_section_published",
        "article",
        ["section_id", "published_at", "id"],
        unique=False,
        postgresql_where=sa.text("retracted_at IS NULL"),
        sqlite_where=sa.text("retracted_at IS NULL"),
    )
    op.create_table(
        "staff_session",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_session_staff_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_session"),
        sa.UniqueConstraint("token_hash", name="uq_staff_session_token_hash"),
        sqlite_strict=True,
    )
    op.create_index("ix_staff_session_expires_at", "staff_session", ["expires_at"], unique=False)
    op.create_index("ix_staff_session_staff_id", "staff_session", ["staff_id"], unique=False)
    op.create_table(
        "authorship",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_authorship_article_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["author.id"], name="fk_authorship_author_id"),
        sa.PrimaryKeyConstraint("article_id", "author_id", name="pk_authorship"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_authorship_author_id_listed_at_article_id",
        "authorship",
        ["author_id", "listed_at", "article_id"],
        unique=False,
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("reply_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("findings", DOCUMENT, nullable=False),
        sa.Column("rules_version", sa.BigInteger(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("author_key", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("receipt_hash", sa.Text(), nullable=True),
        sa.Column("receipt_salt", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_comment_article_id"),
        sa.ForeignKeyConstraint(["parent_id"], ["comment.id"], name="fk_comment_parent_id"),
        sa.ForeignKeyConstraint(["thread_id"], ["comment.id"], name="fk_comment_thread_id"),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
        sa.UniqueConstraint("fingerprint", name="uq_comment_fingerprint"),
        sa.UniqueConstraint("receipt_hash", name="uq_comment_receipt_hash"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_comment_article_id_status_id", "comment", ["article_id", "status", "id"], unique=False)
    op.create_index("ix_comment_author_key_status", "comment", ["author_key", "status"], unique=False)
    op.create_index("ix_comment_created_at", "comment", ["created_at"], unique=False)
    op.create_index("ix_comment_parent_id", "comment", ["parent_id"], unique=False)
    op.create_index("ix_comment_sender_status", "comment", ["sender", "status"], unique=False)
    op.create_index("ix_comment_status_created_at_id", "comment", ["status", "created_at", "id"], unique=False)
    op.create_index("ix_comment_status_decided_at_id", "comment", ["status", "decided_at", "id"], unique=False)
    op.create_index(
        "ix_comment_thread_heads",
        "comment",
        ["article_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("parent_id IS NULL AND (status = 'approved' OR reply_count > 0)"),
        sqlite_where=sa.text("parent_id IS NULL AND (status = 'approved' OR reply_count > 0)"),
    )
    op.create_index("ix_comment_thread_id_status", "comment", ["thread_id", "status"], unique=False)
    op.create_table(
        "reference",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_reference_article_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["target_id"], ["article.id"], name="fk_reference_target_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("article_id", "position", name="pk_reference"),
        sqlite_strict=True,
    )
    op.create_index("ix_reference_slug", "reference", ["slug"], unique=False)
    op.create_index("ix_reference_target_id", "reference", ["target_id"], unique=False)
    op.create_table(
        "revision",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("standfirst", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_revision_article_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", "number", name="pk_revision"),
        sqlite_strict=True,
    )
    op.create_table(
        "tagging",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("tag_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_tagging_article_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name="fk_tagging_tag_id"),
        sa.PrimaryKeyConstraint("article_id", "tag_id", name="pk_tagging"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_tagging_tag_id_listed_at_article_id",
        "tagging",
        ["tag_id", "listed_at", "article_id"],
        unique=False,
    )


def downgrade() -> None:
    """Drop every table, those that refer to others first; indexes go with them."""
    for table in (
        "tagging",
        "revision",
        "reference",
        "comment",
        "authorship",
        "staff_session",
        "article",
        "throttle",
        "tag",
        "staff",
        "section",
        "media",
        "blocked_term",
        "author",
        "audit_entry",
    ):
        op.drop_table(table)
