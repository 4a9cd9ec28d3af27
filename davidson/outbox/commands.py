"""`davidson worker`: work after the answer."""

import click
from flask import current_app
from flask.cli import with_appcontext

from davidson.operations.upgrading import StoreNotReady, require_current
from davidson.outbox.worker import Worker


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now and exit.")
@click.option("--parent", type=int, hidden=True, help="End when this process is the parent no longer.")
@with_appcontext
def worker(once: bool, parent: int | None) -> None:
    """Do the work that changes leave for later, such as mails and telling proxies what to drop, and daily work.

    `davidson serve` runs it by itself where there is such work. Where gunicorn is started by hand, run it beside, as
    often as you like: no two of them do the same. SIGTERM ends it when what it works at is done.
    """
    try:
        require_current()
    except StoreNotReady as error:
        raise click.ClickException(str(error)) from None
    # Flask's commands run with an application that may be a proxy; the worker keeps the thing itself.
    drainer = Worker(current_app._get_current_object(), parent=parent)  # type: ignore[attr-defined]
    if once:
        drainer.drain()
        drainer.do_daily()
    else:
        drainer.run()
