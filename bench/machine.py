"""The machine: which core does what, what processes have spent and hold, and how busy it is. By Linux's /proc."""

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))
# What is measured runs on one core and the load on another; with a single core they share it, and the note says so.
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]


@dataclass(frozen=True)
class Memory:
    """What some processes hold, in bytes. `shared_out` counts a page that several share in parts (PSS)."""

    resident: int
    shared_out: int


@contextmanager
def on_core(*cores: int) -> Iterator[None]:
    """Run on that core, or those; a process that is started inside stays there, with all that it starts."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def processor_seconds(master: int) -> float:
    """What a process and all below it have spent so far, the dead among them too.

    gunicorn replaces its workers after some requests; what one that is gone has spent is found in the `cutime` and
    `cstime` of its parent alone (proc(5), /proc/PID/stat fields 14 to 17).
    """
    return sum(sum(map(int, _stat(pid)[11:15])) for pid in family(master)) / TICKS


def family(master: int) -> list[int]:
    """A process and all that descend from it."""
    below: dict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").glob("[0-9]*"):
        fields = _stat(int(folder.name))
        if fields:
            below[int(fields[1])].append(int(folder.name))
    found = [master]
    for pid in found:
        found += below[pid]
    return found


def _stat(pid: int) -> list[str]:
    """The fields after the name, the state first; none for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []


def memory(pids: list[int]) -> Memory:
    """What these processes hold together."""
    sums: dict[str, int] = defaultdict(int)
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
            name, kibibytes = line.split()[:2]
            sums[name] += int(kibibytes) * 1024
    return Memory(resident=sums["Rss:"], shared_out=sums["Pss:"])


def load_note() -> str:
    """How busy the machine was in the last minute, counted in processes that ran or wished to."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def processor_name() -> str:
    """What the processor calls itself."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
