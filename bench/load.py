"""Asking a server without pause from kept connections, and what its processes spent on the answers.

`wrk` asks where it is installed, for it needs little of a core; else a loop over sockets does, and the tables say so.
"""

import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.machine import LOAD_CORE, on_core, processor_seconds
from bench.sockets import ask_by_sockets
from bench.words import WORDS
from tests.site import Site

WRK = shutil.which("wrk")
SCRIPT = Path(__file__).with_name("wrk.lua")
# Of the requests, how many may meet a closing connection: a worker that is renewed closes those that it keeps.
MOST_BROKEN = 0.05
GENERATOR = "wrk" if WRK else "a loop over sockets"


@dataclass(frozen=True)
class Ask:
    """What is asked for: a GET, or with a `form` a POST. Each answer must have that status.

    `{number}` and `{words}`, in the path and the form of a POST, become the number of the request, from `first` on, and
    random words. `is_watched` False leaves the statuses in between unseen, where looking would slow the load.
    """

    path: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    form: str = ""
    first: int = 1
    is_watched: bool = True


@dataclass(frozen=True)
class Round:
    """One measurement: seconds of the wall and of the server's processors, latencies in milliseconds.

    `broken` counts connections that the server closed on a request, as it does when a worker is renewed; `last` is the
    number of the last request that was begun.
    """

    requests: int
    wall: float
    cpu: float
    p50: float
    p95: float
    p99: float
    slowest: float
    broken: int
    last: int

    @property
    def per_second(self) -> float:
        return self.requests / self.wall

    @property
    def per_cpu_second(self) -> float:
        return self.requests / self.cpu


class WrongAnswer(Exception):
    """An answer was not what was asked for; a measurement with it says nothing."""


def measure(server: Site, ask: Ask, *, seconds: int, clients: int) -> Round:
    """Ask for some seconds from that many connections. Raises WrongAnswer."""
    before = processor_seconds(server.process.pid)
    load = start_load(server, ask, seconds=seconds, clients=clients)
    output, faults = load.communicate(timeout=seconds + 120)
    spent = processor_seconds(server.process.pid) - before
    settle(server)
    return round_of(output, faults, cpu=spent)


def settle(server: Site, *, patience: float = 10) -> None:
    """Wait until the server rests: what the load left behind must not hinder the next one."""
    deadline, before = time.monotonic() + patience, -1.0
    while (now := processor_seconds(server.process.pid)) != before and time.monotonic() < deadline:
        before = now
        time.sleep(0.1)


def start_load(server: Site, ask: Ask, *, seconds: int, clients: int) -> "subprocess.Popen[str]":
    """Begin to ask, on the load's core."""
    variables = os.environ | {
        "BENCH_STATUS": str(ask.status) if ask.is_watched else "",
        "BENCH_FORM": ask.form,
        "BENCH_PATH": ask.path,
        "BENCH_FIRST": str(ask.first),
        "BENCH_WORDS": " ".join(WORDS),
    }
    headers = dict(ask.headers) | ({"Content-Type": "application/x-www-form-urlencoded"} if ask.form else {})
    command = ask_by_sockets(server.port, headers, seconds=seconds, clients=clients)
    if WRK:
        command = [WRK, "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "60s", "-s", str(SCRIPT)]
        command += [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        command.append(f"http://127.0.0.1:{server.port}{'/' if ask.form else ask.path}")
    with on_core(LOAD_CORE):
        return subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def round_of(output: str, faults: str, *, cpu: float) -> Round:
    """Read what the load said. Raises WrongAnswer where an answer was wrong, or there was none."""
    _, found, line = output.rpartition("BENCH ")
    if not found:
        raise WrongAnswer(f"{GENERATOR} failed: {output}{faults}")
    said = json.loads(line)
    too_many_broken = said["broken"] > said["requests"] * MOST_BROKEN
    if said["wrong"] or said["timeouts"] or too_many_broken or not said["requests"]:
        raise WrongAnswer(f"of {said['requests']} answers {said['wrong']} were wrong (one {said['sample']}): {line}")
    return Round(
        requests=said["requests"],
        wall=said["micros"] / 1e6,
        cpu=max(cpu, 1e-9),
        **{name: said[name] / 1000 for name in ("p50", "p95", "p99", "slowest")},
        broken=said["broken"],
        last=said["last"],
    )
