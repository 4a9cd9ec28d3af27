"""Starting the site: a socket that listens, then gunicorn in this process's place."""

import errno
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from davidson.config import Settings
from davidson.operations.keeper import ALWAYS, SELDOM

PACKAGE = Path(__file__).resolve().parent.parent
# `wsgi.py` stands beside the package, in a checkout as in an environment that a wheel was installed in.
ROOT = PACKAGE.parent
# In a checkout gunicorn's configuration stands beside the package, in a wheel inside it.
GUNICORN_CONF = next(
    (path for path in (PACKAGE / "gunicorn.conf.py", ROOT / "gunicorn.conf.py") if path.exists()),
    ROOT / "gunicorn.conf.py",
)
BACKLOG = 2048
# Somebody listens there, or only root may.
TAKEN = frozenset({errno.EADDRINUSE, errno.EACCES})
# Tells gunicorn.conf.py how a worker for the outbox is kept beside gunicorn. Started by hand, gunicorn is alone.
KEEP_WORKER = "DAVIDSON_KEEP_WORKER"


class CannotListen(Exception):
    """The address cannot be listened at; the message is one line for the operator."""


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens at the address; port 0 takes a free one. Raises CannotListen.

    It is opened here rather than by gunicorn, so that a port in use is one clear line before anything is changed, and
    so that the address is known to the last digit before the start.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        fault = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        way_out = "; choose another with --port" if error.errno in TAKEN else ""
        raise CannotListen(f"cannot listen at {host} port {port}: {fault}{way_out}") from None


def address_of(listener: socket.socket) -> str:
    """The URL of the site at that socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def run_gunicorn(listener: socket.socket, settings: Settings, *, workers: int | None) -> None:
    """Become gunicorn, which takes over the socket. Does not return.

    gunicorn imports from the working directory first, so it is started where `wsgi.py` is: a file of that name where
    the operator happens to stand is never run. What the settings say relative to the old place is made absolute.
    """
    os.set_inheritable(listener.fileno(), True)
    os.environ["DAVIDSON_INSTANCE"] = str(settings.instance)
    os.environ[KEEP_WORKER] = ALWAYS if settings.has_later_work else SELDOM
    os.chdir(ROOT)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *_arguments(listener, workers)])  # noqa: S606 - no shell is wanted.


def _arguments(listener: socket.socket, workers: int | None) -> Sequence[str]:
    how_many = ["--workers", str(workers)] if workers else []
    return ["-m", "gunicorn", "-c", str(GUNICORN_CONF), "--bind", f"fd://{listener.fileno()}", *how_many, "wsgi:app"]
