"""What `docs/writing.md` promises of an article's file, from the command to the page."""

import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from markupsafe import Markup
from sqlalchemy import update

from davidson.articles.models import Article
from davidson.clock import utcnow
from davidson.database import db
from davidson.operations.doctor import check_up
from tests.conftest import Run
from tests.factories import make_article
from tests.media.samples import corners, encoded
from tests.newsroom.seed import write_manuscript
from tests.pages import read

ORIGIN = "http://localhost"
FRONT = """\
---
title: The “bridge” & the ferry
slug: bridge
section: City
authors: [Ada Byron, Bo Li, Grace Hopper]
sources:
  - title: Minutes <of> the council
    url: https://www.example.org/minutes?a=1&b=2
  - Two engineers
  - https://www.example.org/report/
---

"""


@pytest.fixture
def app(make_app) -> Flask:
    return make_app(base_url=ORIGIN)


@pytest.fixture
def add(run: Run, tmp_path: Path) -> Run:
    return lambda text, *options: run("article", "add", write_manuscript(tmp_path, text), *options)


def test_an_article_says_who_wrote_it_on_what_it_rests_and_how_long_it_is(client, add):
    words = " ".join(f"word{number}" for number in range(700))
    assert add(f"{FRONT}{words}\n\n> **PULL QUOTE:** word word\n\nEnd.[^1]\n\n[^1]: note\n", "--publish").exit_code == 0
    page = read(client, "/articles/bridge")
    assert page.one("p.byline").text == "By Ada Byron, Bo Li and Grace Hopper"
    assert "3 minutes to read" in page.texts("p.story__time")
    sources = page.one("section.sources").all("li")
    assert [source.text for source in sources] == [
        *("Minutes <of> the council", "Two engineers", "www.example.org/report"),
    ]
    links = [link.attributes["href"] for source in sources for link in source.all("a")]
    assert links == ["https://www.example.org/minutes?a=1&b=2", "https://www.example.org/report/"]
    for time in page.one("div.story__credits").all("time"):
        assert time.text.endswith("UTC") and time.attributes["datetime"].endswith("Z")
    (told,) = page.all("script[type=application/ld+json]")
    article = json.loads(told.raw_text())["@graph"][0]
    assert article["wordCount"] == 701
    assert [source["name"] for source in article["citation"]] == [source.text for source in sources]


def test_an_article_is_sent_on_by_a_mail_or_its_address_and_nobody_elses_service(client, add):
    add(f"{FRONT}Text.\n", "--publish")
    share = read(client, "/articles/bridge").one("div.share")
    mail = urlsplit(share.one("a").attributes["href"])
    assert mail.scheme == "mailto" and mail.path == "" and "+" not in mail.query
    told = parse_qs(mail.query, strict_parsing=True)
    assert told == {"subject": ["The “bridge” & the ferry"], "body": [f"{ORIGIN}/articles/bridge"]}
    field = share.one("input").attributes
    assert (field["value"], "readonly" in field) == (f"{ORIGIN}/articles/bridge", True)


@pytest.mark.parametrize(
    ("sources", "line", "fault"),
    [
        ("sources: {a: b}", 4, "unknown key 'a'"),
        ("sources: [{url: https://a.example}]", 4, "a source takes a title"),
        ("sources: [[x]]", 4, "sources takes a list"),
        ("sources: ['']", 4, "sources takes texts"),
        ("sources:\n  - x\n  - {title: x, url: 'javascript:alert(1)'}", 6, "url takes an address"),
        ("sources:\n" + "  - x\n" * 101, 105, "at most 100 sources"),
    ],
)
def test_sources_that_are_none_are_told_with_their_line(add, sources, line, fault):
    done = add(f"---\ntitle: x\nslug: x\n{sources}\n---\n\nText.\n")
    assert done.exit_code == 1
    assert f", line {line}: " in done.stderr and fault in done.stderr


def test_a_picture_in_the_text_is_published_only_with_an_alt_text_and_a_credit(client, run, add, tmp_path):
    file = tmp_path / "quay.png"
    file.write_bytes(encoded(corners(900, 600)))
    address = run("media", "add", file).stdout.strip()
    for written, fault in (
        (f'![]({address} "The quay | Bo")', "needs an alt text"),
        (f'![The quay]({address} "The quay | Bo")', "not the caption"),
        (f'![A quay]({address} "The quay")', "needs a credit"),
    ):
        text = f"{FRONT}\nText.\n\n{written}\n"
        done = add(text, "--publish")
        place = 1 + text.splitlines().index(written)
        assert done.exit_code == 1 and f"article.md, line {place}: " in done.stderr and fault in done.stderr
        assert add(text).exit_code == 0  # A draft may wait for its words.
    assert add(f'{FRONT}![A quay]({address} "The quay | Bo")\n', "--publish").exit_code == 0
    figure = read(client, "/articles/bridge").one("div.prose figure.figure")
    assert [source.attributes["type"] for source in figure.all("source")] == ["image/avif", "image/webp"]
    image = figure.one("img").attributes
    assert (image["width"], image["height"], image["loading"]) == ("900", "600", "lazy")
    feed = client.get("/feed.json").get_json()["items"][0]["content_html"]
    assert f'"{ORIGIN}/media/' in feed and '"/media/' not in feed and ", /media/" not in feed


def test_articles_of_an_earlier_renderer_are_made_anew_by_one_command(app, client, run):
    article = make_article(app, source="> **PULL QUOTE:** Said.", published_at=utcnow() - timedelta(days=1))
    page = client.get(article.url).get_data()
    with app.app_context():
        db.session.execute(update(Article).values(renderer=1, html=Markup("<p>Old</p>"), word_count=0))
        db.session.commit()
    assert "1 to be rendered anew" in {check.name: check.text for check in check_up(app)}["articles"]
    done = run("article", "render")
    assert (done.exit_code, done.stdout) == (0, "1 article rendered anew\n")
    assert client.get(article.url).get_data() == page
    assert run("article", "render").stdout == "no articles rendered anew\n"
