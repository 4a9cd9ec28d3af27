"""What scoring a comment takes on each store, its reads included, in microseconds of processor time."""

import random
import statistics
import time
from contextlib import ExitStack
from itertools import pairwise

from sqlalchemy import Connection, create_engine, insert, text
from sqlalchemy.engine import URL, make_url

from bench.chart import Bar
from bench.machine import SERVER_CORE, on_core
from bench.options import Options
from bench.report import Report, Table
from bench.words import WORDS
from davidson.clock import utcnow
from davidson.comments.draft import Draft
from davidson.comments.facts import NewsroomWords, facts_about
from davidson.comments.lessons import STANDING, LearnedStanding, LearnedWeight
from davidson.comments.screening.features import BUCKETS, features_of
from davidson.comments.screening.folding import fold
from davidson.comments.screening.learned import learned_score
from davidson.database import engine_options, prepare_engine, reading
from davidson.text.markup import render_comment
from tests.conftest import migrate
from tests.postgresql import running_server, server_programs

CALLS = 100
FILLED = 20_000
LENGTHS = {"100 characters": 100, "500 characters": 500, "5,000 characters": 5_000}
HEADS = ("", "features", "reading facts and weights", "scoring", "together", "rendering its text", "of that")
NO_WORDS = NewsroomWords(None, (), ())


def run(options: Options) -> Report:
    """Take comments of three lengths apart, read their weights and score them, as the screening does."""
    report = Report("Scoring a comment", unit="processor µs, median", is_loaded=False)
    folder = options.folder / "screening"
    folder.mkdir()
    with ExitStack() as stack:
        urls = {"SQLite": make_url(f"sqlite:///{folder / 'davidson.db'}")}
        programs = server_programs()
        if programs:
            with on_core(SERVER_CORE):
                urls["PostgreSQL"] = make_url(stack.enter_context(running_server(programs, durable=False)))
        for kind, url in urls.items():
            migrate(url, folder / kind)
            measure_store(kind, url, report)
    report.notes.append(
        f"{CALLS} comments each; {FILLED:,} weights in the store. One statement reads those that count with the earlier"
        " comments (none here) and the bans. PostgreSQL's own time is not counted."
    )
    return report


def measure_store(kind: str, url: URL, report: Report) -> None:
    engine = create_engine(url, **engine_options(url))
    prepare_engine(engine)
    with engine.begin() as connection:
        _fill(connection)
    rows: dict[str, list[float]] = {}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    with reading(), engine.connect() as connection:
        for name, length in LENGTHS.items():
            rows[name] = _spent(connection, length)
    engine.dispose()
    table = Table(kind, HEADS, [[name, *_row(found)] for name, found in rows.items()])
    print(table.markdown())
    report.add(table, bars=[Bar(kind, name, found[3]) for name, found in rows.items()], raw=rows)


def _row(found: list[float]) -> list[str]:
    """The figures, and how much scoring is of what it takes to make HTML of the text."""
    return [*(f"{figure:.0f}" for figure in found), f"{found[3] / found[4]:.2f} \u00d7"]


def _fill(connection: Connection) -> None:
    step = BUCKETS // FILLED
    weights = [{"bucket": bucket * step, "weight": bucket % 1000 - 400} for bucket in range(FILLED)]
    connection.execute(insert(LearnedWeight), weights)
    connection.execute(insert(LearnedStanding), {"id": STANDING, "spam": 100, "ham": 100, "decisions": 200})


def _spent(connection: Connection, length: int) -> list[float]:
    """The medians of each step and of all of them, in microseconds."""
    picker = random.Random(length)
    texts = [" ".join(picker.choices(WORDS, k=length // 4))[:length] for _ in range(CALLS)]
    found = [_steps(connection, Draft("Ann Reader", one)) for one in texts]
    return [statistics.median(column) for column in zip(*found, strict=True)]


def _steps(connection: Connection, draft: Draft) -> list[float]:
    fold(draft.source)  # Other rules have folded the text already.
    moments = [time.thread_time()]
    features_of(draft.name, draft.source)
    moments.append(time.thread_time())
    facts = facts_about(
        connection,
        NO_WORDS,
        draft,
        article_id=1,
        sender="network",
        author_key=None,
        now=utcnow(),
        min_seconds=0,
        site_name="",
        trust_after=1,
    )
    moments.append(time.thread_time())
    learned_score(draft, facts)
    moments.append(time.thread_time())
    steps = [after - before for before, after in pairwise(moments)]
    began = time.thread_time()
    render_comment(draft.source)
    return [1e6 * seconds for seconds in (*steps, sum(steps), time.thread_time() - began)]
