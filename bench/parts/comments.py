"""Comments stored durably on both stores, against a plain form and a bare INSERT, and what readers feel of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from bench.contestants.tutorial.copying import copy_site
from bench.fill import fill_postgresql, fill_sqlite
from bench.load import Ask, Round, WrongAnswer, round_of, start_load
from bench.machine import SERVER_CORE, on_core, processor_seconds
from bench.options import Options
from bench.plan import Plan, slug_of
from bench.report import Report, Table
from bench.rounds import Contestant, Line, alternate, with_first
from bench.servers import davidson, gunicorn
from tests.conftest import fresh_database
from tests.fire.people import form_values
from tests.postgresql import running_server, server_programs
from tests.site import Site

PLAN = Plan(1_000, busy=(50,), queue=0)
PATH = f"/articles/{slug_of(1_001)}"
WRITERS, READERS = 8, 8
MODES = ("hold-all", "publish")
NOTES = """Every comment is on the disk before its answer: SQLite with `synchronous=FULL`, a PostgreSQL of the bench's \
own with `fsync` and `synchronous_commit` on. What each store took was counted, and is what was answered.
The plain form has Flask-WTF's token in the session, bleach, the ORM and SQLite's defaults; it is on SQLite in both \
tables. The bare function inserts and commits one row in the same kind of store.
The time that PostgreSQL's own processes spent is not the server's; it is named by itself.""".splitlines()


@dataclass(frozen=True)
class Taker:
    """A contestant that takes comments, and how many its store has."""

    contestant: Contestant
    stored: Callable[[], int]


def run(options: Options) -> Report:
    """Measure SQLite, and PostgreSQL where its server is installed."""
    report = Report("Comments stored", unit="comments per second of the server's processor time")
    report.notes += NOTES
    folder = options.folder / "comments"
    with ExitStack() as stack:
        _measure_store("SQLite", _sqlite(folder / "sqlite"), None, report, options, stack)
    programs = server_programs()
    if programs is None:
        report.notes.append("PostgreSQL is not installed, so its tables are missing.")
        return report
    with ExitStack() as stack:
        with on_core(SERVER_CORE):
            server = make_url(stack.enter_context(running_server(programs, durable=True)))
        master = int((Path(str(server.query["host"])) / "data" / "postmaster.pid").read_text().split()[0])
        instance = folder / "postgresql" / "instance"
        filled = fill_postgresql(fresh_database(server, "paper"), instance, PLAN, quiet=True)
        _measure_store("PostgreSQL", (filled.url, instance), master, report, options, stack)
    return report


def _sqlite(folder: Path) -> tuple[URL, Path]:
    return fill_sqlite(folder / "instance", PLAN, quiet=True).url, folder / "instance"


def _measure_store(
    kind: str, store: tuple[URL, Path], master: int | None, report: Report, options: Options, stack: ExitStack
) -> None:
    url, instance = store
    folder = instance.parent
    sites = {mode: stack.enter_context(davidson(url, instance, DAVIDSON_COMMENTS=mode)) for mode in MODES}
    takers = [_site(mode, site, url) for mode, site in sites.items()]
    plain_store = options.folder / "comments" / "sqlite" / "instance" / "davidson.db"
    takers.append(_plain(copy_site(plain_store, folder / "tutorial.db"), folder, stack))
    takers.append(_bare(url, folder, stack))
    for clients in (1, options.clients):
        title = f"{kind}, {clients} at once"
        print(title)
        report.compare(title, _counted(takers, clients, options, master, report, kind))
    print(f"{kind}, readers beside {WRITERS} writers")
    _beside_readers(kind, sites["hold-all"], takers, report, options)


def _counted(
    takers: list[Taker], clients: int, options: Options, master: int | None, report: Report, kind: str
) -> list[Line]:
    """Let all take comments in turn, and hold what was answered against what was stored."""
    answered = dict.fromkeys((taker.contestant.name for taker in takers), 0)
    turns = options.rounds + 1

    def following(one: Contestant, done: Round) -> Contestant:
        answered[one.name] += done.requests
        return with_first(one, done, spare=clients)

    before = [taker.stored() for taker in takers]
    spent = processor_seconds(master) if master else 0.0
    lines = alternate([replace(one.contestant, clients=clients) for one in takers], options, following=following)
    for taker, had in zip(takers, before, strict=True):
        name, stored = taker.contestant.name, taker.stored() - had
        # Each connection may have had one more under way when the time was over.
        if not answered[name] <= stored <= answered[name] + turns * clients:
            raise WrongAnswer(f"{name} answered {answered[name]} comments and stored {stored}")
    if master:
        spent = processor_seconds(master) - spent
        report.notes.append(f"{kind}, {clients} at once: its own processes spent {spent:.1f} s in all turns together.")
    return lines


def _site(mode: str, site: Site, url: URL) -> Taker:
    hidden = form_values(site.get(PATH).text, id_="comment-form")
    values = {name: value for name, value in hidden.items() if name not in ("name", "body")} | {"name": "Ada"}
    ask = Ask(f"{PATH}/comments", 303, {}, f"{urlencode(values)}&body={{words}}+{{number}}")
    return Taker(Contestant(f"site, {mode}", site, ask), partial(_count, url, f"comment WHERE id > 0 AND {_is(mode)}"))


def _is(mode: str) -> str:
    """What becomes of this bench's comments: the rest of them is the other site's."""
    return "status = 'pending'" if mode == "hold-all" else "status = 'approved'"


def _plain(url: str, folder: Path, stack: ExitStack) -> Taker:
    variables = {"BENCH_DATABASE_URL": url}
    server = stack.enter_context(gunicorn("bench.contestants.tutorial.serving:app", folder, variables))
    page = server.get(PATH)
    cookie = str(page.headers["Set-Cookie"]).partition(";")[0]
    values = form_values(page.text, id_="comment-form") | {"name": "Ada", "email": ""}
    ask = Ask(f"{PATH}/comments", 303, {"Cookie": cookie}, f"{urlencode(values)}&body={{words}}+{{number}}")
    return Taker(Contestant("plain form (SQLite's defaults)", server, ask), partial(_count, make_url(url), "comment"))


def _bare(url: URL, folder: Path, stack: ExitStack) -> Taker:
    variables = {"BENCH_DATABASE_URL": url.render_as_string(hide_password=False)}
    server = stack.enter_context(gunicorn("bench.contestants.bare_insert:app", folder, variables))
    ask = Ask("/", 303, {}, "name=Ada&body={words}+{number}")
    server.request("POST", "/", "name=Ada&body=first")
    return Taker(Contestant("bare WSGI function, one INSERT", server, ask), partial(_count, url, "bare"))


def _count(url: URL, what: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        found: int = connection.execute(text(f"SELECT count(*) FROM {what}")).scalar_one()
    engine.dispose()
    return found


def _beside_readers(kind: str, site: Site, takers: list[Taker], report: Report, options: Options) -> None:
    """Readers of the article and writers to it at the same time, and readers alone to compare."""
    reading, rows = Ask(PATH, 200, {"Accept-Encoding": "gzip"}), []
    taker = next(taker for taker in takers if taker.contestant.server is site)
    writing = replace(taker.contestant.ask, first=1_000_000_000)
    raw = []
    for turn in range(options.rounds):
        for writers in (0, WRITERS):
            with _writing(site, writing, writers, options) as first:
                load = start_load(site, reading, seconds=options.seconds, clients=READERS)
                done = round_of(*load.communicate(timeout=120), cpu=1)
                writing = replace(writing, first=first)
            raw.append({"turn": turn, "writers": writers, "p99": done.p99, "p95": done.p95, "p50": done.p50})
            raw[-1]["per_second"] = done.per_second
    for writers in (0, WRITERS):
        chosen = [one for one in raw if one["writers"] == writers]
        middle = [sorted(one[name] for one in chosen)[len(chosen) // 2] for name in ("per_second", "p50", "p95", "p99")]
        rows.append([f"{READERS} readers beside {writers} writers", *(f"{figure:,.1f}" for figure in middle)])
        print(f"  {rows[-1]}")
    heads = ("", "pages / s", "p50 ms", "p95 ms", "p99 ms")
    report.add(Table(f"{kind}, readers at the same time", heads, rows), raw=raw)


@contextmanager
def _writing(site: Site, ask: Ask, writers: int, options: Options) -> Iterator[int]:
    """Write while the block reads; gives the number that the next writers begin with."""
    if not writers:
        yield ask.first
        return
    load = start_load(site, ask, seconds=options.seconds + 1, clients=writers)
    yield ask.first + 1_000_000
    round_of(*load.communicate(timeout=120), cpu=1)
