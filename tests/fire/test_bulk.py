"""A bulk change: readers are answered all the while, and afterwards no page is stale."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.engine import URL

from tests.conftest import ROOT, environment
from tests.factories import Made
from tests.fire.paper import Pages
from tests.fire.workers import connections_to_each_worker
from tests.site import PATIENCE

pytestmark = [pytest.mark.server, pytest.mark.timeout(600)]

ARTICLES = 600
BATCH = 150
IMPORT = """
import sys
from datetime import timedelta
from pathlib import Path
from davidson import create_app
from davidson.articles.manuscript import Manuscript
from davidson.articles.saving import save
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.database import db
app = create_app()
with app.app_context():
    for number in range(int(sys.argv[1])):
        now = utcnow()
        manuscript = Manuscript(headline=f"Imported {number}", slug=f"imported-{number}", source="Words.",
                                section="World", tags=("Rivers",), authors=("Ann Author",), published_at=now)
        save(manuscript, actor=SHELL, now=now, media_folder=Path(app.instance_path) / "media", publish=True)
        if number % int(sys.argv[2]) == int(sys.argv[2]) - 1:
            db.session.commit()
"""


def test_an_import_blocks_no_reader_and_leaves_no_stale_page(app: Flask, store: URL, article: Made, start):
    pages = Pages(connections_to_each_worker(start(workers=2), 2).values())
    paths = ["/", "/sections/world", article.url]
    importing = subprocess.Popen(
        [sys.executable, "-c", IMPORT, str(ARTICLES), str(BATCH)],
        cwd=ROOT,
        env=environment(store, Path(app.instance_path)),
    )
    seen = set()
    while importing.poll() is None:
        for path in paths:
            status, text = pages.get(path)
            assert status == 200
            seen.add(max((int(number) for number in re.findall(r"Imported (\d+)", text)), default=-1))
    assert importing.wait(PATIENCE) == 0
    # Readers saw whole batches and nothing between.
    assert {number for number in seen if (number + 1) % BATCH} == set()
    for path in paths * 4:
        assert f"Imported {ARTICLES - 1}" in pages.get(path)[1], path
    for path in ("/sections/world", "/tags/rivers", "/authors/ann-author"):
        assert len(walk(pages, path)) == ARTICLES, path


def walk(pages: Pages, path: str) -> set[str]:
    """Every imported article of a list, page after page."""
    found: set[str] = set()
    older: str | None = path
    while older:
        text = pages.get(older)[1].partition("<main")[2]
        found.update(re.findall(r"/articles/imported-\d+", text))
        links = re.findall(rf'href="({path}\?before=[^"]+)"', text)
        older = links[0] if links else None
    return found
