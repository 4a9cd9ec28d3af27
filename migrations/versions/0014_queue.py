"""The comments' index of words and labels, and decisions on many comments at once

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INDEXED = "article_id, name, source, status, reason, findings, sender, author_key, created_at"

# What a comment is filed under: `{row}` is one version of it, `{section}` the section of its article.
LABELS_SQLITE = """
    'state' || {row}.status || ' article' || {row}.article_id
    || coalesce(' section' || {section}, '')
    || coalesce(' network' || lower(hex({row}.sender)), '')
    || coalesce(' token' || lower(hex({row}.author_key)), '')
    || CASE WHEN {row}.reason GLOB '*[^a-z-]*' OR {row}.reason = '' THEN ''
       ELSE ' reason' || replace({row}.reason, '-', '') END
    || coalesce((SELECT group_concat(' rule' || json_extract(value, '$.rule'), '') FROM json_each({row}.findings)), '')
    || strftime(' hour%Y%m%d%H day%Y%m%d month%Y%m year%Y', {row}.created_at)
    || strftime(' quarter%Y%m%d%H', {row}.created_at) || printf('%02d', strftime('%M', {row}.created_at) / 15 * 15)
"""
SECTION = "(SELECT section_id FROM article WHERE id = {row}.article_id)"
ADD_SQLITE = (
    "INSERT INTO comment_search (rowid, labels, name, body) SELECT {row}.id, {labels}, {row}.name, {row}.source"
)
# What an index without content takes out, it must be told word for word.
REMOVE_SQLITE = (
    "INSERT INTO comment_search (comment_search, rowid, labels, name, body)"
    " SELECT 'delete', {row}.id, {labels}, {row}.name, {row}.source"
)

# Accents fall off Latin letters alone, as in SQLite's index. Punctuation goes, for the parser would make addresses and
# file names of it; by its codes, for what a class of characters holds depends on the database's locale.
FOLDED = r"""
CREATE FUNCTION search_folded(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        normalize(regexp_replace(normalize(words, NFD), '([A-Za-z])[\u0300-\u036f]+', '\1', 'g'), NFC),
        '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7'
        '\u2000-\u206f\u20a0-\u20cf\u2190-\u245f\u2500-\u2bff\u3000-\u3004\u3008-\u3020]+', ' ', 'g')
$$
"""
# Between name and text stands a word that nobody can write, so that no phrase reaches from one into the other.
WORDS = """
CREATE FUNCTION comment_words(name text, body text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_tsvector('pg_catalog.simple', search_folded(name)) || ''' '':1'::tsvector
        || to_tsvector('pg_catalog.simple', search_folded(body))
$$
"""
LABELS = """
CREATE FUNCTION comment_labels(row_of comment, section_id bigint) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT array_remove(ARRAY[
        'state' || row_of.status,
        'article' || row_of.article_id,
        'section' || section_id,
        'network' || encode(convert_to(row_of.sender, 'UTF8'), 'hex'),
        'token' || encode(convert_to(row_of.author_key, 'UTF8'), 'hex'),
        CASE WHEN row_of.reason ~ '^[a-z-]+$' THEN 'reason' || replace(row_of.reason, '-', '') END,
        to_char(row_of.created_at AT TIME ZONE 'UTC', '"hour"YYYYMMDDHH24'),
        to_char(row_of.created_at AT TIME ZONE 'UTC', '"day"YYYYMMDD'),
        to_char(row_of.created_at AT TIME ZONE 'UTC', '"month"YYYYMM'),
        to_char(row_of.created_at AT TIME ZONE 'UTC', '"year"YYYY'),
        to_char(
            date_bin('15 minutes', row_of.created_at, '2000-01-01 00:00+00') AT TIME ZONE 'UTC',
            '"quarter"YYYYMMDDHH24MI')
    ], NULL) || ARRAY(SELECT DISTINCT 'rule' || (found ->> 'rule') FROM jsonb_array_elements(row_of.findings) AS found)
$$
"""
SECTION_OF_ROW = "(SELECT section_id FROM article WHERE id = NEW.article_id)"
FOLLOW_COMMENT = f"""
CREATE FUNCTION comment_search_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM comment_search WHERE comment_id = OLD.id;
    ELSIF TG_OP = 'UPDATE' AND NEW.name = OLD.name AND NEW.source = OLD.source THEN
        UPDATE comment_search SET labels = comment_labels(NEW, {SECTION_OF_ROW}) WHERE comment_id = NEW.id;
    ELSE
        INSERT INTO comment_search (comment_id, labels, words)
        VALUES (NEW.id, comment_labels(NEW, {SECTION_OF_ROW}), comment_words(NEW.name, NEW.source))
        ON CONFLICT (comment_id) DO UPDATE SET labels = excluded.labels, words = excluded.words;
    END IF;
    RETURN NULL;
END
$$
"""
FOLLOW_ARTICLE = """
CREATE FUNCTION comment_search_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE comment_search SET labels = comment_labels(comment, NEW.section_id)
    FROM comment WHERE comment.article_id = NEW.id AND comment_search.comment_id = comment.id;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    _add_bulks()
    if op.get_bind().dialect.name == "sqlite":
        _index_sqlite()
    else:
        _index_postgresql()


def downgrade() -> None:
    op.drop_table("bulk_member")
    op.drop_table("bulk")
    if op.get_bind().dialect.name == "sqlite":
        for name in ("insert", "update", "delete", "move"):
            op.execute(f"DROP TRIGGER comment_search_{name}")
        op.execute("DROP TABLE comment_search")
        return
    op.execute("DROP FUNCTION comment_search_follow() CASCADE")
    op.execute("DROP FUNCTION comment_search_move() CASCADE")
    op.execute("DROP TABLE comment_search")
    op.execute("DROP FUNCTION comment_labels(comment, bigint)")
    op.execute("DROP FUNCTION comment_words(text, text)")
    op.execute("DROP FUNCTION search_folded(text)")


def _add_bulks() -> None:
    op.create_table(
        "bulk",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_bulk"),
        sqlite_strict=True,
    )
    op.create_table(
        "bulk_member",
        sa.Column("bulk_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("decided", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["bulk_id"], ["bulk.id"], name="fk_bulk_member_bulk_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("bulk_id", "comment_id", name="pk_bulk_member"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_bulk_member_bulk_id_outcome_article_id_comment_id",
        "bulk_member",
        ["bulk_id", "outcome", "article_id", "comment_id"],
    )


def _index_sqlite() -> None:
    """FTS5 without content of its own: the words stand in `comment` already."""
    op.execute(
        "CREATE VIRTUAL TABLE comment_search USING fts5("
        "labels, name, body, content = '', tokenize = 'unicode61 remove_diacritics 2')"
    )
    _empty_leaves_nothing()
    add, remove = _sqlite(ADD_SQLITE, "NEW"), _sqlite(REMOVE_SQLITE, "OLD")
    op.execute(f"CREATE TRIGGER comment_search_insert AFTER INSERT ON comment BEGIN {add}; END")
    op.execute(f"CREATE TRIGGER comment_search_delete AFTER DELETE ON comment BEGIN {remove}; END")
    op.execute(f"CREATE TRIGGER comment_search_update AFTER UPDATE OF {INDEXED} ON comment BEGIN {remove}; {add}; END")
    left, came = _sqlite(REMOVE_SQLITE, "moved", "OLD.section_id"), _sqlite(ADD_SQLITE, "moved", "NEW.section_id")
    below = "FROM comment AS moved WHERE moved.article_id = NEW.id"
    op.execute(
        "CREATE TRIGGER comment_search_move AFTER UPDATE OF section_id ON article"
        f" WHEN OLD.section_id IS NOT NEW.section_id BEGIN {left} {below}; {came} {below}; END"
    )
    op.execute(f"{_sqlite(ADD_SQLITE, 'comment')} FROM comment")


def _empty_leaves_nothing() -> None:
    """Let what is taken out leave the index's pages at once, not with a later merge; SQLite can since 3.42."""
    version = op.get_bind().exec_driver_sql("SELECT sqlite_version()").scalar_one()
    if tuple(int(part) for part in version.split(".")) >= (3, 42):
        op.execute("INSERT INTO comment_search (comment_search, rank) VALUES ('secure-delete', 1)")


def _sqlite(statement: str, row: str, section: str = SECTION) -> str:
    section = section.format(row=row)
    return statement.format(row=row, labels=LABELS_SQLITE.format(row=row, section=section))


def _index_postgresql() -> None:
    # Straight to the driver: to SQLAlchemy, a colon is a parameter.
    run = op.get_bind().exec_driver_sql
    run("SET LOCAL statement_timeout = 0")
    run(FOLDED)
    run(WORDS)
    run(LABELS)
    run(
        "CREATE TABLE comment_search (comment_id bigint NOT NULL, labels text[] NOT NULL, words tsvector NOT NULL,"
        " CONSTRAINT pk_comment_search PRIMARY KEY (comment_id))"
    )
    run(FOLLOW_COMMENT)
    run(FOLLOW_ARTICLE)
    # The triggers come first: they keep other writers away until what is there is indexed.
    run(
        "CREATE TRIGGER comment_search_insert AFTER INSERT OR DELETE ON comment"
        " FOR EACH ROW EXECUTE FUNCTION comment_search_follow()"
    )
    run(
        f"CREATE TRIGGER comment_search_update AFTER UPDATE OF {INDEXED} ON comment"
        " FOR EACH ROW EXECUTE FUNCTION comment_search_follow()"
    )
    run(
        "CREATE TRIGGER comment_search_move AFTER UPDATE OF section_id ON article FOR EACH ROW"
        " WHEN (OLD.section_id IS DISTINCT FROM NEW.section_id) EXECUTE FUNCTION comment_search_move()"
    )
    run(
        "INSERT INTO comment_search (comment_id, labels, words) SELECT comment.id,"
        " comment_labels(comment, article.section_id), comment_words(comment.name, comment.source)"
        " FROM comment JOIN article ON article.id = comment.article_id"
    )
    # Little is left to be put in its place by who writes or searches later.
    run(
        "CREATE INDEX ix_comment_search ON comment_search USING gin (labels, words) WITH (gin_pending_list_limit = 512)"
    )
