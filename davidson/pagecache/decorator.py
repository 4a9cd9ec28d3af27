"""`@cached_page`: a view whose page is made once for all readers and kept while it is true."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Flask, Response, current_app, make_response, request
from flask.typing import ResponseReturnValue

from davidson.clock import unix_time
from davidson.config import Settings
from davidson.pagecache.dependencies import collecting
from davidson.pagecache.edge import Edge
from davidson.pagecache.encoding import coding_for
from davidson.pagecache.freshness import Freshness, freshness_for
from davidson.pagecache.keys import key_of, know
from davidson.pagecache.store import Entry, PageStore, Variant, end_of
from davidson.pagecache.versions import versions_of

P = ParamSpec("P")


class Pages:
    """What a worker keeps, and how it learns whether that is still true."""

    def __init__(self, store: PageStore, freshness: Freshness, edge: Edge | None) -> None:
        self.store = store
        self.freshness = freshness
        self.edge = edge

    def current(self, key: str) -> Entry | None:
        """The kept page under that key, if it is true at this moment."""
        entry = self.store.get(key)
        if entry is None:
            return None
        if unix_time() < entry.until and self.freshness.is_current(entry):
            return entry
        self.store.drop(key, entry)
        return None

    def variant(self, key: str, entry: Entry, accept_encoding: str) -> Variant:
        """The page as that client takes it, put at the edge for the next one.

        What compressing adds counts against the budget.
        """
        coding = coding_for(accept_encoding)
        is_made = coding in entry.variants
        variant = entry.variant(coding)
        if not is_made:
            self.store.grown(key, entry)
        if self.edge is not None:
            self.edge.fill(key, entry, self.freshness)
        return variant


class SharedPages(Pages):
    """Pages that a proxy in front may keep until it is told to drop them, at most `max_age` seconds long."""

    def __init__(self, store: PageStore, freshness: Freshness, edge: Edge | None, max_age: int) -> None:
        super().__init__(store, freshness, edge)
        self.max_age = max_age

    def variant(self, key: str, entry: Entry, accept_encoding: str) -> Variant:
        """The page with what it tells a proxy: its tags, and the seconds that are left of it at this moment."""
        variant = super().variant(key, entry, accept_encoding)
        seconds = int(min(self.max_age, entry.until - unix_time()))
        return variant.shared(seconds, entry.tags) if seconds > 0 else variant


def init_pages(app: Flask, settings: Settings) -> Pages:
    """Give the application its kept pages."""
    edge = app.extensions["davidson-edge"] = Edge(settings.instance)
    freshness = freshness_for(settings.database_url)
    kept = (PageStore(settings.page_memory), freshness, edge if settings.edge else None)
    pages = SharedPages(*kept, settings.shared_max_age) if settings.purge_url else Pages(*kept)
    app.extensions["davidson-pages"] = pages
    return pages


def cached_page(*, query: tuple[str, ...] = ()) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, Response]]:
    """Decorate a view whose page shows nothing of the one who asks: strong ETag, 304, compressed, kept.

    `query` names the parameters that the page knows; others make no other page. Only a 200 is kept.
    """
    know(*query)

    def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, Response]:
        @wraps(view)
        def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
            pages: Pages = current_app.extensions["davidson-pages"]
            key = key_of(request.environ, query)
            entry = pages.current(key)
            if entry is None:
                with pages.store.making(key):
                    made = pages.current(key) or _made(lambda: view(*args, **kwargs))
                    if isinstance(made, Response):
                        return made
                    entry = made
                    pages.store.keep(key, entry)
            return _response(pages.variant(key, entry, request.headers.get("Accept-Encoding", "")))

        return answer

    return decorate


def _made(view: Callable[[], ResponseReturnValue]) -> Entry | Response:
    """Make the page, and read the versions of what it shows in the transaction that it was read in."""
    with collecting() as dependencies:
        response = make_response(view())
    if response.status_code != 200:
        response.headers["Cache-Control"] = "no-store"
        return response
    tags = tuple(sorted(dependencies.tags))
    return Entry(
        body=response.get_data(),
        content_type=response.headers["Content-Type"],
        route=request.url_rule.rule if request.url_rule else "none",
        tags=tags,
        versions=versions_of(tags),
        until=end_of(dependencies.until),
        last_modified=response.headers.get("Last-Modified"),
    )


def _response(variant: Variant) -> Response:
    if is_unmodified(variant, request.headers.get("If-None-Match", "")):
        return Response(status=304, headers=variant.headers_unmodified)
    return Response(variant.body, headers=variant.headers)


def is_unmodified(variant: Variant, if_none_match: str) -> bool:
    """Whether the client has these very bytes, by `If-None-Match` (RFC 9110 section 13.1.2)."""
    if not if_none_match:
        return False
    if if_none_match == variant.etag:
        return True
    tags = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return any(tag in ("*", variant.etag) for tag in tags)
