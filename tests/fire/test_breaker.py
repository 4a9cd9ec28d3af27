"""A wave of spam at a site with several processes: all say the same from the next request on, and again at its end."""

import json
import time
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.engine import URL

from davidson.clock import utcnow
from davidson.comments.breaker import THE_ONE, Breaker
from davidson.comments.models import BlockedTerm
from davidson.comments.screening.breaker import LEAST
from davidson.database import db
from davidson.pagecache.tags import BREAKER
from davidson.pagecache.versions import touch
from tests.conftest import run_davidson
from tests.factories import Made
from tests.fire.paper import IN_A_WAVE, TREATMENT, Pages
from tests.fire.workers import connections_to_each_worker
from tests.site import Site

pytestmark = [pytest.mark.server, pytest.mark.timeout(120)]

WORKERS = 3


def test_every_process_knows_of_a_wave_at_once_and_of_its_end(
    app: Flask, store: URL, article: Made, start, read_article
):
    with app.app_context():
        db.session.add(BlockedTerm(term="replica watches", kind="banned", created_at=utcnow()))
        db.session.commit()
    site: Site = start(workers=WORKERS)
    each = [Pages([connection]) for connection in connections_to_each_worker(site, WORKERS).values()]
    reader = read_article(site)

    def said(words: str) -> list[bool]:
        return [f'treatment">{words}' in pages.get(article.url)[1] for pages in each for _ in range(2)]

    assert all(said(TREATMENT["publish"]))
    for number in range(LEAST):
        assert reader.comment(f"Get replica watches here, number {number}.").status == 303
    assert all(said(IN_A_WAVE))
    assert reader.comment("A kind word in the wave.").status == 303
    with app.app_context():
        ends = utcnow() + timedelta(seconds=3)
        db.session.get_one(Breaker, THE_ONE).until = ends
        touch(BREAKER)
        db.session.commit()
    assert all(said(IN_A_WAVE))
    time.sleep(max(0.0, (ends - utcnow()).total_seconds()))
    assert all(said(TREATMENT["publish"]))  # No commit told them: each page was due.
    assert reader.comment("A kind word after it.").status == 303
    assert "breaker trip" in site.log and "breaker close" in site.log
    kept = run_davidson("comments", "list", "--json", url=store, instance=Path(app.instance_path), check=True).stdout
    states = {one["source"]: one["status"] for one in map(json.loads, kept.splitlines())}
    assert states["A kind word in the wave."] == "pending" and states["A kind word after it."] == "approved"
    log = run_davidson("audit", "list", "--json", url=store, instance=Path(app.instance_path), check=True).stdout
    actions = [json.loads(line)["action"] for line in log.splitlines()]
    assert [action for action in actions if action.startswith("breaker")] == ["breaker.trip", "breaker.close"]
