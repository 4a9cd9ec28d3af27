"""The command `davidson`: Flask's own commands, the store's, and those of each package."""

import sys

import click
from flask.cli import FlaskGroup

from davidson import create_app
from davidson.config import ConfigError, settings_from
from davidson.web.errors import STORE_AWAY


class DavidsonGroup(FlaskGroup):
    """Flask's group, which answers for the store: what the operator can mend is one line and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except STORE_AWAY as error:
            fault = str(getattr(error, "orig", None) or error).partition("\n")[0]
            raise click.ClickException(f"the store does not answer: {fault}") from None


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 a failure the user can mend, 2 wrong usage."""
    try:
        settings = settings_from()
    except ConfigError as error:
        sys.exit(f"davidson: {error}")
    group = DavidsonGroup(
        name="davidson",
        help="A newspaper and its discussion.",
        create_app=lambda: create_app(settings),
        load_dotenv=False,
    )
    group.main(prog_name="davidson")
