"""The state of the store's schema, compared with what this release needs."""

import re
from enum import StrEnum
from pathlib import Path

from sqlalchemy import inspect, text

from davidson.database import db

PACKAGE = Path(__file__).resolve().parent.parent
# In a checkout the revisions stand beside the package, in a wheel inside it.
MIGRATIONS = next(
    path for path in (PACKAGE / "migrations", PACKAGE.parent / "migrations") if (path / "env.py").exists()
)
REVISION = re.compile(r"""^(revision|down_revision)\b[^=\n]*= ["']([^"']+)["']""", re.MULTILINE)


class SchemaState(StrEnum):
    """How the store's schema compares with what this release needs."""

    EMPTY = "empty"
    OLD = "older than this release"
    CURRENT = "current"
    UNKNOWN = "newer than this release"


SEE_TO_IT = {
    SchemaState.EMPTY: "is empty: run `davidson db upgrade`",
    SchemaState.OLD: "is older than this release: run `davidson db upgrade`",
    SchemaState.UNKNOWN: "is newer than this release, whose `davidson db upgrade` does not know it:"
    " install the release that made it",
}


def newest_revision() -> str:
    """The revision that this release needs: the one that no other follows."""
    revisions = _revisions()
    (newest,) = set(revisions) - set(revisions.values())
    return newest


def schema_state() -> SchemaState:
    """Compare the store's revision with the newest one. Raises SQLAlchemyError where the store does not answer."""
    with db.engine.connect() as connection:
        is_kept = inspect(connection).has_table("alembic_version")
        revision = connection.scalar(text("SELECT version_num FROM alembic_version")) if is_kept else None
    if revision is None:
        return SchemaState.EMPTY
    if revision == newest_revision():
        return SchemaState.CURRENT
    return SchemaState.OLD if revision in _revisions() else SchemaState.UNKNOWN


def _revisions() -> dict[str, str | None]:
    """Each revision and the one before it, as the files say: a web process does not load Alembic to be asked for it."""
    found = [REVISION.findall(path.read_text("utf-8")) for path in (MIGRATIONS / "versions").glob("*.py")]
    return {said["revision"]: said.get("down_revision") for said in map(dict, found) if "revision" in said}
