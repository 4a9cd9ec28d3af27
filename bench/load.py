"""Clients that ask a server without pause, and what the server's processes spent on it."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Round:
    """One measurement: how many requests, in how many seconds of the wall and of the server's processors."""

    requests: int
    wall: float
    cpu: float
    slowest: float

    @property
    def per_second(self) -> float:
        return self.requests / self.wall

    @property
    def per_cpu_second(self) -> float:
        return self.requests / self.cpu


Ask = Callable[[HTTPConnection, int], None]
"""Sends request number N on a kept connection and reads its answer, or raises."""


def measure(port: int, group: int, ask: Ask, *, requests: int, clients: int) -> Round:
    """Let `clients` threads share `requests`; `group` is the process group of the server."""
    numbers = iter(range(requests))
    lock = threading.Lock()
    slowest = [0.0] * clients
    faults: list[BaseException] = []

    def run(place: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None or faults:
                return
            began = time.perf_counter()
            try:
                ask(connection, number)
            except BaseException as fault:
                faults.append(fault)
                return
            slowest[place] = max(slowest[place], time.perf_counter() - began)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(clients)]
    before, began = processor_seconds(group), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return Round(requests, time.perf_counter() - began, processor_seconds(group) - before, max(slowest))


def processor_seconds(group: int) -> float:
    """What the processes of a group have spent so far, by Linux's /proc."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(") ")[2].split()
        except OSError:
            continue  # It ended while we looked.
        if int(fields[2]) == group:
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def get(path: str) -> Ask:
    """Ask for a page and insist that it comes."""

    def ask(connection: HTTPConnection, number: int) -> None:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")

    return ask
