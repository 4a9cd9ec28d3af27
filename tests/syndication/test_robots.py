"""robots.txt, the manifest and the icons: what crawlers and browsers ask for by name."""

import json
from urllib.robotparser import RobotFileParser

from flask.testing import FlaskClient

from tests.factories import make_article
from tests.pages import read
from tests.syndication.reading import ORIGIN, Reader, fetch


def rules(client: FlaskClient) -> RobotFileParser:
    parser = RobotFileParser()
    parser.parse(fetch(client, "/robots.txt").decode().splitlines())
    return parser


def test_crawlers_may_read_the_paper_and_neither_desks_nor_receipts(client):
    found = rules(client)
    for name in ("Googlebot", "GPTBot", "CCBot"):
        for path in ("/", "/articles/mayor-resigns", "/sections/world?before=x", "/feed.atom", "/about/moderation"):
            assert found.can_fetch(name, path), (name, path)
        for path in ("/staff/", "/staff/login", "/comments/0123456789abcdef", "/mail/1/x"):
            assert not found.can_fetch(name, path), (name, path)
    assert found.site_maps() == [f"{ORIGIN}/sitemap.xml", f"{ORIGIN}/news-sitemap.xml"]
    assert all(client.get(url.removeprefix(ORIGIN)).status_code == 200 for url in found.site_maps() or ())
    assert client.get("/robots.txt").mimetype == "text/plain"


def test_crawlers_for_ai_are_refused_by_a_setting_and_no_other_is(make_app):
    app = make_app(ai_crawlers="refuse", base_url=ORIGIN)
    app.test_client_class = Reader
    found = rules(app.test_client())
    for name in ("GPTBot", "ClaudeBot", "CCBot", "Google-Extended", "PerplexityBot"):
        assert not found.can_fetch(name, "/articles/mayor-resigns"), name
    for name in ("Googlebot", "Bingbot", "Feedly"):
        assert found.can_fetch(name, "/articles/mayor-resigns"), name
        assert not found.can_fetch(name, "/staff/"), name


def test_without_an_address_robots_txt_names_no_sitemap(make_app):
    assert b"Sitemap" not in fetch(make_app().test_client(), "/robots.txt")


def test_the_manifest_names_the_paper_and_icons_that_there_are(make_app):
    client = make_app(site_name='The "Paper" & Co').test_client()
    page = read(client, "/")
    manifest = json.loads(fetch(client, page.one("link[rel=manifest]").attributes["href"]))
    assert client.get("/manifest.webmanifest").mimetype == "application/manifest+json"
    assert (manifest["name"], manifest["start_url"]) == ('The "Paper" & Co', "/")
    assert [icon["sizes"] for icon in manifest["icons"]] == ["any", "192x192", "512x512"]
    icons = [icon["src"] for icon in manifest["icons"]] + [page.one("link[rel=apple-touch-icon]").attributes["href"]]
    for icon in icons:
        answer = client.get(icon)
        assert answer.status_code == 200 and len(answer.get_data()) < 6000, icon
        assert answer.mimetype == ("image/svg+xml" if icon.endswith("svg") else "image/png")


def test_what_depends_on_settings_alone_is_kept_and_answered_304(app, client):
    for path in ("/robots.txt", "/manifest.webmanifest"):
        first = client.get(path)
        make_article(app)
        assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
