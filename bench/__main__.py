"""`python -m bench`: pages a second against a constant answer of their size, and comments stored a second.

Both run under the same gunicorn settings and take turns. What counts is requests per second of the server's processor
time: the load comes from the same machine, and a busy one changes the wall clock but hardly that.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from bench.load import Ask, Round, get, measure
from tests.fire.people import FORM, form_values
from tests.site import Site, running_site

ROOT = Path(__file__).resolve().parent.parent
ARTICLE = "/articles/why-we-still-move-the-clocks"
OPEN = {"DAVIDSON_COMMENTS": "publish", "DAVIDSON_COMMENT_LIMIT": "", "DAVIDSON_COMMENT_MIN_SECONDS": "0"}


def main() -> None:
    """Measure and print a table in Markdown."""
    options = _options()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; {options.rounds} rounds, medians;")
    print(f"{options.requests} requests a round from {options.clients} kept connections, 2 workers of 4 threads\n")
    print("| what | requests / processor second | of the constant answer | requests / s | slowest, ms |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder, demo_site(Path(folder)) as site:
        for name, path in (("homepage", "/"), ("article, 22 comments", ARTICLE)):
            compare(name, path, site, Path(folder), options)
        hidden = form_values(site.get(ARTICLE).text, id_="comment-form")
        for clients in (1, options.clients):
            store(f"comment stored, {clients} at once", hidden, site, options, clients=clients)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=8)
    return parser.parse_args()


@contextmanager
def demo_site(folder: Path) -> Iterator[Site]:
    """The demo on the embedded store, durable as any site is."""
    instance = folder / "instance"
    command = [sys.executable, "-c", "from davidson.cli import main; main()", "demo"]
    environment = os.environ | {"DAVIDSON_INSTANCE": str(instance)}
    subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with running_site(None, instance, workers=2, **OPEN) as site:
        yield site


@contextmanager
def constant_server(body: bytes, folder: Path) -> Iterator[tuple[int, int]]:
    """A server of one answer under the site's gunicorn settings; gives its port and process group."""
    file = folder / "body"
    file.write_bytes(body)
    log = folder / "constant.log"
    arguments = ["-c", str(ROOT / "gunicorn.conf.py"), "-b", "127.0.0.1:0", "-w", "2", "bench.constant:app"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *arguments],
            cwd=ROOT,
            env=os.environ | {"BENCH_BODY": str(file), "DAVIDSON_INSTANCE": str(folder / "instance")},
            stderr=out,
            start_new_session=True,
        )
    try:
        yield _port_of(process, log), process.pid
    finally:
        process.terminate()
        process.wait(30)


def _port_of(process: "subprocess.Popen[bytes]", log: Path) -> int:
    while process.poll() is None:
        _, found, rest = log.read_text().partition("Listening at: http://127.0.0.1:")
        if found and "Booting worker" in rest:
            return int(rest.split()[0])
        time.sleep(0.05)
    raise RuntimeError(f"the constant answer did not start:\n{log.read_text()}")


def compare(name: str, path: str, site: Site, folder: Path, options: argparse.Namespace) -> None:
    """Measure a page of the site and a constant answer of its size in turns."""
    body = site.get(path).body
    with constant_server(body, folder) as (port, group):
        ours, bare = [], []
        for _ in range(options.rounds):
            ours.append(_round(site.port, site.process.pid, get(path), options))
            bare.append(_round(port, group, get("/"), options))
    ratio = statistics.median(a.per_cpu_second / b.per_cpu_second for a, b in zip(ours, bare, strict=True))
    _print(name, ours, f"{ratio:.3f}")
    _print(f"constant answer of {len(body):,} bytes", bare, "1")


def store(name: str, hidden: dict[str, str], site: Site, options: argparse.Namespace, *, clients: int) -> None:
    """Measure comments stored, each in a durable transaction of its own."""

    def ask(connection: HTTPConnection, number: int) -> None:
        words = f"Comment {number} at {time.perf_counter_ns()}, said in a few words as readers do."
        values = hidden | {"name": "Ada", "body": words}
        connection.request("POST", f"{ARTICLE}/comments", urlencode(values), FORM)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 303:
            raise RuntimeError(f"a comment was answered {answer.status}")

    rounds = [_round(site.port, site.process.pid, ask, options, clients=clients) for _ in range(options.rounds)]
    _print(name, rounds, "")


def _round(port: int, group: int, ask: Ask, options: argparse.Namespace, *, clients: int | None = None) -> Round:
    return measure(port, group, ask, requests=options.requests, clients=clients or options.clients)


def _print(name: str, rounds: list[Round], ratio: str) -> None:
    per_cpu = statistics.median(one.per_cpu_second for one in rounds)
    per_second = statistics.median(one.per_second for one in rounds)
    slowest = statistics.median(one.slowest for one in rounds) * 1000
    print(f"| {name} | {per_cpu:,.0f} | {ratio} | {per_second:,.0f} | {slowest:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
