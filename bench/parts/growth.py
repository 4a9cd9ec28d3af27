"""What a page costs in a small newspaper and in a big one, nothing kept: rates, and statements to the store."""

import io
import json
import time
from collections.abc import Callable
from contextlib import ExitStack, closing, redirect_stderr
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy.engine import URL, make_url

from bench.chart import Bar
from bench.fill import Filled, fill_sqlite
from bench.further import EVERY, add_changes, count_days
from bench.load import Ask
from bench.options import Options
from bench.plan import Plan, slug_of
from bench.report import Report, Table
from bench.rounds import Contestant, alternate, with_first
from bench.searches import COMMON, QUERIES
from bench.servers import OPEN, UNCACHED, davidson
from bench.words import WORDS
from davidson import create_app
from davidson.config import settings_from
from davidson.database import db
from davidson.sqlite import sqlite_driver
from davidson.web.paging import Cursor
from tests.conftest import environment, migrate, run_davidson
from tests.counting import queries_of
from tests.fire.people import FORM, Moderator
from tests.pages import parse
from tests.site import Site

EMAIL, PASSWORD = "admin@example.org", "four quiet herons wade"
DEEP, PER_PAGE = 5_000, 20
BEFORE_PAGE = """SELECT published_at, id FROM article WHERE section_id = 1
ORDER BY published_at DESC, id DESC LIMIT 1 OFFSET ?"""
MIDDLE = "SELECT place FROM article_words WHERE article_id = ?"
MIDDLE_CORRECTION = """SELECT created_at, article_id FROM revision
WHERE kind = 'correction' AND article_id = ?"""
COMMENT = "SELECT max(id) FROM comment WHERE article_id = ? AND status = 'approved'"
CLIENTS, MODERATORS, MANY = 8, 2, 50
SEARCHERS = 2  # Of one sender, a process answers one search at a time and lets one wait.
# An answer that takes so long is measured for as long as it takes to have some of them.
SLOW, PATIENCE = 0.1, 60


@dataclass(frozen=True)
class Paper:
    """A newspaper of some size, the site on it and a moderator who is signed in there."""

    filled: Filled
    instance: Path
    site: Site
    moderator: Moderator

    @property
    def plan(self) -> Plan:
        return self.filled.plan

    def ask(self, question: str, *values: object) -> tuple[object, ...]:
        """The first row that the store answers."""
        with closing(sqlite_driver.connect(self.filled.url.database)) as connection:
            found: tuple[object, ...] = connection.execute(question, values).fetchone()
        return found


Surface = Callable[[Paper], Ask]


def run(options: Options) -> Report:
    """Measure each surface at each size, the sizes taking turns."""
    report = Report("Growth")
    with ExitStack() as stack:
        papers = [_paper(size, options, stack) for size in options.sizes]
        report.notes += [_told(paper.filled) for paper in papers]
        report.notes.append(f"{CLIENTS} connections, {MODERATORS} for decisions and searches; DAVIDSON_PAGE_MEMORY=0.")
        rows, raw = [], {}
        for name, surface in SURFACES.items():
            print(name)
            row, figures = _measure(name, surface, papers, options, report)
            rows.append(row)
            raw[name] = figures
    sizes = [f"{size:,}" for size in options.sizes]
    heads = ("", *(f"requests / processor s at {size}" for size in sizes), f"at {sizes[-1]} of {sizes[0]}")
    more = (*(f"statements at {size}" for size in sizes), *(f"p99 ms at {size}" for size in sizes))
    report.add(Table("SQLite, by the number of articles", (*heads, *more), rows), raw=raw)
    return report


def _paper(size: int, options: Options, stack: ExitStack) -> Paper:
    folder = (options.stores or options.folder / "growth") / str(size)
    instance = folder / "instance"
    filled = _kept(folder, size) or _filled(folder, size)
    count_days(filled)
    add_changes(filled)
    site = stack.enter_context(davidson(filled.url, instance, **UNCACHED))
    return Paper(filled, instance, site, Moderator(site, EMAIL, PASSWORD))


def _filled(folder: Path, size: int) -> Filled:
    filled = fill_sqlite(folder / "instance", Plan(size), quiet=size < 500_000)
    print(_told(filled), flush=True)
    arguments = ("staff", "add", EMAIL, "--role", "admin", "--password-stdin")
    run_davidson(*arguments, url=filled.url, instance=folder / "instance", stdin=PASSWORD, check=True)
    told = {"seconds": filled.seconds, "size": filled.size, "plan": asdict(filled.plan)}
    (folder / "filled.json").write_text(json.dumps(told))
    return filled


def _kept(folder: Path, size: int) -> Filled | None:
    """The store of an earlier run, brought up to date."""
    file = folder / "filled.json"
    if not file.exists():
        return None
    told = json.loads(file.read_text())
    url: URL = make_url(f"sqlite:///{folder / 'instance' / 'davidson.db'}")
    migrate(url, folder / "instance")
    return Filled(url, Plan(size), told["seconds"], told["size"])


def _told(filled: Filled) -> str:
    plan = filled.plan
    comments = plan.first_pending - 1 + plan.queue
    size = f"{plan.articles:,} articles with {comments:,} comments, {plan.queue:,} of them pending"
    return f"{size}: filled in {filled.seconds:,.0f} s, {filled.size / 1e6:,.0f} MB."


def _measure(
    name: str, surface: Surface, papers: list[Paper], options: Options, report: Report
) -> tuple[list[str], dict[str, object]]:
    asks = [surface(paper) for paper in papers]
    statements = [_statements(paper, ask) for paper, ask in zip(papers, asks, strict=True)]
    asks = [replace(ask, first=ask.first + 2) if ask.form else ask for ask in asks]
    contestants = [_contestant(paper, ask, options) for paper, ask in zip(papers, asks, strict=True)]
    lines = alternate(contestants, options, following=lambda one, done: with_first(one, done, spare=MODERATORS + 1))
    rates = [line.median("per_cpu_second") for line in lines]
    report.bars += [Bar(name, line.name, rate) for line, rate in zip(lines, rates, strict=True)]
    waits = [f"{line.median('p99'):,.0f}" for line in lines]
    row = [name, *(f"{rate:,.1f}" for rate in rates), f"{lines[-1].ratio_to(lines[0]):.2f} ×"]
    raw: dict[str, object] = {line.name: [asdict(one) for one in line.rounds] for line in lines}
    return [*row, *map(str, statements), *waits], raw | {"statements": statements}


def _contestant(paper: Paper, ask: Ask, options: Options) -> Contestant:
    """One connection after the other, where a single answer takes very long."""
    clients = MODERATORS if ask.form else SEARCHERS if ask.path.startswith("/search") else CLIENTS
    seconds = options.seconds
    if not ask.form:
        began = time.monotonic()
        paper.site.request("GET", ask.path, headers=ask.headers)
        took = time.monotonic() - began
        if took > SLOW:
            clients, seconds = 2, min(PATIENCE, max(seconds, round(took * 10)))
    return Contestant(f"{paper.plan.articles:,} articles", paper.site, ask, clients=clients, seconds=seconds)


def _statements(paper: Paper, ask: Ask) -> int:
    """How many statements one request costs, asked of an application in this process; a first one warms it up."""
    settings = settings_from(environment(paper.filled.url, paper.instance, **OPEN | UNCACHED))
    with redirect_stderr(io.StringIO()):
        app = create_app(settings)
        client = app.test_client(use_cookies=False)
        for number in (ask.first, ask.first + 1):
            path, form = (text.replace("{number}", str(number)) for text in (ask.path, ask.form))
            with queries_of(app) as statements:
                if form:
                    answer = client.post(path, data=form, headers=ask.headers | FORM)
                else:
                    answer = client.get(path, headers=ask.headers)
            if answer.status_code != ask.status:
                raise RuntimeError(f"{path} is {answer.status_code}")
    with app.app_context():
        db.engine.dispose()
    return len(statements)


def _article(place: int, query: str = "") -> Surface:
    """One of the articles with many comments."""
    return lambda paper: Ask(f"/articles/{slug_of(paper.plan.articles + 1 + place)}{query}")


def _last_page(paper: Paper) -> Ask:
    """The last page of the longest discussion: of each four comments there, one answers another."""
    threads = paper.plan.busy[-1] * 3 // 4
    return _article(len(paper.plan.busy) - 1, f"?page={-(-threads // 50)}")(paper)


def _deep_page(paper: Paper) -> Ask:
    """Page 5,000 of a section, or its last but one where it has not so many."""
    (number,) = paper.ask("SELECT count(*) FROM article WHERE section_id = 1")
    page = max(2, min(DEEP, int(str(number)) // PER_PAGE))
    at, article = paper.ask(BEFORE_PAGE, (page - 1) * PER_PAGE - 1)
    return Ask(f"/sections/world?before={Cursor(datetime.fromisoformat(f'{at}+00:00'), int(str(article)))}")


def _deep_search(paper: Paper) -> Ask:
    """A later page of a common word: the articles of the older half."""
    (place,) = paper.ask(MIDDLE, paper.plan.articles // 2)
    return Ask(f"/search?q={COMMON}&order=newest&before=0.{place}")


def _day(length: int) -> Surface:
    """The archive's page of a day, or of its month, by as much of its date."""

    def ask(paper: Paper) -> Ask:
        (at,) = paper.ask("SELECT published_at FROM article WHERE id = ?", paper.plan.articles // 2)
        return Ask(f"/archive/{str(at)[:length]}")

    return ask


def _older_corrections(paper: Paper) -> Ask:
    """The corrections of the older half."""
    at, article = paper.ask(MIDDLE_CORRECTION, paper.plan.articles // (2 * EVERY) * EVERY)
    return Ask(f"/corrections?before={Cursor(datetime.fromisoformat(f'{at}+00:00'), int(str(article)))}")


def _permalink(paper: Paper) -> Ask:
    """The way to the last comment of the longest discussion, which leads to its page."""
    article = paper.plan.articles + len(paper.plan.busy)
    (comment,) = paper.ask(COMMENT, article)
    return Ask(f"/articles/{slug_of(article)}/comments/{comment}", 302)


def _staff(path: str) -> Surface:
    """A page of the desk."""
    return lambda paper: Ask(path, headers={"Cookie": paper.moderator.cookie})


def _from_one_network(paper: Paper) -> Ask:
    """What waits from the network of the comment at the head of the queue, by the link below its card."""
    queue = paper.site.get("/staff/moderation/", Cookie=paper.moderator.cookie).text
    links = [link.attributes["href"] for link in parse(queue).all(".queue-like a")]
    return _staff(next(link for link in links if "network=" in link))(paper)


def _decision(paper: Paper) -> Ask:
    """Approve what waits, one comment after the other, behind all that an earlier run decided."""
    (last,) = paper.ask("SELECT max(id) FROM comment WHERE status <> 'pending'")
    values = {"csrf_token": paper.moderator.token, "version": "1", "decision": "approve"}
    headers = {"Cookie": paper.moderator.cookie, "Sec-Fetch-Site": "same-origin"}
    path = "/staff/moderation/comments/{number}"
    return Ask(path, 303, headers, urlencode(values), first=int(str(last)) + MODERATORS + 2)


def _decision_on_many(paper: Paper) -> Ask:
    """Reject fifty that wait at once, and then the next: of each hundred the first fifty, by their ids."""
    (last,) = paper.ask("SELECT max(id) FROM comment WHERE status <> 'pending'")
    picked = [f"{{number}}{place:02}:1" for place in range(MANY)]
    values = {"csrf_token": paper.moderator.token, "tab": "pending", "decision": "reject", "reason": "off-topic"}
    headers = {"Cookie": paper.moderator.cookie, "Sec-Fetch-Site": "same-origin"}
    form = "&".join((urlencode(values), *(f"picked={each}" for each in picked)))
    return Ask("/staff/moderation/bulk", 303, headers, form, first=int(str(last)) // 100 + 2)


SURFACES: dict[str, Surface] = {
    "homepage": lambda _: Ask("/"),
    "article with 50 comments": _article(0),
    "article with 10,000 comments, first page": _article(1),
    "article with 10,000 comments, last page": _last_page,
    "section, page 1": lambda _: Ask("/sections/world"),
    "section, page 5,000 or its last": _deep_page,
    **{name: lambda _, query=query: Ask(f"/search?{query}") for name, query in QUERIES.items()},
    "search, a common word, the older half": _deep_search,
    "archive, a day in the middle": _day(10),
    "archive, a month in the middle": _day(7),
    "archive, all months": lambda _: Ask("/archive"),
    "corrections, page 1": lambda _: Ask("/corrections"),
    "corrections, the older half": _older_corrections,
    "history of 100 changes": _article(1, "/history"),
    "feed of 10,000 comments": _article(1, "/comments.atom"),
    "permalink among 10,000 comments": _permalink,
    "figures for readers": lambda _: Ask("/about/moderation"),
    "the front's desk": _staff("/staff/newsroom/front"),
    "the newsroom's list of articles": _staff("/staff/newsroom/"),
    "queue of 100,000": _staff("/staff/moderation/"),
    "queue, one section": _staff("/staff/moderation/?section=world"),
    "queue, one network": _from_one_network,
    "queue, words in the text": _staff(f"/staff/moderation/?{urlencode({'q': ' '.join(WORDS[7:9])})}"),
    "refused for one reason": _staff("/staff/moderation/?status=rejected&reason=abuse"),
    "decided tab": _staff("/staff/moderation/?status=approved"),
    "figures of a year for moderators": _staff("/staff/moderation/figures?days=365"),
    "audit log": _staff("/staff/audit"),
    "audit log, one kind of act": _staff("/staff/audit?action=comment.reject"),
    "decision": _decision,
    "decision on 50": _decision_on_many,
}
