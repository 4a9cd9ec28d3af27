"""The command line as a process of its own that need not load the application: it is forked from one that has.

`python -m tests.commands PATH` is that one. It listens at a Unix socket, at which each connection is one command.
"""

import atexit
import gc
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from socketserver import ForkingMixIn, StreamRequestHandler, UnixStreamServer
from typing import Any

from davidson import create_app
from davidson.cli import main
from davidson.config import settings_from

MODES = {"in": os.O_RDONLY, "out": os.O_WRONLY, "err": os.O_WRONLY}
MOST_AT_ONCE = 100


def run_forked(
    arguments: tuple[str, ...], *, environ: Mapping[str, str], folder: Path, stdin: str, timeout: float
) -> "subprocess.CompletedProcess[str]":
    """Run `davidson` in a folder and give what it answered."""
    with tempfile.TemporaryDirectory() as place:
        files = {name: Path(place) / name for name in MODES}
        for name, file in files.items():
            file.write_text(stdin if name == "in" else "")
        asked = {"arguments": arguments, "environ": dict(environ), "folder": str(folder), "place": place}
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(_server())
            connection.sendall(json.dumps(asked).encode() + b"\n")
            with connection.makefile() as answer:
                code = int(answer.readline())
        return subprocess.CompletedProcess(
            ["davidson", *arguments], code, *(files[n].read_text() for n in ("out", "err"))
        )


@cache
def _server() -> str:
    """Where the process listens that commands are forked from; it ends with this one."""
    place = tempfile.TemporaryDirectory()
    at = str(Path(place.name) / "commands")
    environ = {key: value for key, value in os.environ.items() if not key.startswith("DAVIDSON_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.commands", at],
        env=environ | {"PYTHONWARNINGS": "default"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    atexit.register(place.cleanup)
    atexit.register(process.terminate)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.stdout.close()
    return at


class Server(ForkingMixIn, UnixStreamServer):
    """Handles each connection in a process of its own, until the process that started it is gone."""

    max_children = MOST_AT_ONCE
    block_on_close = False
    parent = os.getppid()

    def service_actions(self) -> None:
        super().service_actions()
        if os.getppid() != self.parent:
            os._exit(0)


class Handler(StreamRequestHandler):
    """Runs one command and answers with its exit code."""

    def handle(self) -> None:
        asked = json.loads(self.rfile.readline())
        child = os.fork()
        if child == 0:
            os._exit(_be_davidson(**asked))
        self.wfile.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n".encode())


def _be_davidson(arguments: list[str], environ: dict[str, str], folder: str, place: str) -> int:
    """Be the command with this environment in this folder; what it reads and writes are files in `place`."""
    for descriptor, (name, mode) in enumerate(MODES.items()):
        os.dup2(os.open(f"{place}/{name}", mode), descriptor)
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(folder)
    random.seed()
    sys.argv = ["davidson", *arguments]
    code: Any = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
        code = 1
    gc.collect()  # What was left open is complained about, as at the end of any process.
    sys.stdout.flush()
    sys.stderr.flush()
    return code if isinstance(code, int) else int(code is not None)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as instance:
        create_app(settings_from({"DAVIDSON_INSTANCE": instance}))  # Loads what commands load.
    gc.freeze()
    with Server(sys.argv[1], Handler) as server:
        print("ready", flush=True)
        server.serve_forever()
