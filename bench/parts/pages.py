"""An article with 50 comments and the homepage: kept, unmodified, compressed and made anew, against all contestants."""

import gzip
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from bench.contestants.answers import Recorded, keep, recorded
from bench.contestants.tutorial.copying import copy_site
from bench.fill import fill_sqlite
from bench.load import Ask, WrongAnswer
from bench.options import Options
from bench.plan import Plan, slug_of
from bench.report import Report
from bench.rounds import Contestant, alternate, words_of
from bench.servers import NGINX, UNCACHED, UNRENEWED, davidson, gunicorn, nginx, serving
from tests.site import Answer, Site

ARTICLES = 1_000
PLAN = Plan(ARTICLES, busy=(50,), queue=0)
PAGES = {"Article with 50 comments": f"/articles/{slug_of(ARTICLES + 1)}", "Homepage": "/"}
CODINGS = ("identity", "gzip", "br", "zstd")
# Of the words of a page, how many the tutorial's must share: "Skip to content" and such may differ.
LEAST_ALIKE = 0.9
NOTES = f"""SQLite with {ARTICLES + 1:,} articles. The bare function and the Flask view give the site's bytes and \
headers; a second bare line has `Content-Type` and `Content-Length` alone.
The plain rendering (Flask-SQLAlchemy, Jinja, Flask-WTF; no cache, nothing compressed) shows the same text.
""".splitlines()


@dataclass(frozen=True)
class Servers:
    """Who answers."""

    site: Site
    uncached: Site
    bare: Site
    flask: Site
    tutorial: Site
    files: Site | None


def run(options: Options) -> Report:
    """Measure both pages in every coding."""
    report = Report("Pages")
    folder = options.folder / "pages"
    filled = fill_sqlite(folder / "instance", PLAN, quiet=True)
    tutorial = copy_site(Path(str(filled.url.database)), folder / "tutorial.db")
    with ExitStack() as stack:
        enter = stack.enter_context
        site = enter(davidson(filled.url, folder / "instance"))
        answers = {(page, coding): _answer(site, page, coding) for page in PAGES for coding in CODINGS}
        _record(site, answers, folder)
        variables = {"BENCH_ANSWERS": str(folder / "answers"), "BENCH_DATABASE_URL": tutorial}
        servers = Servers(
            site=site,
            uncached=enter(davidson(filled.url, folder / "instance", **UNCACHED)),
            bare=enter(gunicorn("bench.contestants.bare:app", folder, variables)),
            flask=enter(gunicorn("bench.contestants.flask_view:app", folder, variables)),
            tutorial=enter(gunicorn("bench.contestants.tutorial.serving:app", folder, variables)),
            files=enter(nginx(folder / "nginx", inside=serving(folder / "files"))) if NGINX else None,
        )
        for page in PAGES:
            _measure_page(report, servers, page, answers, options)
        others = {"bare": "bench.contestants.bare:app", "flask": "bench.contestants.flask_view:app"}
        started = {name: enter(gunicorn(module, folder, variables | UNRENEWED)) for name, module in others.items()}
        site = enter(davidson(filled.url, folder / "instance", **UNRENEWED))
        _measure_unrenewed(report, replace(servers, site=site, **started), answers, options)
    report.notes += NOTES
    if not NGINX:
        report.notes.append("nginx is not installed, so its lines are missing.")
    return report


def _answer(site: Site, page: str, coding: str) -> Answer:
    answer = site.get(PAGES[page], Accept_Encoding=coding)
    if answer.status != 200 or answer.headers.get("Content-Encoding", "identity") != coding:
        raise WrongAnswer(f"{page}: {answer.status}, {answer.headers.get('Content-Encoding')} for {coding}")
    return answer


def _place(page: str, kind: str) -> str:
    """Where the contestants give that answer."""
    return f"/{list(PAGES).index(page)}-{kind}.html"


def _record(site: Site, answers: dict[tuple[str, str], Answer], folder: Path) -> None:
    """Write down what the contestants are to answer, and files for nginx."""
    kept: dict[str, Recorded] = {}
    files = folder / "files"
    files.mkdir()
    for (page, coding), answer in answers.items():
        kept[_place(page, coding)] = recorded(answer)
        kept[_place(page, f"few-{coding}")] = recorded(answer, fewest=True)
        if coding == "identity":
            (files / _place(page, coding).lstrip("/")).write_bytes(answer.body)
        if coding == "gzip":
            plain = gzip.decompress(answer.body)
            (files / _place(page, coding).lstrip("/")).write_bytes(plain)
            (files / f"{_place(page, coding).lstrip('/')}.gz").write_bytes(answer.body)
    for page, path in PAGES.items():
        etag = answers[page, "identity"].headers["ETag"]
        unmodified = site.get(path, Accept_Encoding="identity", If_None_Match=etag)
        kept[_place(page, "304")] = recorded(unmodified)
    keep(kept, folder / "answers")


def _measure_page(
    report: Report, servers: Servers, page: str, answers: dict[tuple[str, str], Answer], options: Options
) -> None:
    for coding in CODINGS:
        print(f"{page}, {coding}")
        lines = alternate(_contestants(servers, page, coding, answers[page, coding]), options)
        report.compare(f"{page}, {coding}", lines)
        if coding == "identity":
            (uncached,) = (line for line in lines if "made anew" in line.name)
            (tutorial,) = (line for line in lines if "plain" in line.name)
            ratio = uncached.ratio_to(tutorial)
            report.notes.append(f"{page}: made anew, the site is {ratio:.2f} × the plain rendering.")
    print(f"{page}, 304")
    etag = {"Accept-Encoding": "identity", "If-None-Match": answers[page, "identity"].headers["ETag"]}
    contestants = [
        Contestant("site, unmodified", servers.site, Ask(PAGES[page], 304, etag)),
        Contestant("bare WSGI function", servers.bare, Ask(_place(page, "304"), 304, etag)),
        Contestant("Flask view", servers.flask, Ask(_place(page, "304"), 304, etag)),
        Contestant("site, 200", servers.site, Ask(PAGES[page], 200, {"Accept-Encoding": "identity"})),
    ]
    report.compare(f"{page}, 304", alternate(contestants, options))


def _measure_unrenewed(
    report: Report, servers: Servers, answers: dict[tuple[str, str], Answer], options: Options
) -> None:
    """What the answers alone cost, without the start of new workers."""
    page = next(iter(PAGES))
    for coding in ("identity", "gzip"):
        print(f"{page}, {coding}, workers never renewed")
        found = _kept(servers, page, coding, answers[page, coding])
        report.compare(f"{page}, {coding}, workers never renewed", alternate(found, options))


def _kept(servers: Servers, page: str, coding: str, answer: Answer) -> list[Contestant]:
    """The site, and who gives the same answer behind gunicorn."""
    accept = {"Accept-Encoding": coding}
    path, place = PAGES[page], _place(page, coding)
    return [
        Contestant("site, kept", servers.site, Ask(path, 200, accept), answer),
        Contestant("bare WSGI function", servers.bare, Ask(place, 200, accept), answer),
        Contestant("Flask view", servers.flask, Ask(place, 200, accept), answer),
    ]


def _contestants(servers: Servers, page: str, coding: str, answer: Answer) -> list[Contestant]:
    accept = {"Accept-Encoding": coding}
    path, place = PAGES[page], _place(page, coding)
    found = _kept(servers, page, coding, answer)
    if servers.files and coding in ("identity", "gzip"):
        # Looking at each status would slow the load down more than nginx itself.
        ask = Ask(place, 200, accept, is_watched=False)
        found.append(Contestant("nginx, a file", servers.files, ask, answer))
    if coding == "identity":
        few = Ask(_place(page, f"few-{coding}"), 200, accept)
        found.append(Contestant("bare WSGI function, fewest headers", servers.bare, few, answer))
        found.append(Contestant("site, made anew", servers.uncached, Ask(path, 200, accept), answer))
        found.append(_plain(servers, path, accept, answer))
    return found


def _plain(servers: Servers, path: str, accept: dict[str, str], answer: Answer) -> Contestant:
    """The tutorial's page. Raises WrongAnswer unless it shows nearly the same words."""
    plain = Contestant("plain Flask-SQLAlchemy and Jinja", servers.tutorial, Ask(path, 200, accept))
    check_alike(path, answer.text, plain.answer().text)
    return plain


def check_alike(path: str, ours: str, theirs: str) -> None:
    """Raise WrongAnswer unless two pages show nearly the same words."""
    here, there = Counter(words_of(ours)), Counter(words_of(theirs))
    shared = (here & there).total()
    if shared < LEAST_ALIKE * max(here.total(), there.total()):
        raise WrongAnswer(f"{path}: of {here.total()} and {there.total()} words only {shared} are the same")
