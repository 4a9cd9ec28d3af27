"""Sweeping up files of pictures that no row came to name. Web servers know of it, so it needs no pixels."""

from pathlib import Path

from flask import Flask

from davidson.database import db, reading
from davidson.media.files import alone_in, old_files, sweep
from davidson.media.queries import known_digests
from davidson.outbox.daily import do_daily


def init_sweeping(app: Flask) -> None:
    """Let workers sweep once a day."""
    folder = Path(app.instance_path) / "media"
    do_daily(app, "pictures", lambda: sweep_orphans(folder))


def sweep_orphans(folder: Path) -> int:
    """Remove files that were left by what failed, and those of no picture; says how many.

    Files that were made of a picture earlier stay: pages that somebody kept show them.
    """
    with alone_in(folder):
        old = list(old_files(folder))
        with reading():
            known = known_digests(sorted({beginning for beginning, _ in old if beginning}))
            db.session.rollback()
        return sweep([path for beginning, path in old if beginning not in known])
