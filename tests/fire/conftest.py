"""Sites under fire: real gunicorn on each kind of store, with one article and one moderator."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.engine import URL

from tests.conftest import run_davidson
from tests.factories import Made, make_article
from tests.fire.people import Moderator, Reader
from tests.site import Site, running_site

PASSWORD = "four quiet herons wade"
OPEN = {"DAVIDSON_COMMENTS": "publish", "DAVIDSON_COMMENT_LIMIT": "", "DAVIDSON_COMMENT_MIN_SECONDS": "0"}


@pytest.fixture
def article(app: Flask) -> Made:
    """A public article on the store, made before any site runs."""
    return make_article(app, headline="Mayor resigns")


@pytest.fixture
def start(store: URL, app: Flask) -> Iterator[Callable[..., Site]]:
    """Start a site on the store: `start(workers=4, DAVIDSON_COMMENTS="hold-all")`; all end with the test."""
    with ExitStack() as stack:

        def start_one(*, workers: int = 2, **settings: str) -> Site:
            instance = Path(app.instance_path)
            # A busy machine may leave a kept connection alone for longer than a reader's is kept.
            settings.setdefault("GUNICORN_CMD_ARGS", "--keep-alive 120")
            return stack.enter_context(running_site(store, instance, workers=workers, **OPEN | settings))

        yield start_one


@pytest.fixture
def add_moderator(store: URL, app: Flask) -> Callable[[Site, str], Moderator]:
    """Add a moderator with that e-mail address from the shell and sign them in."""

    def add(site: Site, email: str) -> Moderator:
        arguments = ("staff", "add", email, "--role", "moderator", "--password-stdin")
        run_davidson(*arguments, url=store, instance=Path(app.instance_path), stdin=PASSWORD, check=True)
        return Moderator(site, email, PASSWORD)

    return add


@pytest.fixture
def read_article(article: Made) -> Callable[[Site], Reader]:
    """A reader of the article at a site."""
    return lambda site: Reader(site, article.url)
