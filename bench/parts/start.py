"""Cold start to the first page, and the memory of two workers at rest and after load, against the plain rendering."""

import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from bench.chart import Bar
from bench.contestants.tutorial.copying import copy_site
from bench.fill import fill_sqlite
from bench.load import Ask, measure, settle
from bench.machine import Memory, family, memory, processor_seconds
from bench.options import Options
from bench.plan import Plan, slug_of
from bench.report import Report, Table
from bench.servers import UNRENEWED, davidson, gunicorn
from tests.conftest import ROOT
from tests.site import Site

PLAN = Plan(1_000, busy=(50,), queue=0)
PATH = f"/articles/{slug_of(1_001)}"
CLIENTS = 8
# The site's own gunicorn.conf.py loads the site's package, which the plain one has not.
PLAIN_CONF = ROOT / "bench" / "contestants" / "plain.conf.py"
PLAIN_APP = "bench.contestants.tutorial.serving:app"
HEADS = ("", "s to the first page", "processor s to it", "processor s until all rest")
MEMORY_HEADS = ("", "PSS at rest, MB", "RSS at rest, MB", "PSS after load, MB", "RSS after load, MB")

Starting = Callable[[], AbstractContextManager[Site]]


@dataclass(frozen=True)
class Start:
    """One start: seconds of the wall and of processors, and what two workers hold together."""

    wall: float
    cpu: float
    cpu_at_rest: float
    rest: Memory
    loaded: Memory


def run(options: Options) -> Report:
    """Start both in turn, as often as there are rounds."""
    report = Report("Start and memory", unit="MB of two workers together (PSS), and milliseconds to the first page")
    folder = options.folder / "start"
    filled = fill_sqlite(folder / "instance", PLAN, quiet=True)
    tutorial = {"BENCH_DATABASE_URL": copy_site(Path(str(filled.url.database)), folder / "tutorial.db")}
    starting: dict[str, Starting] = {
        "site": partial(davidson, filled.url, folder / "instance", **UNRENEWED),
        "plain rendering": partial(gunicorn, PLAIN_APP, folder, tutorial | UNRENEWED, conf=PLAIN_CONF),
    }
    for start in starting.values():
        _start(start, options, load=False)  # The first one compiles what Python keeps on disk.
    starts: dict[str, list[Start]] = {name: [] for name in starting}
    for _ in range(options.rounds):
        for name, start in starting.items():
            starts[name].append(_start(start, options, load=True))
            print(f"  {name}: {starts[name][-1]}")
    report.notes.append(
        "Two workers each; the first page is the article with 50 comments. PSS counts shared memory once. The plain"
        " rendering has gunicorn's settings from a file of its own, for the site's loads the site's package."
    )
    _tell(report, starts)
    return report


def _start(start: Starting, options: Options, *, load: bool) -> Start:
    began = time.perf_counter()
    with start() as site:
        answer = site.get(PATH)
        wall, cpu = time.perf_counter() - began, processor_seconds(site.process.pid)
        if answer.status != 200:
            raise RuntimeError(f"{PATH} is {answer.status}")
        settle(site)
        cpu_at_rest, rest = processor_seconds(site.process.pid), memory(family(site.process.pid)[1:])
        for path in ("/", PATH) if load else ():
            measure(site, Ask(path), seconds=options.seconds, clients=CLIENTS)
        return Start(wall, cpu, cpu_at_rest, rest, memory(family(site.process.pid)[1:]))


def _tell(report: Report, starts: dict[str, list[Start]]) -> None:
    middle = {
        name: [statistics.median(column) for column in zip(*map(_figures, found), strict=True)]
        for name, found in starts.items()
    }
    ours, theirs = middle.values()
    middle["site of plain, ×"] = [a / b for a, b in zip(ours, theirs, strict=True)]
    raw = {name: [asdict(one) for one in found] for name, found in starts.items()}
    timed = [[name, *(f"{figure:.2f}" for figure in figures[:3])] for name, figures in middle.items()]
    bars = [Bar("ms to the first page", name, middle[name][0] * 1000) for name in starts]
    report.add(Table("Cold start", HEADS, timed), bars=bars, raw=raw)
    held = [[name, *(f"{figure:.2f}" for figure in figures[3:])] for name, figures in middle.items()]
    for place, when in ((3, "at rest"), (5, "after load")):
        report.bars += [Bar(f"MB {when}", name, middle[name][place]) for name in starts]
    report.add(Table("Memory of two workers", MEMORY_HEADS, held))


def _figures(start: Start) -> tuple[float, ...]:
    held = [size / 1e6 for one in (start.rest, start.loaded) for size in (one.shared_out, one.resident)]
    return start.wall, start.cpu, start.cpu_at_rest, *held
