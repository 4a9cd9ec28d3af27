"""The command `davidson`: Flask's own commands, the store's, and those of each package."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version

import click
from flask import has_app_context
from flask.cli import FlaskGroup, ScriptInfo
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from davidson import create_app
from davidson.config import ConfigError
from davidson.database import db, reading
from davidson.operations.schema import SEE_TO_IT, SchemaState, schema_state
from davidson.web.errors import STORE_AWAY

# Flask's options for choosing an application mean nothing where the application is this one.
FOREIGN_OPTIONS = {"app", "debug", "env_file"}


class DavidsonGroup(FlaskGroup):
    """Flask's group for this application: what the operator can mend is one line and exit code 1, never a traceback."""

    def __init__(self) -> None:
        super().__init__(
            name="davidson",
            help="A newspaper and its discussion.",
            create_app=create_app,
            add_version_option=False,
            load_dotenv=False,
            set_debug_flag=False,
        )
        self.params = [option for option in self.params if option.name not in FOREIGN_OPTIONS]

    def list_commands(self, ctx: click.Context) -> list[str]:
        # Flask would print a traceback where the application cannot be made.
        with _mendable():
            ctx.ensure_object(ScriptInfo).load_app()
        return super().list_commands(ctx)

    def invoke(self, ctx: click.Context) -> object:
        try:
            with _mendable():
                return super().invoke(ctx)
        finally:
            if has_app_context():  # A connection that nobody closes is complained about at exit.
                db.session.remove()
                db.engine.dispose()


@contextmanager
def _mendable() -> Iterator[None]:
    try:
        yield
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    except (DatabaseError, *STORE_AWAY) as error:
        if fault := _unready_schema():
            raise click.ClickException(fault) from None
        # SQLite says of a damaged file no more than that; an error of a kind of its own is a fault of ours.
        if not isinstance(error, STORE_AWAY) and type(error) is not DatabaseError:
            raise
        fault = str(getattr(error, "orig", None) or error).partition("\n")[0]
        raise click.ClickException(f"the store does not answer: {fault}") from None
    except OSError as error:
        if error.errno == errno.EPIPE:  # The reader of a pipe has seen enough; click knows what to do.
            raise
        where = f"{error.filename}: " if error.filename else ""
        raise click.ClickException(f"{where}{error.strerror or error}") from None


def _unready_schema() -> str:
    """What is to be done about the store's schema, where that is why a statement failed; else nothing."""
    state = SchemaState.CURRENT
    if has_app_context():
        with suppress(SQLAlchemyError), reading():
            state = schema_state()
    return "" if state is SchemaState.CURRENT else f"the store's schema {SEE_TO_IT[state]}"


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 a failure the user can mend, 2 wrong usage."""
    group = DavidsonGroup()
    click.version_option(version("davidson-news"), prog_name="Davidson News", message="%(prog)s %(version)s")(group)
    group.main(prog_name="davidson")
