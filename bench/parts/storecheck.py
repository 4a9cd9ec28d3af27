"""What it costs to ask the store whether a kept page is still true, on each store, in microseconds."""

import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from bench.chart import Bar
from bench.machine import SERVER_CORE, on_core
from bench.options import Options
from bench.report import Report, Table
from davidson.database import engine_options, prepare_engine
from davidson.pagecache.freshness import freshness_for
from davidson.pagecache.store import Entry
from tests.conftest import migrate
from tests.postgresql import running_server, server_programs

TAGS = tuple(f"article:{number}" for number in range(20))
CALLS = 2_000
COUNT = """INSERT INTO page_version (tag, version) VALUES (:tag, 1)
ON CONFLICT (tag) DO UPDATE SET version = page_version.version + 1"""
HEADS = ("", "µs, median", "µs, p99", "processor µs here")


def run(options: Options) -> Report:
    """Ask each store for a page of twenty tags, with and without a commit of somebody else's before."""
    report = Report("Asking the store whether a page is true", unit="microseconds a page, median", is_loaded=False)
    folder = options.folder / "store-check"
    with ExitStack() as stack:
        urls = {"SQLite": make_url(f"sqlite:///{folder / 'davidson.db'}")}
        folder.mkdir()
        programs = server_programs()
        if programs:
            with on_core(SERVER_CORE):
                urls["PostgreSQL"] = make_url(stack.enter_context(running_server(programs, durable=True)))
        for kind, url in urls.items():
            migrate(url, folder / kind)
            measure_store(kind, url, report, options)
    report.notes.append(f"A page of {len(TAGS)} tags, {CALLS:,} times; PostgreSQL over a Unix socket.")
    return report


def measure_store(kind: str, url: URL, report: Report, options: Options) -> None:
    """Add a table of what it costs on that store, which is migrated and empty."""
    engine = create_engine(url, **engine_options(url))
    prepare_engine(engine)

    def count(tag: str) -> None:
        with engine.begin() as connection:
            connection.execute(text(COUNT), {"tag": tag})

    for tag in TAGS:
        count(tag)
    entry = Entry(b"page", "text/html", "/", TAGS, len(TAGS), float("inf"))
    freshness = freshness_for(url)
    is_current = lambda: freshness.is_current(entry)  # noqa: E731
    rows = {
        f"{kind}, nothing committed since": [_ask(is_current, lambda: None, CALLS) for _ in range(options.rounds)],
        f"{kind}, after another page's commit": [
            _ask(is_current, lambda: count("article:999"), CALLS // 10) for _ in range(options.rounds)
        ],
    }
    engine.dispose()
    medians = {name: [statistics.median(column) for column in zip(*found, strict=True)] for name, found in rows.items()}
    table = Table(kind, HEADS, [[name, *(f"{figure:.1f}" for figure in found)] for name, found in medians.items()])
    print(table.markdown())
    report.add(table, bars=[Bar(kind, name, found[0]) for name, found in medians.items()], raw=rows)


def _ask(is_current: Callable[[], bool], before: Callable[[], None], calls: int) -> tuple[float, float, float]:
    """Median and p99 of the wall, and the mean of this process's time, in microseconds. The page must stay true."""
    is_current()
    waits, spent = [], 0.0
    for _ in range(calls):
        before()
        began, cpu = time.perf_counter(), time.thread_time()
        if not is_current():
            raise RuntimeError("the page was found stale")
        spent += time.thread_time() - cpu
        waits.append((time.perf_counter() - began) * 1e6)
    return statistics.median(waits), statistics.quantiles(waits, n=100)[98], spent / calls * 1e6
