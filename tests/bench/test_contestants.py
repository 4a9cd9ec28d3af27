"""Contestants: the plain rendering shows what the site does, or the bench would compare two different pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from bench.contestants.tutorial import create_app as create_tutorial
from bench.contestants.tutorial.copying import copy_site
from bench.fill import fill_sqlite
from bench.load import WrongAnswer
from bench.parts.pages import PAGES, PLAN, check_alike
from davidson import create_app
from davidson.config import settings_from
from davidson.database import db
from tests.conftest import environment

Both = tuple[FlaskClient, FlaskClient]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """The site and the tutorial, on the bench's own newspaper."""
    folder: Path = tmp_path_factory.mktemp("pages")
    filled = fill_sqlite(folder / "instance", PLAN, quiet=True)
    site = create_app(settings_from(environment(filled.url, folder / "instance")))
    tutorial = create_tutorial(copy_site(Path(str(filled.url.database)), folder / "tutorial.db"))
    yield site.test_client(), tutorial.test_client()
    with site.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("path", PAGES.values())
def test_the_plain_rendering_shows_nearly_the_words_of_the_site(both: Both, path: str):
    site, tutorial = both
    check_alike(path, site.get(path).text, tutorial.get(path).text)


def test_another_page_is_told(both: Both):
    site, tutorial = both
    first, second = PAGES.values()
    with pytest.raises(WrongAnswer, match="words only"):
        check_alike(first, site.get(first).text, tutorial.get(second).text)
