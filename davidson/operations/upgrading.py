"""Bringing the store up to date before the site starts: by itself where the store is embedded, else by refusing."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from davidson.database import db, reading
from davidson.disk import onto_disk
from davidson.operations.schema import MIGRATIONS, SEE_TO_IT, SchemaState, newest_revision, schema_state


class StoreNotReady(Exception):
    """The site cannot start on this store as it is; the message is one line for the operator."""


def require_current() -> None:
    """Raise StoreNotReady unless the store's schema is this release's, for a store that others look after."""
    with reading():
        state = schema_state()
    if state is not SchemaState.CURRENT:
        raise StoreNotReady(f"the store's schema {SEE_TO_IT[state]}")


def bring_up_to_date() -> Path | None:
    """Upgrade the embedded store, after a copy of what it held; gives the copy's path if one was made.

    Processes that start at once wait for each other, and the first one does the work. Raises StoreNotReady where the
    schema is newer than this release, or where the copy or the upgrade fails; the store is then as it was.
    """
    store = Path(str(db.engine.url.database))
    driver = db.engine.dialect.loaded_dbapi
    try:
        with _alone(store):
            os.close(os.open(store, os.O_RDWR | os.O_CREAT, 0o640))  # A new store holds secrets from the first byte.
            with reading():
                state = schema_state()
                tables = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
            if state is SchemaState.UNKNOWN:
                raise StoreNotReady(f"the store's schema {SEE_TO_IT[state]}")
            if state is SchemaState.EMPTY and tables:
                raise StoreNotReady(f"{store} holds the tables of something else")
            copy = _copy_aside(store) if state is SchemaState.OLD else None
            if state is not SchemaState.CURRENT:
                _upgrade()
            return copy
    except (CommandError, OSError, RuntimeError, SQLAlchemyError, driver.Error) as error:
        fault = str(getattr(error, "orig", None) or error).partition("\n")[0]
        raise StoreNotReady(f"{store} cannot be brought up to date: {fault}") from error


def _upgrade() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, "head")


@contextmanager
def _alone(store: Path) -> Iterator[None]:
    """Hold the lock file beside the store; the kernel lets go of it when the process ends, however it ends."""
    lock = os.open(store.with_name(f"{store.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _copy_aside(store: Path) -> Path:
    """Copy the store to `NAME.before-REVISION`, whole and consistent while others use it (SQLite's backup API).

    It is written beside its place and moved there when it is safely on disk, so that it is never half a copy.
    """
    copy = store.with_name(f"{store.name}.before-{newest_revision()}")
    fresh = copy.with_name(f".{copy.name}.new")
    connect: Any = db.engine.dialect.loaded_dbapi.connect
    try:
        os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))  # It holds what the store holds.
        with closing(connect(store)) as source, closing(connect(fresh)) as target:
            source.backup(target)
        onto_disk(fresh)
        fresh.replace(copy)
        onto_disk(copy.parent)
    finally:
        fresh.unlink(missing_ok=True)
    return copy
