"""`davidson retention …`: forgetting what is kept no longer."""

import click
from flask.cli import AppGroup

from davidson.clock import utcnow
from davidson.operations.retention import forget_what_is_old
from davidson.web.signing import settings

retention = AppGroup("retention", help="Forget what is kept no longer.")


@retention.command()
def run() -> None:
    """Forget the networks that comments came from, and old spam, as DAVIDSON_RETENTION_… says.

    A site started by `davidson serve`, and `davidson worker`, do so once a day by themselves. It may run beside them
    and be stopped and started anew at any time.
    """
    for days, kept in ((settings().retention_network_days, "networks"), (settings().retention_spam_days, "spam")):
        if not days:
            click.echo(f"{kept}: kept for ever, as the settings say")
    for forgotten in forget_what_is_old(settings(), now=utcnow()):
        click.echo(f"{forgotten.thing}: {forgotten.number:,} forgotten")
