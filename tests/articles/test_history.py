"""What is said of changes after publication: by editors when they make them, to readers on three pages."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from davidson.articles.changes import Amendment, ChangeKind, NotReadYet
from davidson.articles.publishing import article_to_change, retract
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.database import db
from tests.factories import Made, make_article
from tests.newsroom.seed import write_manuscript
from tests.pages import read

TEXT = """\
---
title: The bridge
slug: bridge
---

It was built in {year}.

It has {girders} girders.
"""


def take_back(app: Flask, article: Made) -> None:
    with app.app_context():
        row = article_to_change(article.slug)
        assert row
        retract(row, reason="It was not true.", actor=SHELL, now=utcnow())
        db.session.commit()


def correct(app: Flask, article: Made, note: str, source: str) -> None:
    amendment = Amendment(ChangeKind.CORRECTION, note)
    make_article(app, slug=article.slug, headline="The bridge", source=source, amendment=amendment)


def test_a_change_is_told_as_the_editor_said_what_it_is(app, client, run, tmp_path):
    def add(year: int, girders: str, *options: str) -> Any:
        text = TEXT.format(year=year, girders=girders)
        return run("article", "add", write_manuscript(tmp_path, text), "--publish", *options)

    # What nobody has read cannot be corrected, and a change is of one kind.
    refused = add(1911, "seven", "--correction", "Not so.")
    assert refused.exit_code == 1 and "readers do not see this article" in refused.stderr
    assert add(1911, "seven", "--minor", "--correction", "Not so.").exit_code == 2
    assert add(1911, "seven", "--update", " ").exit_code == 2
    assert add(1911, "seven").exit_code == 0

    assert add(1911, "nine", "--minor").exit_code == 0
    page = read(client, "/articles/bridge")
    assert "nine girders" in page.html and not [time for time in page.texts("p.story__time") if "Updated" in time]
    assert page.all("section.story-notes") == []

    assert add(1912, "nine", "--correction", "The year was 1912, not 1911.").exit_code == 0
    page = read(client, "/articles/bridge")
    assert [time for time in page.texts("p.story__time") if time.startswith("Corrected")]
    assert page.one("section.story-notes strong").text == "Correction"
    assert page.one("section.story-notes bdi").text == "The year was 1912, not 1911."

    # A note makes a change of its own where the text stays.
    assert add(1912, "nine", "--update", "The picture shows it now.").exit_code == 0
    assert len(read(client, "/articles/bridge").all("section.story-notes p")) == 2
    history = read(client, "/articles/bridge/history")
    assert history.texts("h2.change__kind") == ["Update", "Correction", "Small change"]
    assert [element.text for element in history.tree if element.tag in {"ins", "del"}] == [
        *("1911", "1912", "seven", "nine"),
    ]
    places = " ".join(history.texts("p.change__place"))
    assert "1911 1912" in places and "seven nine" in places  # Else a reader takes the two for one word.
    corrections = read(client, "/corrections")
    assert corrections.texts("p.change__note") == ["The year was 1912, not 1911."]
    assert corrections.one("h2.change__headline a").attributes["href"] == "/articles/bridge"
    listed = [json.loads(line) for line in run("audit", "list", "--json").stdout.splitlines()]
    told = [(entry["details"].get("kind"), entry["reason"]) for entry in listed]
    assert sorted(told, key=str) == sorted(
        [
            (None, ""),
            ("minor", ""),
            ("correction", "The year was 1912, not 1911."),
            ("update", "The picture shows it now."),
        ],
        key=str,
    )


def test_what_was_taken_back_is_read_nowhere_again(app, client):
    article = make_article(app, headline="The bridge", source="It stands.")
    correct(app, article, "It stood.", "It stood, said the thief Tom.")
    assert "thief" in read(client, f"{article.url}/history").html
    take_back(app, article)
    assert client.get(f"{article.url}/history").status_code == 303
    assert read(client, "/corrections").texts("p.change__note") == []
    make_article(app, slug=article.slug, headline="The bridge", source="It stood.")
    history = read(client, f"{article.url}/history")
    assert history.texts("h2.change__kind") == ["Published again"]
    assert "thief" not in history.html
    assert read(client, "/corrections").texts("p.change__note") == ["It stood."]
    correct(app, article, "It fell.", "It fell.")
    assert "thief" not in read(client, f"{article.url}/history").html


def test_a_draft_and_an_article_to_come_have_no_history(app, client):
    draft = make_article(app, published=False, published_at=None)
    later = make_article(app, published_at=utcnow() + timedelta(hours=1))
    make_article(app, slug=later.slug, source="Another text.", published_at=utcnow() + timedelta(hours=1))
    for path in (f"{draft.url}/history", f"{later.url}/history", "/articles/none/history"):
        assert client.get(path).status_code == 404
    article = make_article(app)
    assert read(client, f"{article.url}/history").texts("p.empty") == ["Nothing was changed."]
    for before in ("0", "-1", "x", "", "1.0", "9" * 30, "٢"):
        assert client.get(f"{article.url}/history", query_string={"before": before}).status_code == 404


def test_only_what_was_read_is_published_again(app, client):
    """Taken back before its time, an article was never read; one that was put off meanwhile was."""
    ahead, past = utcnow() + timedelta(hours=1), utcnow() - timedelta(hours=1)
    fresh = make_article(app, published_at=ahead)
    take_back(app, fresh)
    with pytest.raises(NotReadYet):
        make_article(app, slug=fresh.slug, published_at=past, amendment=Amendment(note="It is true."))
    make_article(app, slug=fresh.slug, source="It was not to be read.", published_at=past)
    make_article(app, slug=fresh.slug, source="It is to be read.", published_at=past)
    history = read(client, f"{fresh.url}/history")
    assert history.texts("h2.change__kind") == ["Update"]

    old = make_article(app, source="It stands.")
    correct(app, old, "It stood.", "It stood, said the thief Tom.")
    make_article(app, slug=old.slug, source="It stood.", published_at=ahead)
    take_back(app, old)
    make_article(app, slug=old.slug, source="It stood.", published_at=past)
    history = read(client, f"{old.url}/history")
    assert history.texts("h2.change__kind") == ["Published again"] and "thief" not in history.html


def test_long_histories_and_lists_of_corrections_are_paged_by_key(app, client):
    articles = [make_article(app, source="Text number 0.") for _ in range(2)]
    for number in range(1, 13):
        for article in articles:
            correct(app, article, f"Number {number}.", f"Text number {number}.")
    pages = [read(client, f"{articles[0].url}/history")]
    pages.append(read(client, pages[0].one("a[rel=next]").attributes["href"]))
    assert [len(page.all("li.change")) for page in pages] == [10, 2]
    assert pages[1].all("a[rel=next]") == []
    # Only numbers that a page names are answered, for each answer is dear to make and is kept.
    for number in ("1", "14", "15", "1000000"):
        assert client.get(f"{articles[0].url}/history?before={number}").status_code == 404
    lists = [read(client, "/corrections")]
    lists.append(read(client, lists[0].one("a[rel=next]").attributes["href"]))
    notes = [note for page in lists for note in page.texts("p.change__note")]
    assert notes == [f"Number {number}." for number in range(12, 0, -1) for _ in articles]


def test_hostile_notes_and_texts_are_text_wherever_they_stand(app, client):
    hostile = "</script><script>alert(1)</script>"
    article = make_article(app, headline="The bridge", source="It stands.")
    correct(app, article, hostile, f"{hostile} <img src=x onerror=alert(1)>")
    for path in (article.url, f"{article.url}/history", "/corrections"):
        page = read(client, path)
        assert "<script>alert" not in page.html and "<img src=x" not in page.html
        assert hostile in [element.text for element in page.tree]
