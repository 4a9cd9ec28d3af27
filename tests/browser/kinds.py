"""Every kind of page that the site has, asked for once over HTTP and kept, for whoever examines pages.

A kind is a function from the newspaper to a page; `@kind("name")` lists it. The kinds stand in the modules
that `conftest.py` imports for it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client

from davidson import create_app
from davidson.accounts.models import Role
from davidson.config import settings_from
from davidson.database import db
from tests.browser.newspapers import OPEN, Newspaper, visitor
from tests.conftest import environment
from tests.desks import hire, log_in
from tests.factories import Made, make_article
from tests.pages import Page


@dataclass(frozen=True)
class Kept:
    """A page that was kept: the path it was asked for at, its status and its bytes."""

    name: str
    path: str
    status: int
    body: bytes


@dataclass(frozen=True)
class Stage:
    """What the kinds are made from: a newspaper with content, a new one without, and an article to act on."""

    paper: Newspaper
    new: Newspaper
    article: Made
    hired: dict[tuple[str, Role], Client] = field(default_factory=dict)

    @property
    def app(self) -> Flask:
        return self.paper.app

    @property
    def reader(self) -> Client:
        """A reader of the newspaper with content."""
        return visitor(self.paper.site)

    def staff(self, role: Role = Role.ADMIN, *, new: bool = False) -> Client:
        """The browser of somebody with that role, who is logged in, at the newspaper with content or the new one."""
        paper = self.new if new else self.paper
        place = (paper.site.address, role)
        if place not in self.hired:
            client = visitor(paper.site)
            hire(paper.app, role, f"{role}@example.net", name=f"Ada the {role}")
            assert log_in(client, f"{role}@example.net").status == 303
            self.hired[place] = client
        return self.hired[place]

    @contextmanager
    def in_process(self, **settings: str) -> Iterator[FlaskClient]:
        """A reader of the newspaper with content where it is set otherwise, without a server."""
        app = create_app(settings_from(environment(None, self.paper.instance, **OPEN | settings)))
        yield app.test_client()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


Kind = Callable[[Stage], Page]
KINDS: dict[str, Kind] = {}


def kind(name: str) -> Callable[[Kind], Kind]:
    """Decorate a function that reads one kind of page."""

    def register(function: Kind) -> Kind:
        assert name not in KINDS
        KINDS[name] = function
        return function

    return register


def every_kind(paper: Newspaper, new: Newspaper) -> dict[str, Kept]:
    """Ask for a page of every kind; `new` is a newspaper without content."""
    fields = {"headline": "Mayor resigns", "slug": "mayor-resigns", "tags": ("City hall",), "authors": ("Ada Byron",)}
    stage = Stage(paper, new, make_article(paper.app, **fields))
    return {name: _kept(name, make(stage)) for name, make in KINDS.items()}


def _kept(name: str, page: Page) -> Kept:
    asked = page.response.request
    path = f"{asked.path}?{asked.query_string.decode()}" if asked.query_string else asked.path
    return Kept(name, path, page.status, page.response.get_data())
