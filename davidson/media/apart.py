"""Drawing in a process of its own, for web servers: they load nothing that draws, and a picture takes much memory."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import IO

from davidson.config import Settings

logger = logging.getLogger(__name__)

PATIENCE = 25  # seconds; longer than any picture takes that is let in, shorter than a browser waits.
AT_WORK = Lock()
"""Held while a picture is kept: one at a time in a process, whose few threads have everybody else to answer."""
ROOT = Path(__file__).resolve().parents[2]
DAVIDSON = (sys.executable, "-c", "from davidson.cli import main; main()")


class NotTaken(ValueError):
    """A file was not taken as a picture; the message says why, for an editor."""


class NotNow(NotTaken):
    """A file was not taken, whatever it is; it may be sent again in a while."""


def draw_apart(digest: str, settings: Settings) -> bool:
    """Let the files of a picture be made as its row wants them; False where that failed or takes too long.

    Then `davidson media render` makes them: the row says that they lack.
    """
    done = _run("render", "--picture", digest, settings=settings)
    return done is not None and done.returncode == 0


def keep_apart(file: IO[bytes], settings: Settings) -> int:
    """Let a picture be checked, drawn and kept; gives the id of its row. The caller holds no transaction meanwhile.

    The other process reads the file itself, so that one which lies on the disk never comes into this one's memory.

    Raises NotTaken where it is none that the site takes, or where all that takes too long, and NotNow where another one
    is being kept or the process failed. Then nothing shows it.
    """
    if not AT_WORK.acquire(blocking=False):
        raise NotNow("another picture is being made just now; please try again in a while")
    try:
        done = _run("take", settings=settings, file=_from_its_start(file))
    finally:
        AT_WORK.release()
    if done is None:
        raise NotTaken(f"it could not be made within {PATIENCE} seconds; please try again in a while")
    if done.returncode:
        logger.error("picture not taken: %s", done.stderr.decode(errors="replace").strip().rpartition("\n")[2])
        raise NotNow("it could not be made just now; please try again in a while")
    told = json.loads(done.stdout)
    if "fault" in told:
        raise NotTaken(str(told["fault"]))
    return int(told["id"])


def _from_its_start(file: IO[bytes]) -> int:
    """The descriptor of a file for another process, which reads on where the descriptor stands."""
    descriptor = file.fileno()  # One that was still in memory is on the disk from here on.
    file.flush()
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _run(
    *command: str, settings: Settings, file: int = subprocess.DEVNULL
) -> subprocess.CompletedProcess[bytes] | None:
    """What a command of `davidson media` answered; None where it took too long."""
    environment = os.environ | {
        "DAVIDSON_INSTANCE": str(settings.instance),
        "DAVIDSON_DATABASE_URL": settings.database_url.render_as_string(hide_password=False),
    }
    try:
        return subprocess.run(
            [*DAVIDSON, "media", *command],
            cwd=ROOT,
            env=environment,
            stdin=file,
            capture_output=True,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return None
