"""Counts of comments by state and of listed articles, kept by the store itself

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What a row is counted as, as an expression of SQL about one version of it; NULL where it is not counted.
SUBJECTS = {
    "comment": ("'comment:' || {row}.status", ("status",)),
    "article": (
        "CASE WHEN {row}.published_at IS NOT NULL AND {row}.retracted_at IS NULL THEN 'article:listed' END",
        ("published_at", "retracted_at"),
    ),
}

# A row that no other transaction holds is counted up, or else a new one begun: nobody waits, so nobody can wait in a
# circle, and there are no more rows than there were ever transactions at once.
COUNT = """
CREATE FUNCTION tally_add(subject text, difference bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tally SET number = number + difference
    WHERE id = (SELECT id FROM tally WHERE what = subject LIMIT 1 FOR UPDATE SKIP LOCKED);
    IF NOT FOUND THEN
        INSERT INTO tally (what, number) VALUES (subject, difference);
    END IF;
END
$$
"""
# One function a table and kind of statement, for only those tables of changed rows can be named that the trigger has.
FOLLOW = """
CREATE FUNCTION tally_{table}_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed record;
BEGIN
    FOR changed IN
        SELECT what, sum(number) AS number FROM ({changes}) AS change
        WHERE what IS NOT NULL GROUP BY what HAVING sum(number) <> 0
    LOOP
        PERFORM tally_add(changed.what, changed.number::bigint);
    END LOOP;
    RETURN NULL;
END
$$
"""
WATCH = """
CREATE TRIGGER tally_{event} AFTER {event} ON {table} REFERENCING {names}
FOR EACH STATEMENT EXECUTE FUNCTION tally_{table}_{event}()
"""
ADDED = "SELECT {what} AS what, 1 AS number FROM added AS changed_row"
REMOVED = "SELECT {what} AS what, -1 AS number FROM removed AS changed_row"
EVENTS = {
    "insert": (ADDED, "NEW TABLE AS added"),
    "update": (f"{ADDED} UNION ALL {REMOVED}", "NEW TABLE AS added OLD TABLE AS removed"),
    "delete": (REMOVED, "OLD TABLE AS removed"),
}


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tally"),
        sqlite_strict=True,
    )
    op.create_index("ix_tally_what", "tally", ["what"], unique=False)
    # The triggers come first: they keep other writers away until what is there is counted.
    if op.get_bind().dialect.name == "sqlite":
        _watch_sqlite()
    else:
        _watch_postgresql()
    for table, (what, _) in SUBJECTS.items():
        row_is = what.format(row=table)
        op.execute(
            f"INSERT INTO tally (what, number) SELECT {row_is}, count(*) FROM {table}"
            f" WHERE {row_is} IS NOT NULL GROUP BY {row_is}"
        )


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in SUBJECTS:
        for event in EVENTS:
            if postgresql:
                op.execute(f"DROP FUNCTION tally_{table}_{event}() CASCADE")
            else:
                op.execute(f"DROP TRIGGER tally_{table}_{event}")
    if postgresql:
        op.execute("DROP FUNCTION tally_add(text, bigint)")
    op.drop_table("tally")


def _watch_sqlite() -> None:
    """Row by row, at no cost to speak of: there is one writer at a time, and one row a count."""
    for table, (what, columns) in SUBJECTS.items():
        new, old = what.format(row="NEW"), what.format(row="OLD")
        count_in, count_out = _sqlite_count(new, "+"), _sqlite_count(old, "-")
        op.execute(f"CREATE TRIGGER tally_{table}_insert AFTER INSERT ON {table} BEGIN {count_in} END")
        op.execute(f"CREATE TRIGGER tally_{table}_delete AFTER DELETE ON {table} BEGIN {count_out} END")
        op.execute(
            f"CREATE TRIGGER tally_{table}_update AFTER UPDATE OF {', '.join(columns)} ON {table}"
            f" WHEN ({new}) IS NOT ({old}) BEGIN {count_out} {count_in} END"
        )


def _sqlite_count(what: str, sign: str) -> str:
    return (
        f"INSERT INTO tally (what, number) SELECT {what}, 0"
        f" WHERE {what} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tally WHERE what = {what});"
        f" UPDATE tally SET number = number {sign} 1 WHERE what = {what};"
    )


def _watch_postgresql() -> None:
    """A statement at a time: many rows in one are counted at once."""
    op.execute(COUNT)
    for table, (what, _) in SUBJECTS.items():
        for event, (changes, names) in EVENTS.items():
            changed = changes.format(what=what.format(row="changed_row"))
            op.execute(FOLLOW.format(table=table, event=event, changes=changed))
            op.execute(WATCH.format(table=table, event=event, names=names))
