"""How Alembic reaches the store: through the application's own engine, one transaction for a whole upgrade."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, Enum

import davidson.accounts.models
import davidson.articles.filing
import davidson.articles.models
import davidson.articles.revisions
import davidson.audit.models
import davidson.comments.models
import davidson.media.models
import davidson.syndication.models
import davidson.tally
import davidson.web.limits  # noqa: F401 - every module with tables, so that the metadata is whole.
from davidson.database import Base, SafeHTML, UTCDateTime, db


def run_migrations() -> None:
    """Run the revisions that were asked for.

    SQLite rebuilds a changed table by dropping the old one, and with foreign keys on that drop would cascade: it
    would delete every comment of a changed article table. So keys are off while revisions run, and checked after.
    """
    with db.engine.connect() as connection:
        embedded = connection.dialect.name == "sqlite"
        if embedded:
            _set_foreign_keys(connection, on=False)
        try:
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                render_as_batch=True,
                transactional_ddl=True,
                compare_type=True,
                render_item=_render_type,
                include_name=_is_of_models,
            )
            with context.begin_transaction():
                context.run_migrations()
                if embedded:
                    _refuse_broken_keys(connection)
            connection.commit()
        finally:
            connection.rollback()
            if embedded:
                _set_foreign_keys(connection, on=True)


def _render_type(kind: str, item: Any, _autogenerate: object) -> str | Literal[False]:
    """Write our own column types into a revision as what they are in the store, so that revisions stay frozen."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, SafeHTML):
        return "sa.Text()"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String({item.length})"
    return False


def _is_of_models(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a model describes it: the indexes of words, and what SQLite makes beside them, are by revisions alone."""
    return kind != "table" or not (name or "").startswith(("comment_search", "article_search"))


def _set_foreign_keys(connection: Connection, *, on: bool) -> None:
    # On the driver's connection, for the pragma does nothing inside a transaction.
    connection.connection.dbapi_connection.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def _refuse_broken_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"the migration leaves rows that refer to nothing: {broken[:3]}")


run_migrations()
