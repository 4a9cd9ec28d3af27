"""`davidson serve` and `davidson doctor`."""

import click
from flask import current_app
from flask.cli import with_appcontext

from davidson.config import Settings
from davidson.database import db
from davidson.operations.check import Verdict
from davidson.operations.doctor import check_up
from davidson.operations.serving import CannotListen, address_of, listening, run_gunicorn
from davidson.operations.upgrading import StoreNotReady, bring_up_to_date, require_current
from davidson.web.signing import settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port; 0 takes a free one."
)
@click.option("--workers", type=click.IntRange(1, 1000), help="How many processes answer; 2 unless gunicorn is told.")
@with_appcontext
def serve(host: str, port: int, workers: int | None) -> None:
    """Run the site with gunicorn.

    The embedded store is brought up to date first, and what it held is copied aside. A PostgreSQL store is never
    changed: where its schema is not this release's, the site does not start.
    """
    chosen = settings()
    try:
        with listening(host, port) as listener:
            _make_ready(chosen)
            click.echo(f"{chosen.site_name} at {address_of(listener)} (Ctrl-C stops)")
            run_gunicorn(listener, chosen, workers=workers)
    except (CannotListen, StoreNotReady) as error:
        raise click.ClickException(str(error)) from None


def _make_ready(chosen: Settings) -> None:
    if chosen.embedded:
        copy = bring_up_to_date()
        if copy:
            click.echo(f"The store was brought up to date; what it held before is in {copy}", err=True)
    else:
        require_current()
    db.engine.dispose()


@click.command()
@with_appcontext
def doctor() -> None:
    """Check the site's surroundings, one line each.

    The settings, the store and its schema, the folders, the mail server and the clock. Exits 1 if anything fails.
    """
    failed = 0
    for check in check_up(current_app):
        click.echo(f"{check.verdict:<4}  {check.name:<14}  {check.text}")
        failed += check.verdict is Verdict.FAIL
    if failed:
        raise click.exceptions.Exit(1)
