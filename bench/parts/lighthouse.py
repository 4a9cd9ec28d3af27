"""Lighthouse's scores of the pages that readers begin with, by its mobile preset: the demo under real gunicorn.

What else the machine does can only lower a performance score, for the time that a page takes is multiplied to that of a
telephone. So the best round is the one that counts there; in the other categories every round does.
"""

import json
import shutil
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from bench.machine import CORES, on_core
from bench.options import Options
from bench.report import Report, Table
from bench.servers import davidson
from tests.conftest import ROOT, environment, run_davidson
from tests.site import Site

PROGRAM = ROOT / "bench" / "node_modules" / "lighthouse" / "cli" / "index.js"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = "--headless=new --no-sandbox --disable-background-networking"
PAGES = {"home": "/", "section": "/sections/science", "article": "/articles/why-we-still-move-the-clocks"}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
METRICS = {
    "first-contentful-paint": 1000,
    "largest-contentful-paint": 1000,
    "total-blocking-time": 1,
    "cumulative-layout-shift": 1,
}
HEADS = (
    "",
    "performance",
    "in the middle",
    "accessibility",
    "best practices",
    "SEO",
    "FCP s",
    "LCP s",
    "TBT ms",
    "CLS",
)
ALL = 100
PATIENCE = 180  # seconds


@dataclass(frozen=True)
class Look:
    """One look at a page: the scores by category, from 0 to 100, the metrics, and the audits that cost something."""

    scores: dict[str, int]
    metrics: dict[str, float]
    lacking: tuple[str, ...]


def run(options: Options) -> Report:
    """Look at each page, as often as there are rounds, in turn."""
    report = Report("Lighthouse", is_loaded=False)
    node, browser = shutil.which("node"), next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not (node and browser and PROGRAM.exists()):
        report.notes.append("It needs Node, Chromium and `npm ci --ignore-scripts` in bench/.")
        return report
    instance = options.folder / "lighthouse" / "instance"
    run_davidson("demo", url=None, instance=instance, check=True)
    looks: dict[str, list[Look]] = {name: [] for name in PAGES}
    with davidson(make_url(f"sqlite:///{instance / 'davidson.db'}"), instance) as site, on_core(*CORES):
        for path in PAGES.values():
            site.get(path)  # It is kept from now on, as for all readers but the first.
        for _ in range(options.rounds):
            for name, path in PAGES.items():
                looks[name].append(_look(node, browser, site, path, options.folder))
                print(f"  {name}: {looks[name][-1].scores}", flush=True)
    tell(report, looks)
    return report


def _look(node: str, browser: str, site: Site, path: str, folder: Path) -> Look:
    command = [node, str(PROGRAM), site.address.rstrip("/") + path, "--output=json", "--quiet"]
    command += [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={SWITCHES}"]
    variables = environment(None, folder, CHROME_PATH=browser)
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=PATIENCE)
    if done.returncode:
        raise RuntimeError(f"Lighthouse failed at {path}:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    audits = found["audits"]
    return Look(
        {name: round(found["categories"][name]["score"] * ALL) for name in CATEGORIES},
        {name: audits[name]["numericValue"] / unit for name, unit in METRICS.items()},
        tuple(
            f"{name}: {audits[part['id']]['title']} ({audits[part['id']].get('displayValue', '')})"
            for name in CATEGORIES
            for part in found["categories"][name]["auditRefs"]
            if part["weight"] and (audits[part["id"]]["score"] or 0) < 1 and audits[part["id"]]["score"] is not None
        ),
    )


def tell(report: Report, looks: dict[str, list[Look]]) -> None:
    """Put the scores into the report, and what is below a hundred."""
    report.notes.append(
        "Version 12.8.2, mobile preset, over HTTP; Chromium had every core. The performance is that of the best of"
        f" {len(next(iter(looks.values())))} rounds, with its metrics; in the other categories that of the worst."
    )
    rows = []
    for name, found in looks.items():
        best = max(found, key=lambda look: look.scores["performance"])
        scores = [best.scores["performance"], *(min(look.scores[kind] for look in found) for kind in CATEGORIES[1:])]
        middle = statistics.median(look.scores["performance"] for look in found)
        first, largest, blocked, shift = best.metrics.values()
        times = [f"{first:.2f}", f"{largest:.2f}", f"{blocked:.0f}", f"{shift:.3f}"]
        rows.append([name, str(scores[0]), f"{middle:.0f}", *map(str, scores[1:]), *times])
        report.below += [
            f"{name}: {kind} is {score}, not {ALL}; {'; '.join(best.lacking)}"
            for kind, score in zip(CATEGORIES, scores, strict=True)
            if score < ALL
        ]
    raw = {name: [vars(look) for look in found] for name, found in looks.items()}
    report.add(Table("Scores of 100", HEADS, rows), raw=raw)
