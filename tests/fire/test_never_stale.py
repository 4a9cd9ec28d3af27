"""Never stale: after each of a thousand random changes every page that shows the thing is right, from every worker."""

import random
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.engine import URL

from davidson.config import CommentsMode
from tests.conftest import run_davidson
from tests.factories import make_article, make_comment
from tests.fire.newsroom import Newsroom
from tests.fire.paper import Pages, Said, Story, check_article, check_list
from tests.fire.workers import connections_to_each_worker
from tests.site import Site

pytestmark = [pytest.mark.server, pytest.mark.timeout(900)]

CHANGES = 1000


def test_a_thousand_changes_leave_no_stale_page(app: Flask, make_app, start, add_moderator, tmp_path: Path):
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    elsewhere = make_app(instance=tmp_path / "elsewhere", comments=CommentsMode.PUBLISH)
    site: Site = start(workers=4)
    newsroom = Newsroom(app, elsewhere, add_moderator(site, "mod@example.org"), random.Random(seed))
    pages = Pages(connections_to_each_worker(site, 4).values())
    stale = []
    for number in range(CHANGES):
        about = newsroom.change()
        stale += [f"after change {number}: {wrong}" for wrong in newsroom.wrongs(pages, about)]
    assert stale == []
    assert pages.asked > 5 * CHANGES
    assert pages.unchanged > CHANGES  # With the ETag of before, too.


def test_changes_from_the_shell_are_seen_at_once(app: Flask, store: URL, start, tmp_path: Path):
    article = make_article(app, headline="Mayor resigns", section="World")
    site: Site = start(workers=4)
    pages = Pages(connections_to_each_worker(site, 4).values())
    story = Story(article.slug, "Mayor resigns", "World")
    instance = Path(app.instance_path)
    for number in range(4):
        made = make_comment(app, article, status="pending", source=f"From the shell, {number}.")
        story.comments.append(said := Said(made.id, f"From the shell, {number}.", "pending", made.version))
        assert [wrong for _ in range(4) for wrong in check_article(pages, story)] == []
        run_davidson("comments", "approve", str(said.id), url=store, instance=instance, check=True)
        said.status = "approved"
        assert [wrong for _ in range(8) for wrong in check_article(pages, story)] == []
        assert [wrong for _ in range(8) for wrong in check_list(pages, "/", [story])] == []
    run_davidson(
        "article",
        "unpublish",
        story.slug,
        "--reason",
        "Taken back in the test",
        url=store,
        instance=instance,
        check=True,
    )
    story.public = False
    assert [wrong for _ in range(8) for wrong in check_article(pages, story) + check_list(pages, "/", [story])] == []
