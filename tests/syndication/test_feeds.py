"""The feeds of the paper, its sections, tags and authors: each format to the letter, and as fresh as the pages."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import UUID

import time_machine
from flask import Flask
from flask.testing import FlaskClient

from davidson.articles.models import Author, Section
from davidson.clock import utcnow
from davidson.database import db
from tests.bulk import fill_articles
from tests.counting import queries_of
from tests.factories import Made, make_article, make_comment
from tests.pages import read
from tests.syndication.reading import (
    ATOM,
    FORMATS,
    HOSTILE,
    ORIGIN,
    TYPES,
    a_picture,
    fetch,
    headlines,
    parsed,
    take_back,
    xml,
)

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
PLACES = ("", "/sections/world", "/tags/rivers", "/authors/ann-author")
FEEDS = [f"{place}/feed.{name}" for place in PLACES for name in FORMATS]


def told(app: Flask, **fields: object) -> Made:
    """An article that stands in each of the feeds."""
    return make_article(app, **{"tags": ("Rivers",), "authors": ("Ann Author",)} | fields)


def ids(client: FlaskClient, path: str = "/feed.atom") -> list[str]:
    return [element.text or "" for element in xml(client, path).iter(f"{ATOM}id")]


def test_every_feed_is_sound_and_tells_the_newest_first(app, client):
    told(app, headline="First", source="One *word*.", standfirst="The lead.")
    told(app, headline="Second")
    for path in FEEDS:
        assert headlines(client, path) == ["Second", "First"]
        answer = client.get(path)
        assert answer.headers["Content-Type"] == TYPES[path.rpartition(".")[2]]
        assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
        assert "gzip" in client.get(path, headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"]


def test_an_atom_entry_says_all_that_the_site_knows(app, client):
    with time_machine.travel(NOON, tick=False):
        article = told(app, headline="Mayor resigns", standfirst="At noon.", picture=a_picture(), lang="fr")
        make_comment(app, article)
        feed = parsed(client, "/feed.atom")
    [entry] = feed.entries
    assert feed.feed.title == "Davidson News" and UUID(feed.feed.id.removeprefix("urn:uuid:"))
    assert feed.feed.links[0] == {"rel": "self", "type": "application/atom+xml", "href": f"{ORIGIN}/feed.atom"}
    assert feed.feed.icon.startswith(f"{ORIGIN}/static/")
    assert entry.link == f"{ORIGIN}{article.url}"
    assert (entry.title, entry.summary) == ("Mayor resigns", "At noon.")
    assert entry.title_detail.language == "fr"
    assert [(one.name, one.href) for one in entry.authors] == [("Ann Author", f"{ORIGIN}/authors/ann-author")]
    assert [(tag.term, tag.scheme) for tag in entry.tags] == [
        ("World", f"{ORIGIN}/sections/"),
        ("Rivers", f"{ORIGIN}/tags/"),
    ]
    links = {link.rel: link for link in entry.links}
    assert links["enclosure"].type == "image/jpeg" and links["enclosure"].href.startswith(f"{ORIGIN}/media/")
    assert (links["replies"].href, links["replies"]["thr:count"]) == (f"{ORIGIN}{article.url}/comments.atom", "1")
    assert entry.thr_total == "1"
    assert entry.content[0].type == "text/html" and "<p>A first paragraph.</p>" in entry.content[0].value


def test_an_rss_item_says_all_that_the_site_knows(app, client):
    with time_machine.travel(NOON, tick=False):
        article = told(app, standfirst="At noon.", picture=a_picture(), published_at=NOON - timedelta(hours=1))
    channel = xml(client, "/sections/world/feed.rss").find("channel")
    assert channel is not None
    assert [channel.findtext(name) for name in ("title", "link", "language", "ttl")] == [
        "World | Davidson News",
        f"{ORIGIN}/sections/world",
        "en",
        "15",
    ]
    assert parsedate_to_datetime(channel.findtext("lastBuildDate") or "") == NOON - timedelta(hours=1)
    item = channel.find("item")
    assert item is not None
    guid = item.find("guid")
    assert guid is not None and guid.attrib == {"isPermaLink": "false"}
    assert guid.text == ids(client)[1]  # One article has one id, in every format.
    assert item.findtext("{http://purl.org/dc/elements/1.1/}creator") == "Ann Author"
    assert [one.text for one in item.findall("category")] == ["World", "Rivers"]
    assert item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded", "").startswith("<p>A first")
    media = "{http://search.yahoo.com/mrss/}"
    content = item.find(f"{media}content")
    assert content is not None
    assert (content.get("type"), content.get("width"), content.get("height")) == ("image/jpeg", "400", "300")
    assert [content.findtext(f"{media}{name}") for name in ("credit", "description")] == ["Bo Bell", "The old quay"]
    assert item.findtext("comments") == f"{ORIGIN}{article.url}#comments"
    assert item.findtext("{http://purl.org/rss/1.0/modules/slash/}comments") == "0"


def test_a_json_item_says_all_that_the_site_knows(app, client):
    article = told(app, headline="Mayor resigns", standfirst="At noon.", picture=a_picture(), lang="fr")
    feed = json.loads(fetch(client, "/authors/ann-author/feed.json"))
    [item] = feed.pop("items")
    assert feed == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Ann Author | Davidson News",
        "home_page_url": f"{ORIGIN}/authors/ann-author",
        "feed_url": f"{ORIGIN}/authors/ann-author/feed.json",
        "language": "en",
        "icon": feed["icon"],
        "authors": [{"name": "Davidson News", "url": f"{ORIGIN}/"}],
    }
    assert item["id"] == ids(client)[1]
    assert (item["url"], item["title"], item["summary"]) == (f"{ORIGIN}{article.url}", "Mayor resigns", "At noon.")
    assert (item["language"], item["tags"]) == ("fr", ["World", "Rivers"])
    assert item["authors"] == [{"name": "Ann Author", "url": f"{ORIGIN}/authors/ann-author"}]
    assert item["attachments"] == [{"url": item["image"], "mime_type": "image/jpeg"}]
    assert client.get(item["image"].removeprefix(ORIGIN)).mimetype == "image/jpeg"
    assert datetime.fromisoformat(item["date_published"]) == datetime.fromisoformat(item["date_modified"])


def test_a_hostile_headline_comes_back_equal_from_every_format(app, client):
    told(app, headline=HOSTILE, standfirst=HOSTILE, slug="hostile")
    for path in FEEDS:
        assert headlines(client, path) == [HOSTILE]
        body = fetch(client, path)
        assert b"<script" not in body or path.endswith(".json")
    assert xml(client, "/feed.rss").findtext("channel/item/title") == HOSTILE


def test_a_character_that_xml_lacks_spoils_no_feed(app, client):
    with app.app_context():
        db.session.add(Section(slug="odd", name="Odd\x0b\ufffe"))
        db.session.commit()
    told(app, section="Odd", headline="Fine")
    for name in ("atom", "rss"):
        assert parsed(client, f"/sections/odd/feed.{name}").feed.title == "Odd\ufffd\ufffd | Davidson News"


def test_links_and_pictures_in_the_text_lead_somewhere_from_elsewhere(app, client):
    source = (
        '[In](/sections/world), [out](https://example.org/), `<a href="/x">` and a note.[^1]\n\n'
        "> **READ ALSO:** [Another](/articles/another)\n\nThe end.\n\n[^1]: Noted."
    )
    article = told(app, source=source)
    html = json.loads(fetch(client, "/feed.json"))["items"][0]["content_html"]
    assert f'<a href="{ORIGIN}/sections/world">In</a>' in html
    assert 'href="https://example.org/"' in html
    assert f'href="{ORIGIN}{article.url}#fn1"' in html
    assert 'href="/' not in html.replace('&lt;a href="/x"', "")
    assert "<!--" not in html and "Another" not in html and "The end." in html


def test_ids_stay_when_the_name_address_and_key_of_the_site_change(make_app, app, client):
    told(app)
    paths = [f"{place}/feed.atom" for place in PLACES]
    before = [ids(client, path) for path in paths]
    assert len({feed_id for feed_id, _ in before}) == len(paths)
    assert len({entry_id for _, entry_id in before}) == 1
    other = make_app(site_name="Other", secret_keys=("another key altogether",))
    assert b"localhost" not in fetch(other.test_client(), "/feed.atom")
    assert [ids(other.test_client(), path) for path in paths] == before


def test_ids_stay_when_an_article_its_section_and_author_are_renamed(app, client):
    told(app, slug="one", headline="First")
    before = [ids(client, f"{place}/feed.atom") for place in PLACES]
    told(app, slug="one", headline="Second", source="Another text.")
    with app.app_context():
        db.session.query(Section).one().name = "The World"
        db.session.query(Author).one().name = "Ann Other"
        db.session.commit()
    assert [ids(client, f"{place}/feed.atom") for place in PLACES] == before
    entry = parsed(client, "/feed.atom").entries[0]
    assert (entry.title, entry.author, entry.tags[0].term) == ("Second", "Ann Other", "The World")


def test_without_a_base_url_addresses_are_relative(make_app):
    app = make_app()
    article = told(app)
    item = json.loads(fetch(app.test_client(), "/feed.json"))["items"][0]
    assert item["url"] == article.url
    for path in ("/feed.atom", "/feed.rss", "/feed.json"):
        assert b"localhost" not in fetch(app.test_client(), path)
        assert b"evil" not in app.test_client().get(path, headers={"Host": "evil.example"}).get_data()


def test_an_article_that_is_taken_back_leaves_at_once(app, client):
    gone = told(app, headline="Gone")
    told(app, headline="Stays")
    assert [headlines(client, path) for path in FEEDS] == [["Stays", "Gone"]] * len(FEEDS)
    take_back(app, gone)
    assert [headlines(client, path) for path in FEEDS] == [["Stays"]] * len(FEEDS)


def test_a_scheduled_article_comes_at_its_second(app, client):
    with time_machine.travel(NOON, tick=False) as clock:
        told(app, headline="Now", published_at=NOON - timedelta(hours=1))
        told(app, headline="Later", published_at=NOON + timedelta(minutes=5))
        for path in FEEDS:
            clock.move_to(NOON + timedelta(minutes=4, seconds=59))
            assert headlines(client, path) == ["Now"]
            clock.move_to(NOON + timedelta(minutes=5))
            assert headlines(client, path) == ["Later", "Now"]


def test_updated_moves_with_a_change_of_the_text_alone(app, client):
    with time_machine.travel(NOON, tick=False) as clock:
        told(app, slug="one", headline="One", source="Text.", published_at=NOON)
        clock.move_to(NOON + timedelta(hours=1))
        told(app, slug="one", headline="One", source="Text.", published_at=NOON, tags=("Rivers", "Lakes"))
        assert parsed(client, "/feed.atom").entries[0].updated == "2026-11-25T12:00:00Z"
        told(app, slug="one", headline="One", source="Another.", published_at=NOON)
        feed = parsed(client, "/feed.atom")
        assert feed.feed.updated == feed.entries[0].updated == "2026-11-25T13:00:00Z"
        assert feed.entries[0].published == "2026-11-25T12:00:00Z"


def test_older_entries_are_found_page_by_page(app, client):
    fill_articles(app, [NOON - timedelta(minutes=minutes) for minutes in range(45)])
    for name in FORMATS:
        found, path = [], f"/tags/filler/feed.{name}"
        while path:
            page = headlines(client, path)
            found.append(len(page))
            if name == "json":
                path = json.loads(fetch(client, path)).get("next_url", "")
            else:
                links = parsed(client, path).feed.links
                path = next((link.href for link in links if link.rel == "next"), "")
            path = path.removeprefix(ORIGIN)
        assert found == [20, 20, 5], name


def test_there_is_no_feed_of_what_readers_do_not_see(app, client):
    told(app, section="Later", tags=("Secret",), authors=("Nobody",), published_at=utcnow() + timedelta(days=1))
    unseen = ("/sections/later", "/tags/secret", "/authors/nobody", "/sections/none", "/tags/none", "/authors/none")
    for name in FORMATS:
        for path in unseen:
            assert client.get(f"{path}/feed.{name}").status_code == 404, path
        assert client.get(f"/feed.{name}?before=nonsense").status_code == 404
        assert headlines(client, f"/feed.{name}") == []
    assert client.get("/feed.xml").status_code == 404


def test_lists_lead_to_their_feeds(app, client):
    told(app)
    for place in PLACES:
        links = [one for one in read(client, place or "/").all("link") if one.attributes.get("rel") == "alternate"]
        assert [(one.attributes["type"], one.attributes["href"]) for one in links] == [
            (TYPES[name].partition(";")[0], f"{place}/feed.{name}") for name in FORMATS
        ]


def test_a_feed_costs_the_same_for_three_articles_as_for_hundreds(make_app):
    app = make_app(page_memory=0)
    client = app.test_client()
    costs: list[list[int]] = []
    for number, prefix in ((3, "few"), (300, "many")):
        fill_articles(app, [NOON - timedelta(minutes=minutes) for minutes in range(number)], prefix=prefix)
        costs.append([])
        for path in FEEDS:
            with queries_of(app) as statements:
                fetch(client, path.replace("rivers", "filler"))
            costs[-1].append(len(statements))
    assert costs[0] == costs[1] and max(costs[0]) <= 7
