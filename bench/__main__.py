"""`python -m bench [PART ...]`: measure the site against others on this machine, all parts or those that are named.

Each part writes a table, a chart and the raw figures to bench/results/. The figure that counts is requests per second
of the server's processor time, as ratios within one run: the load comes from the same machine, and whatever else the
machine does changes the wall clock but hardly that. `python -m bench fill N FOLDER` makes a store with N articles.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.engine import make_url

from bench.fill import fill_postgresql, fill_sqlite
from bench.machine import LOAD_CORE, on_core
from bench.options import Options
from bench.parts import comments, edge, growth, lighthouse, pages, screening, start, storecheck
from bench.plan import Plan
from bench.report import Report

PARTS: dict[str, Callable[[Options], Report]] = {
    "pages": pages.run,
    "edge": edge.run,
    "comments": comments.run,
    "growth": growth.run,
    "start": start.run,
    "store-check": storecheck.run,
    "lighthouse": lighthouse.run,
    "screening": screening.run,
}
RESULTS = Path(__file__).with_name("results")


def main() -> None:
    """Measure, or fill a store."""
    if sys.argv[1:2] == ["fill"]:
        return _fill(sys.argv[2:])
    arguments = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="davidson-bench-", dir=arguments.scratch))
    options = Options(
        folder=folder,
        results=arguments.results,
        rounds=arguments.rounds,
        seconds=arguments.seconds,
        clients=arguments.clients,
        sizes=arguments.sizes,
        stores=arguments.stores,
    )
    below: list[str] = []
    os.umask(0o022)
    try:
        with on_core(LOAD_CORE):
            for name in arguments.parts or PARTS:
                print(f"\n{name}", flush=True)
                report = PARTS[name](options)
                print(f"written to {report.write(name, options)}", flush=True)
                below += report.below
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if below:
        sys.exit("\n".join(below))
    return None


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all of them if none is named")
    parser.add_argument("--rounds", type=int, default=3, help="how often each takes its turn (3)")
    parser.add_argument("--seconds", type=int, default=2, help="how long a turn lasts (2)")
    parser.add_argument("--clients", type=int, default=32, help="connections that ask at once (32)")
    parser.add_argument("--sizes", type=_sizes, default=(1_000, 100_000), help="articles, for growth (1000,100000)")
    parser.add_argument("--stores", type=Path, help="a folder where growth keeps its filled stores for the next run")
    parser.add_argument("--scratch", type=Path, help="where there is room for stores that are thrown away")
    parser.add_argument("--results", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; choose from {', '.join(PARTS)}")
    return arguments


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(part.replace("_", "")) for part in text.split(",")))


def _fill(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench fill")
    parser.add_argument("articles", type=int)
    parser.add_argument("folder", type=Path, help="becomes an instance folder, with the store in it if that is SQLite")
    parser.add_argument("--url", type=make_url, help="an empty database of PostgreSQL to fill instead")
    parser.add_argument("--queue", type=int, default=Plan.queue, help="comments that wait for a moderator")
    chosen = parser.parse_args(arguments)
    plan = Plan(chosen.articles, queue=chosen.queue)
    url = chosen.url and chosen.url.set(drivername="postgresql+psycopg")
    filled = fill_postgresql(url, chosen.folder, plan) if url else fill_sqlite(chosen.folder, plan)
    print(f"{filled.plan.articles:,} articles in {filled.seconds:.0f} s, {filled.size / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
