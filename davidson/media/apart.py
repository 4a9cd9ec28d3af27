"""Drawing in a process of its own, for web servers: they load nothing that draws, and a picture takes much memory."""

import os
import subprocess
import sys
from pathlib import Path

from davidson.config import Settings

PATIENCE = 25  # seconds; longer than any picture takes that is let in, shorter than a browser waits.
ROOT = Path(__file__).resolve().parents[2]
DAVIDSON = (sys.executable, "-c", "from davidson.cli import main; main()")


def draw_apart(digest: str, settings: Settings) -> bool:
    """Let the files of a picture be made as its row wants them; False where that failed or takes too long.

    Then `davidson media render` makes them: the row says that they lack.
    """
    environment = os.environ | {
        "DAVIDSON_INSTANCE": str(settings.instance),
        "DAVIDSON_DATABASE_URL": settings.database_url.render_as_string(hide_password=False),
    }
    try:
        done = subprocess.run(
            [*DAVIDSON, "media", "render", "--picture", digest],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
