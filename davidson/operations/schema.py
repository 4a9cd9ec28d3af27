"""The state of the store's schema, compared with what this release needs."""

from enum import StrEnum
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from davidson.database import db

PACKAGE = Path(__file__).resolve().parent.parent
# In a checkout the revisions stand beside the package, in a wheel inside it.
MIGRATIONS = next(
    path for path in (PACKAGE / "migrations", PACKAGE.parent / "migrations") if (path / "env.py").exists()
)


class SchemaState(StrEnum):
    """How the store's schema compares with what this release needs."""

    EMPTY = "empty"
    OLD = "older than this release"
    CURRENT = "current"
    UNKNOWN = "newer than this release"


def newest_revision() -> str:
    """The revision that this release needs."""
    return str(ScriptDirectory(str(MIGRATIONS)).get_current_head())


def schema_state() -> SchemaState:
    """Compare the store's revision with the newest one. Raises SQLAlchemyError where the store does not answer."""
    with db.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        return SchemaState.EMPTY
    scripts = ScriptDirectory(str(MIGRATIONS))
    if revision == scripts.get_current_head():
        return SchemaState.CURRENT
    known = {script.revision for script in scripts.walk_revisions()}
    return SchemaState.OLD if revision in known else SchemaState.UNKNOWN
