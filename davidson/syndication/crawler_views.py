"""What crawlers and browsers ask a site for by its well-known name: sitemaps, robots.txt, the manifest, OpenSearch."""

import json
import re

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from davidson.clock import utcnow
from davidson.pagecache.decorator import cached_page
from davidson.syndication import opensearch, robots, sitemap
from davidson.syndication.sitemap_queries import articles_of_part, latest_news, sitemap_files
from davidson.web.addresses import absolute
from davidson.web.assets import asset_path
from davidson.web.pages import document
from davidson.web.signing import settings

bp = Blueprint("crawlers", __name__)

NUMBER = re.compile("[1-9][0-9]{0,12}")
SITEMAPS = ("/sitemap.xml", "/news-sitemap.xml")
MANIFEST = "application/manifest+json"
ICON_SIZE = 192
PAPER_COLOUR = "#fdfcf9"


@bp.get("/sitemap.xml")
@cached_page()
def sitemap_index() -> ResponseReturnValue:
    """Where the sitemaps are."""
    now = utcnow()
    return document(sitemap.index(sitemap_files(now, origin=settings().base_url)), sitemap.TYPE, made_at=now)


@bp.get("/sitemap-<number>.xml")
@cached_page()
def sitemap_file(number: str) -> ResponseReturnValue:
    """One of them, numbered from 1."""
    if not NUMBER.fullmatch(number):
        abort(404)
    now = utcnow()
    places = articles_of_part(int(number) - 1, now, origin=settings().base_url) or abort(404)
    return document(sitemap.urls(places), sitemap.TYPE, made_at=now)


@bp.get("/news-sitemap.xml")
@cached_page()
def news_sitemap() -> ResponseReturnValue:
    """The articles of the last two days."""
    now = utcnow()
    chosen = settings()
    places = latest_news(now, origin=chosen.base_url)
    return document(sitemap.news(places, publication=chosen.site_name), sitemap.TYPE, made_at=now)


@bp.get("/robots.txt")
@cached_page()
def robots_txt() -> ResponseReturnValue:
    """What crawlers may look at. Sitemaps are named by whole addresses, which need the site's origin."""
    chosen = settings()
    sitemaps = [absolute(path) for path in SITEMAPS] if chosen.base_url else []
    text = robots.document(refuses_ai=chosen.ai_crawlers == "refuse", sitemaps=sitemaps)
    return document(text, robots.TYPE, made_at=utcnow())


@bp.get("/opensearch.xml")
@cached_page()
def open_search() -> ResponseReturnValue:
    """How the site's search is asked, by whole addresses, which need the site's origin."""
    chosen = settings()
    if not chosen.base_url:
        abort(404)
    text = opensearch.document(
        name=chosen.site_name,
        search_url=absolute("/search"),
        own_url=absolute("/opensearch.xml"),
        icon_url=absolute(asset_path(f"icons/icon-{ICON_SIZE}.png")),
        icon_size=ICON_SIZE,
    )
    return document(text, opensearch.TYPE, made_at=utcnow())


@bp.get("/manifest.webmanifest")
@cached_page()
def manifest() -> ResponseReturnValue:
    """How the site is put on a home screen (W3C Web Application Manifest)."""
    name = settings().site_name
    icons = [{"src": asset_path("favicon.svg"), "type": "image/svg+xml", "sizes": "any"}]
    icons += [
        {"src": asset_path(f"icons/icon-{size}.png"), "type": "image/png", "sizes": f"{size}x{size}"}
        for size in (192, 512)
    ]
    told = {"name": name, "short_name": name, "lang": "en", "id": "/", "start_url": "/", "display": "minimal-ui"}
    colours = {"theme_color": PAPER_COLOUR, "background_color": PAPER_COLOUR}
    text = json.dumps(told | colours | {"icons": icons}, ensure_ascii=False)
    return document(text, MANIFEST, made_at=utcnow())
