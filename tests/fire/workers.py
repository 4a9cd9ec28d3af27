"""Kept connections to each worker of a running site, so that a test can choose whom it asks."""

import re
import time
from http.client import HTTPConnection
from pathlib import Path

from tests.site import PATIENCE, Site


def connections_to_each_worker(site: Site, number: int) -> dict[int, HTTPConnection]:
    """A kept connection to each of the site's workers, by the worker's process id. The last may still be starting."""
    found: dict[int, HTTPConnection] = {}
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        connection = HTTPConnection(site.host, site.port, timeout=PATIENCE)
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        worker = _peer(site, connection)
        if worker is None or worker in found:
            connection.close()
        else:
            found[worker] = connection
        if len(found) == number:
            return found
    raise AssertionError(f"only {len(found)} of {number} workers answered")


def _peer(site: Site, connection: HTTPConnection) -> int | None:
    """The process that holds the other end of a connection, as Linux tells in /proc."""
    port = connection.sock.getsockname()[1]
    inode = None
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        ends = [int(end.rpartition(":")[2], 16) for end in fields[1:3]]
        if ends == [site.port, port]:
            inode = fields[9]
    children = re.findall(r"\d+", Path(f"/proc/{site.process.pid}/task/{site.process.pid}/children").read_text())
    for child in map(int, children):
        for descriptor in Path(f"/proc/{child}/fd").iterdir():
            try:
                if str(descriptor.readlink()) == f"socket:[{inode}]":
                    return child
            except OSError:
                continue
    return None
