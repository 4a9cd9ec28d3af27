"""The command line as a process of its own that need not load the application: it is forked from one that has.

`python -m tests.commands PATH` is that one. It listens at a Unix socket, at which each connection is one command.
"""

import atexit
import gc
import json
import os
import random
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from socketserver import ForkingMixIn, StreamRequestHandler, UnixStreamServer
from typing import Any

from davidson import create_app
from davidson.cli import main
from davidson.config import settings_from

APPEND = os.O_WRONLY | os.O_APPEND
MODES = {"in": os.O_RDONLY, "out": APPEND, "err": APPEND}
NUMBER = struct.Struct("i")
MOST_AT_ONCE = 100


class Forked:
    """A command that was started so: as much of `subprocess.Popen` as tests ask for. It leads a group of its own."""

    def __init__(
        self, arguments: Sequence[str], *, environ: Mapping[str, str], folder: Path, files: Mapping[str, Path]
    ) -> None:
        for name in ("out", "err"):
            files[name].touch()
        named = {name: str(file) for name, file in files.items()}
        asked = {"arguments": arguments, "environ": dict(environ), "folder": str(folder), "files": named}
        self.args = ["davidson", *arguments]
        self.returncode: int | None = None
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(_server())
        self._connection.sendall(json.dumps(asked).encode() + b"\n")
        self.pid = self._next_number()

    def poll(self) -> int | None:
        """The exit code, if it has ended."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once it has ended."""
        if self.returncode is None:
            if not select.select([self._connection], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = self._next_number()
            self._connection.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _next_number(self) -> int:
        return NUMBER.unpack(self._connection.recv(NUMBER.size, socket.MSG_WAITALL))[0]


def run_forked(
    arguments: tuple[str, ...], *, environ: Mapping[str, str], folder: Path, stdin: str, timeout: float
) -> "subprocess.CompletedProcess[str]":
    """Run `davidson` in a folder and give what it answered."""
    with tempfile.TemporaryDirectory() as place:
        files = {name: Path(place) / name for name in MODES}
        files["in"].write_text(stdin)
        code = Forked(arguments, environ=environ, folder=folder, files=files).wait(timeout)
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
    """Runs one command and answers with the number of its process, and with its exit code when it has ended."""

    def handle(self) -> None:
        asked = json.loads(self.rfile.readline())
        child = os.fork()
        # By both, so that it is done whoever goes on first; what has become another program is one that did it itself.
        with suppress(PermissionError):
            os.setpgid(child, child)
        if child == 0:
            os._exit(_be_davidson(**asked))
        self.wfile.write(NUMBER.pack(child))
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        with suppress(BrokenPipeError):  # Whoever asked may have gone.
            self.wfile.write(NUMBER.pack(ended))


def _be_davidson(arguments: list[str], environ: dict[str, str], folder: str, files: dict[str, str]) -> int:
    """Be the command with this environment in this folder; it reads and writes these files."""
    for descriptor, (name, mode) in enumerate(MODES.items()):
        os.dup2(os.open(files[name], mode), descriptor)
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
