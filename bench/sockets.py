"""`python -m bench.sockets PORT SECONDS CLIENTS HEADER…`: what wrk does, in a loop over sockets, where wrk is missing.

It takes the rest from the environment, and answers with one line, as bench/wrk.lua does.
"""

import json
import os
import random
import selectors
import socket
import statistics
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

END = b"\r\n\r\n"


def ask_by_sockets(port: int, headers: Mapping[str, str], *, seconds: int, clients: int) -> list[str]:
    """The command that asks that way."""
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return [sys.executable, "-m", "bench.sockets", str(port), str(seconds), str(clients), *lines]


@dataclass
class Line:
    """One kept connection and the request that is under way on it."""

    port: int
    peer: socket.socket = field(init=False)
    began: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self.peer = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> None:
        """Begin a request."""
        self.began, self.received = time.perf_counter(), bytearray()
        self.peer.sendall(request)

    def status(self) -> int | None:
        """The status of the answer once all of it is there; -1 where the server closed the line instead."""
        got = self.peer.recv(262_144)
        if not got:
            return -1
        self.received += got
        head, found, body = bytes(self.received).partition(END)
        if not found or len(body) < _length(head):
            return None
        return int(head[9:12])


def _length(head: bytes) -> int:
    found = head.lower().partition(b"content-length:")[2]
    return int(found.partition(b"\r\n")[0] or 0)


def request_of(number: int, headers: list[str]) -> bytes:
    """The bytes of request number so-and-so."""
    words = os.environ["BENCH_WORDS"].split()
    said = {"{number}": str(number), "{words}": "+".join(random.choices(words, k=20))}
    path, form = os.environ["BENCH_PATH"], os.environ["BENCH_FORM"]
    for mark, value in said.items() if form else ():
        path, form = path.replace(mark, value), form.replace(mark, value)
    lines = [f"{'POST' if form else 'GET'} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    if form:
        lines.append(f"Content-Length: {len(form)}")
    return ("\r\n".join(lines) + "\r\n\r\n" + form).encode()


def main() -> None:
    """Ask, and say how it went."""
    port, seconds, clients = map(int, sys.argv[1:4])
    expected, number = int(os.environ["BENCH_STATUS"] or 0), int(os.environ["BENCH_FIRST"])
    waits: list[float] = []
    wrong = sample = broken = 0
    chosen = selectors.DefaultSelector()
    began = time.perf_counter()
    for _ in range(clients):
        line = Line(port)
        chosen.register(line.peer, selectors.EVENT_READ, line)
        line.send(request_of(number, sys.argv[4:]))
        number += 1
    while time.perf_counter() - began < seconds:
        for key, _ in chosen.select(timeout=1):
            line = key.data
            status = line.status()
            if status is None:
                continue
            if status == -1:
                broken += 1
                chosen.unregister(line.peer)
                line.__post_init__()
                chosen.register(line.peer, selectors.EVENT_READ, line)
            else:
                waits.append(time.perf_counter() - line.began)
                if expected and status != expected:
                    wrong, sample = wrong + 1, status
            line.send(request_of(number, sys.argv[4:]))
            number += 1
    counts = {"requests": len(waits), "micros": round((time.perf_counter() - began) * 1e6), "wrong": wrong}
    others = {"sample": sample, "broken": broken, "timeouts": 0, "last": number - 1}
    print("BENCH", json.dumps(counts | others | _percentiles(waits)))


def _percentiles(waits: list[float]) -> dict[str, int]:
    """In microseconds."""
    places = statistics.quantiles(waits, n=100) if len(waits) > 1 else (waits or [0.0]) * 99
    found = {"p50": places[49], "p95": places[94], "p99": places[98], "slowest": max(waits, default=0.0)}
    return {name: round(value * 1e6) for name, value in found.items()}


if __name__ == "__main__":
    main()
