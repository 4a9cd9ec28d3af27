"""The WSGI layer that answers a page still true ahead of Flask: as near to a constant answer as gunicorn allows."""

from collections.abc import Iterable
from time import perf_counter
from typing import TYPE_CHECKING

from davidson.pagecache.decorator import Pages, is_unmodified
from davidson.pagecache.keys import key_of
from davidson.web.log import AnswerLog

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


METHODS = ("GET", "HEAD")


class Front:
    """Answers from what is kept; whatever is not kept, or no longer true, goes on to the application."""

    def __init__(self, app: "WSGIApplication", pages: Pages, log: AnswerLog) -> None:
        self.app = app
        self.pages = pages
        self.log = log

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method not in METHODS or environ["davidson.misdirected"]:
            return self.app(environ, start_response)
        began = perf_counter()
        key = key_of(environ)
        entry = self.pages.current(key)
        if entry is None:
            return self.app(environ, start_response)
        variant = self.pages.variant(key, entry, environ.get("HTTP_ACCEPT_ENCODING", ""))
        unmodified = is_unmodified(variant, environ.get("HTTP_IF_NONE_MATCH", ""))
        if unmodified:
            start_response("304 Not Modified", variant.headers_unmodified)
        else:
            start_response("200 OK", variant.headers)
        status = 304 if unmodified else 200
        self.log.gather(method, entry.route, status, began, environ["davidson.request_id"])
        return () if unmodified or method == "HEAD" else (variant.body,)
