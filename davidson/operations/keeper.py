"""Keeps `davidson worker` running beside gunicorn: a small process that starts it anew when it dies.

Where there is daily work alone, it starts one that looks for it now and then, which costs memory only meanwhile.

The site's master process may not wait for children that are not its own workers, so somebody else has to. This file is
run by its path and imports the standard library alone, which keeps it at a few megabytes. It and the worker end with
the master, however that ends: both look who their parent is.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

LOOK = 0.25  # seconds
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds from the end of a worker to the start of the next; the longer the more often it died young."""
PATIENCE = 8.0
"""Seconds that a worker may take to finish what it works at: a request to a proxy takes five at most, and a mail that
takes longer may be cut off at any point."""
FIRST_LOOK, NEXT_LOOK = 60.0, 3600.0
"""Seconds before a worker looks for daily work: first when the site has come up, then each hour."""
ALWAYS, SELDOM = "always", "seldom"
WORKER = (sys.executable, "-c", "from davidson.cli import main; main()", "worker", "--parent")


def start_keeper(how: str) -> "subprocess.Popen[bytes]":
    """Start a keeper that ends with this process; `how` it keeps its worker is ALWAYS or SELDOM."""
    return subprocess.Popen([sys.executable, "-P", str(Path(__file__).resolve()), str(os.getpid()), how])


def end(process: "subprocess.Popen[bytes]") -> None:
    """Let a process finish what it works at; kill it when that takes too long."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Keeper:
    """One worker at a time, as long as the process that started this one lives."""

    def __init__(self, parent: int) -> None:
        self.parent = parent
        self.told_to_end = False
        for sig in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sig, self._told)

    def _told(self, _signal: int, _frame: FrameType | None) -> None:
        self.told_to_end = True

    @property
    def ends(self) -> bool:
        return self.told_to_end or os.getppid() != self.parent

    def run(self) -> None:
        """Keep a worker running until told to end; then it is ended too."""
        pause = SHORTEST_PAUSE
        while not self.ends:
            began = time.monotonic()
            self._work()
            if time.monotonic() - began > LONGEST_PAUSE:
                pause = SHORTEST_PAUSE
            self._rest(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def run_seldom(self) -> None:
        """Let a worker look for daily work now and then, until told to end."""
        self._rest(FIRST_LOOK)
        while not self.ends:
            self._work("--once")
            self._rest(NEXT_LOOK)

    def _work(self, *options: str) -> None:
        """Run a worker to its end, or to ours."""
        worker = subprocess.Popen([*WORKER, str(os.getpid()), *options])
        while worker.poll() is None:
            if self.ends:
                end(worker)
                return
            time.sleep(LOOK)

    def _rest(self, pause: float) -> None:
        until = time.monotonic() + pause
        while time.monotonic() < until and not self.ends:
            time.sleep(LOOK)


if __name__ == "__main__":
    keeper = Keeper(int(sys.argv[1]))
    keeper.run_seldom() if sys.argv[2] == SELDOM else keeper.run()
