"""Kept pages that nginx answers by itself, by deploy/nginx.conf, against nginx serving the same bytes as a file."""

import gzip
import re
from contextlib import ExitStack
from pathlib import Path

from bench.fill import fill_sqlite
from bench.load import Ask, WrongAnswer
from bench.options import Options
from bench.parts.pages import PAGES, PLAN
from bench.report import Report
from bench.rounds import Contestant, alternate
from bench.servers import NGINX, davidson, nginx, serving
from tests.conftest import ROOT
from tests.site import Answer, Site

HOST = {"Host": "news.example.org"}


def run(options: Options) -> Report:
    """Measure both pages, plain and compressed."""
    report = Report("The edge")
    if not NGINX:
        report.notes.append("nginx is not installed.")
        return report
    folder = options.folder / "edge"
    filled = fill_sqlite(folder / "instance", PLAN, quiet=True)
    edge = folder / "pages"
    with ExitStack() as stack:
        enter = stack.enter_context
        site = enter(davidson(filled.url, folder / "instance", DAVIDSON_EDGE=str(edge)))
        around, inside = _words(site, edge)
        front = enter(nginx(folder / "front", around=around, inside=inside))
        answers = {(page, coding): _kept(front, path, coding) for page, path in PAGES.items() for coding in CODINGS}
        files = folder / "files"
        _write(answers, files)
        plain = enter(nginx(folder / "plain", inside=serving(files)))
        for page, path in PAGES.items():
            for coding in CODINGS:
                print(f"{page}, {coding}")
                headers = {"Accept-Encoding": coding}
                expected, place = answers[page, coding], f"/{list(PAGES).index(page)}.html"
                lines = alternate(
                    [
                        Contestant("the edge", front, Ask(path, 200, headers | HOST, is_watched=False), expected),
                        Contestant("nginx, a file", plain, Ask(place, 200, headers, is_watched=False), expected),
                    ],
                    options,
                )
                report.compare(f"{page}, {coding}", lines)
    report.notes.append("Both without TLS and with one worker of nginx; the edge sends the site's headers too.")
    return report


CODINGS = ("identity", "gzip")


def _words(site: Site, edge: Path) -> tuple[str, str]:
    """What deploy/nginx.conf says of the edge: its maps, and its locations with the upstream that they name."""
    text = (ROOT / "deploy" / "nginx.conf").read_text().replace("/run/davidson/edge", str(edge))
    maps = "".join(re.findall(r"^map .*?^}\n", text, re.MULTILINE | re.DOTALL))
    locations = re.findall(r"^    location (?:/|@davidson) \{.*?^    }\n", text, re.MULTILINE | re.DOTALL)
    upstream = f"upstream davidson {{ server 127.0.0.1:{site.port}; keepalive 16; }}\n"
    forwarded = 'proxy_http_version 1.1; proxy_set_header Host $host; proxy_set_header Connection "";\n'
    return maps + upstream, forwarded + "".join(part for part in locations if "return 308" not in part)


def _kept(front: Site, path: str, coding: str) -> Answer:
    """The page as the edge has it. Raises WrongAnswer where nginx still asks the site."""
    headers = {"Accept_Encoding": coding} | HOST
    front.get(path, **headers)
    asked = front.get(path, **headers)
    if asked.status != 200 or "Last-Modified" in asked.headers or not asked.headers["ETag"].count("-"):
        raise WrongAnswer(f"{path} is not at the edge: {asked.status}")
    return asked


def _write(answers: dict[tuple[str, str], Answer], files: Path) -> None:
    files.mkdir()
    for (page, coding), answer in answers.items():
        name = f"{list(PAGES).index(page)}.html"
        if coding == "gzip":
            (files / f"{name}.gz").write_bytes(answer.body)
            (files / name).write_bytes(gzip.decompress(answer.body))
