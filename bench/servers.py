"""Starting what is measured: every application under the site's own gunicorn settings, and nginx for files.

Each listens on a free port of its own, runs on the server's core, and is ended by its process id.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy.engine import URL

from bench.machine import SERVER_CORE, on_core
from tests.conftest import ROOT, environment
from tests.site import PATIENCE, Site

T = TypeVar("T")
OPEN = {"DAVIDSON_COMMENT_LIMIT": "", "DAVIDSON_COMMENT_MIN_SECONDS": "0"}
UNCACHED = {"DAVIDSON_PAGE_MEMORY": "0"}
# Flags from here outrank gunicorn.conf.py.
UNRENEWED = {"GUNICORN_CMD_ARGS": "--max-requests 0"}
# Every one finds its byte code on disk, as pip leaves it there, whatever the caller's own environment says of that.
COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}
LISTENING = "Listening at: http://127.0.0.1:"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
NGINX_CONF = """{user}daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    types {{ text/html html; }}
    charset utf-8;
    access_log off;
    keepalive_requests 1000000;
    {places}
    {around}
    server {{
        listen 127.0.0.1:{port};
        server_name news.example.org;
        {inside}
    }}
}}
"""


@contextmanager
def gunicorn(
    application: str, folder: Path, variables: Mapping[str, str], *, conf: Path = ROOT / "gunicorn.conf.py"
) -> Iterator[Site]:
    """Serve an application, `module:name`, with gunicorn.conf.py as it stands, or with another such file."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{application.partition(':')[0]}-{time.monotonic_ns()}.log"
    command = [sys.executable, "-m", "gunicorn", "-c", str(conf), "-b", "127.0.0.1:0", application]
    with on_core(SERVER_CORE), log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(None, folder / "instance", PYTHONWARNINGS="ignore") | dict(variables) | COMPILED,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield Site(f"http://127.0.0.1:{_port(process, log)}/", process, log)
    finally:
        process.terminate()
        process.wait(PATIENCE)


@contextmanager
def davidson(url: URL, instance: Path, **settings: str) -> Iterator[Site]:
    """Serve the site on a store that is there."""
    variables = environment(url, instance, PYTHONWARNINGS="ignore", **OPEN | settings)
    with gunicorn("wsgi:app", instance.parent, variables) as site:
        yield site


@contextmanager
def nginx(folder: Path, *, inside: str, around: str = "") -> Iterator[Site]:
    """Run nginx with one worker; `inside` stands in its `server`, `around` before that."""
    folder.mkdir()
    port = _free_port()
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    user = "user root;\n" if os.geteuid() == 0 else ""
    conf = folder / "nginx.conf"
    text = NGINX_CONF.format(user=user, folder=folder, places=places, port=port, inside=inside, around=around)
    conf.write_text(text)
    with on_core(SERVER_CORE):
        process = subprocess.Popen([str(NGINX), "-c", conf, "-e", folder / "error.log"], start_new_session=True)
    try:
        server = Site(f"http://127.0.0.1:{port}/", process, folder / "error.log")
        _wait(lambda: socket.create_connection(("127.0.0.1", port), 1).close(), process, server.log_file)
        yield server
    finally:
        process.terminate()
        process.wait(PATIENCE)


def serving(root: Path) -> str:
    """nginx' words for the files of a folder, those with a `.gz` beside them compressed where that is taken."""
    return f"root {root}; location / {{ gzip_static on; }}"


def _port(process: "subprocess.Popen[bytes]", log: Path) -> int:
    def port() -> int:
        return int(log.read_text().partition(LISTENING)[2].split()[0])

    return _wait(port, process, log)


def _wait(look: Callable[[], T], process: "subprocess.Popen[bytes]", log: Path) -> T:
    """What `look` gives as soon as it raises nothing more."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return look()
        except (OSError, IndexError, ValueError):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"it did not start:\n{log.read_text()}") from None
            time.sleep(0.01)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
