"""Whole newspapers for browsers: a running site on an embedded store, with an application on the same store beside it.

The application fills the store through the factories; what tests look at comes from the site's gunicorn.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.test import Client

from davidson import create_app
from davidson.config import settings_from
from davidson.database import db
from tests.conftest import environment
from tests.site import Site, running_site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

OPEN = {"DAVIDSON_COMMENT_LIMIT": "", "DAVIDSON_COMMENT_MIN_SECONDS": "0"}
# What belongs to one connection, not to the message (RFC 9110 section 7.6.1).
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


@dataclass(frozen=True)
class Newspaper:
    """A site that runs and an application on its store."""

    site: Site
    app: Flask

    @property
    def instance(self) -> Path:
        return Path(self.app.instance_path)

    def url(self, path: str) -> str:
        """The whole address of a path of the site."""
        return self.site.address.rstrip("/") + path


@contextmanager
def newspaper(instance: Path, **settings: str) -> Iterator[Newspaper]:
    """Start a site on the embedded store of an instance folder; `settings` are environment variables."""
    chosen = OPEN | settings
    with running_site(None, instance, **chosen) as site:
        app = create_app(settings_from(environment(None, instance, **chosen)))
        try:
            yield Newspaper(site, app)
        finally:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


def visitor(site: Site) -> Client:
    """A client of a running site, for `tests.pages.read`; it keeps cookies as a browser does."""
    return Client(partial(_pass_on, site))


def _pass_on(site: Site, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Send a request of a test client over the network, and give what came back."""
    headers = {
        name.removeprefix("HTTP_").replace("_", "-"): value
        for name, value in environ.items()
        if name.startswith("HTTP_") and name != "HTTP_HOST"
    }
    if environ.get("CONTENT_TYPE"):
        headers["Content-Type"] = environ["CONTENT_TYPE"]
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    answer = site.request(environ["REQUEST_METHOD"], environ["REQUEST_URI"], body or None, headers)
    kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP]
    start_response(f"{answer.status} Answer", kept)
    return [answer.body]
