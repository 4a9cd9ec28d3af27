"""The feeds of the paper and of its sections, tags and authors, in three formats."""

from urllib.parse import quote

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from davidson.articles.cards import Subject
from davidson.articles.lists import has_articles
from davidson.articles.queries import author_by_slug, section_by_slug, tag_by_slug
from davidson.clock import utcnow
from davidson.pagecache.decorator import cached_page
from davidson.syndication import atom, jsonfeed, rss
from davidson.syndication.feeds import Feed, Person, list_id
from davidson.syndication.queries import ToldPage, site_identity, told_articles
from davidson.syndication.telling import NEVER, entry_of
from davidson.web.addresses import absolute
from davidson.web.assets import asset_path
from davidson.web.pages import document
from davidson.web.paging import asked_cursor
from davidson.web.signing import settings

bp = Blueprint("syndication", __name__)

FORMATS = {"atom": atom, "rss": rss, "json": jsonfeed}
PAPER = Subject(0, "", "", "")
LANGUAGE = "en"
ICON = "icons/icon-192.png"


@bp.get("/feed.<name>")
@cached_page(query=("before",))
def site_feed(name: str) -> ResponseReturnValue:
    """The newest articles of the paper."""
    return _feed(name, "site", PAPER)


@bp.get("/sections/<slug>/feed.<name>")
@cached_page(query=("before",))
def section_feed(slug: str, name: str) -> ResponseReturnValue:
    """The newest articles of a section."""
    return _feed(name, "section", section_by_slug(slug) or abort(404))


@bp.get("/tags/<slug>/feed.<name>")
@cached_page(query=("before",))
def tag_feed(slug: str, name: str) -> ResponseReturnValue:
    """The newest articles with a tag."""
    return _feed(name, "tag", tag_by_slug(slug) or abort(404))


@bp.get("/authors/<slug>/feed.<name>")
@cached_page(query=("before",))
def author_feed(slug: str, name: str) -> ResponseReturnValue:
    """The newest articles of an author."""
    return _feed(name, "author", author_by_slug(slug) or abort(404))


def _feed(name: str, kind: str, subject: Subject) -> Response:
    format_ = FORMATS.get(name) or abort(404)
    now = utcnow()
    page = told_articles(kind, subject.id, now, before=asked_cursor())
    if kind != "site" and not page.articles and not (kind == "section" and has_articles(subject, now)):
        abort(404)  # As its page is: what it is called may be the news that is to come.
    return document(format_.document(_told(kind, subject, page)), format_.TYPE, made_at=now)


def _told(kind: str, subject: Subject, page: ToldPage) -> Feed:
    chosen = settings()
    path = quote(request.path)
    page_path = path.rpartition("/")[0] or "/"
    entries = [entry_of(article, chosen.base_url) for article in page.articles]
    return Feed(
        id=list_id(site_identity(), kind, subject.id),
        title=f"{subject.name} | {chosen.site_name}" if subject.name else chosen.site_name,
        url=absolute(f"{path}?before={request.args['before']}" if "before" in request.args else path),
        page_url=absolute(page_path),
        lang=LANGUAGE,
        updated=max((entry.updated for entry in entries), default=NEVER),
        author=Person(chosen.site_name, absolute("/")),
        entries=entries,
        description=subject.description,
        icon=absolute(asset_path(ICON)),
        hub=chosen.websub_hub if chosen.tells_hub else "",
        older_url=absolute(f"{path}?before={page.older}") if page.older else "",
    )
