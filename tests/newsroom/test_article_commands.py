"""`davidson article …`: the first real article added as an editor adds it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from davidson.articles.models import Article
from davidson.articles.revisions import Revision
from davidson.clock import utcnow
from davidson.database import Base, db
from tests.conftest import run_davidson
from tests.newsroom.seed import (
    MANUSCRIPT,
    NARROW,
    NBSP,
    REAL_REFERENCES,
    REFERENCES,
    check_structure,
    the_real_one,
    write_manuscript,
)
from tests.pages import read

URL = "/articles/harbour-and-railway-sign-long-pact"
REAL_URL = "/articles/north-korea-and-russia-strengthen-ties"


def stored(app: Flask) -> dict[str, int]:
    """How many rows each table has that a manuscript could fill."""
    with app.app_context():
        tables = [table for name, table in Base.metadata.tables.items() if name not in ("blocked_term", "site")]
        return {
            table.name: number
            for table in tables
            if (number := db.session.execute(select(func.count()).select_from(table)).scalar_one())
        }


def test_a_manuscript_becomes_an_article_with_all_its_parts(client, run, tmp_path):
    done = run("article", "add", write_manuscript(tmp_path), "--publish")
    assert (done.exit_code, done.stdout) == (0, f"{URL}\n")
    page = read(client, URL)
    check_structure(page, MANUSCRIPT, references=REFERENCES)
    assert page.texts("a.tags__link") == ["Harbour", "Railway", "Winter Timetable"]
    assert page.all("p.byline") == []
    assert f"“a timetable{NBSP}of its own kind”" in page.html
    assert f"8{NARROW}o’clock" in page.html


def test_the_seed_article_becomes_an_article_with_all_its_parts(client, run):
    path = the_real_one()
    done = run("article", "add", path, "--publish")
    assert (done.exit_code, done.stdout) == (0, f"{REAL_URL}\n")
    page = read(client, REAL_URL)
    check_structure(page, path.read_text(encoding="utf-8"), references=REAL_REFERENCES)
    assert page.texts("a.tags__link") == ["North Korea", "Russia", "United States"]
    shown = page.one("div.prose").raw_text()
    for mark in "“”’":
        assert shown.count(mark) == path.read_text(encoding="utf-8").split("---\n", 2)[2].count(mark)


def test_the_picture_of_a_manuscript_is_served_in_every_size_that_the_page_names(client, run, tmp_path):
    run("article", "add", write_manuscript(tmp_path), "--publish")
    figure = read(client, URL).one("figure")
    image, sources = figure.one("img"), figure.all("source")
    assert [source.attributes["type"] for source in sources] == ["image/avif", "image/webp"]
    for element, kind in ((sources[0], "image/avif"), (sources[1], "image/webp"), (image, "image/jpeg")):
        addresses = [part.split()[0] for part in element.attributes["srcset"].split(", ")]
        assert len(addresses) == 4
        for address in addresses:
            answer = client.get(address)
            assert (answer.status_code, answer.mimetype) == (200, kind)


def test_neither_read_also_is_a_link_until_its_target_is_published(app, client, run, tmp_path):
    run("article", "add", write_manuscript(tmp_path), "--publish")
    assert [aside.all("a") for aside in read(client, URL).all("aside.read-also")] == [[], []]
    target = "---\ntitle: The Ferries Answer\nslug: ferries-answer\n---\n\nAt last.\n"
    path = write_manuscript(tmp_path, target, name="target.md")
    assert run("article", "add", path).exit_code == 0
    assert read(client, URL).all("aside.read-also a") == []
    run("article", "add", path, "--publish")
    (link,) = read(client, URL).all("aside.read-also a")
    assert (link.text, link.attributes["href"]) == ("The Ferries Answer", "/articles/ferries-answer")
    run("article", "unpublish", "ferries-answer", "--reason", "Not so.")
    assert read(client, URL).all("aside.read-also a") == []
    assert read(client, URL).texts("p.read-also__headline") == REFERENCES


def test_a_credit_that_names_no_owner_is_shown_and_warned_about(run, tmp_path):
    path = write_manuscript(tmp_path)
    done = run("article", "add", path, "--publish")
    assert done.exit_code == 0
    assert done.stderr == f"Warning: {path}: the credit 'Photo from Google' names no owner of the picture\n"
    owned = write_manuscript(tmp_path, MANUSCRIPT.replace("Photo from Google", "Anna Berg / Harbour Times"))
    assert run("article", "add", owned, "--publish").stderr == ""


def test_what_may_not_have_been_meant_is_said(run, tmp_path):
    letters = "---\ntitle: Letters to the editor\nsection: City\n---\n\n{}\n"
    first = run("article", "add", write_manuscript(tmp_path, letters.format("First."), name="1.md"), "--publish")
    second = run("article", "add", write_manuscript(tmp_path, letters.format("Second."), name="2.md"))
    assert first.stdout == second.stdout == "/articles/letters-to-the-editor\n"
    assert (first.stderr, second.stderr) == ("", "The article that was at this address already has this text now.\n")
    mistyped = letters.format("Third.").replace("City", "Ctiy").replace("Letters", "More letters")
    third = run("article", "add", write_manuscript(tmp_path, mistyped, name="3.md"), "--publish")
    assert third.stderr == "A new section: Ctiy\n"


@pytest.mark.parametrize(
    ("words", "changed", "line", "fault"),
    [
        ("  alt: Placeholder for a photo\n", "", 13, "needs an alt text"),
        ("alt: Placeholder for a photo", "alt:", 14, "needs an alt text"),
        ("alt: Placeholder for a photo", "alt: Photo.PNG", 14, "not the caption, the headline or the file’s name"),
        ("credit: Photo from Google", "credit: ' '", 16, "needs a credit"),
    ],
)
def test_a_picture_is_published_only_with_an_alt_text_and_a_credit(app, run, tmp_path, words, changed, line, fault):
    assert words in MANUSCRIPT
    path = write_manuscript(tmp_path, MANUSCRIPT.replace(words, changed))
    done = run("article", "add", path, "--publish")
    assert done.exit_code == 1 and len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(f"Error: {path}, line {line}: ") and fault in done.stderr
    assert stored(app) == {}
    # A draft may wait for its words; what readers see already may not lose them.
    assert run("article", "add", path).exit_code == 0
    assert run("article", "add", write_manuscript(tmp_path), "--publish").exit_code == 0
    worse = write_manuscript(tmp_path, MANUSCRIPT.replace(words, changed))
    assert run("article", "add", worse).exit_code == 1


def test_a_manuscript_added_twice_is_one_article_with_one_revision(app, client, run, tmp_path):
    path = write_manuscript(tmp_path)
    run("article", "add", path, "--publish")
    first = stored(app)
    page = client.get(URL).get_data()
    done = run("article", "add", path, "--publish")
    assert (done.exit_code, done.stdout) == (0, f"{URL}\n")
    assert stored(app) == first | {"audit_entry": 2}
    assert client.get(URL).get_data() == page


def test_a_manuscript_whose_text_changed_updates_and_makes_a_revision(app, client, run, tmp_path):
    run("article", "add", write_manuscript(tmp_path), "--publish")
    changed = MANUSCRIPT.replace("the 7:40", "the 7:52")
    run("article", "add", write_manuscript(tmp_path, changed), "--publish")
    page = read(client, URL)
    assert "7:52" in page.one("div.prose").text
    assert "Updated" in page.one("div.story__credits").text
    with app.app_context():
        sources = db.session.scalars(select(Revision.source).order_by(Revision.number)).all()
    assert ["7:40" in source for source in sources] == [True, False]
    # A tag, a credit or the section is not the text.
    run("article", "add", write_manuscript(tmp_path, changed.replace("section: World", "section: Ports")), "--publish")
    assert stored(app)["revision"] == 2
    assert read(client, URL).one("p.story__section").text == "Ports"


def test_without_publish_a_manuscript_is_a_draft(client, run, tmp_path):
    done = run("article", "add", write_manuscript(tmp_path))
    assert (done.exit_code, done.stdout) == (0, f"{URL}\n")
    assert client.get(URL).status_code == 404


def test_published_at_in_the_future_waits_and_one_in_the_past_shows(client, run, tmp_path):
    for moment, status in ((utcnow() + timedelta(days=1), 404), (datetime(2020, 2, 2, tzinfo=UTC), 200)):
        dated = MANUSCRIPT.replace("published_at:", f"published_at: {moment.isoformat()}")
        assert run("article", "add", write_manuscript(tmp_path, dated), "--publish").exit_code == 0
        assert client.get(URL).status_code == status
    assert 'datetime="2020-02-02T00:00:00Z"' in read(client, URL).html


@pytest.mark.parametrize(
    ("change", "line", "expected"),
    [
        (("title: Harbour", "titel: Harbour"), 2, "unknown key 'titel'"),
        (("file: photo.png", "file: none.png"), 13, "a picture is expected at"),
        (("file: photo.png", "file: article.md"), 13, "a JPEG, PNG, WebP or AVIF picture is expected"),
        (("published_at:", "published_at: tomorrow"), 11, "published_at takes a date and time such as"),
    ],
)
def test_a_fault_is_one_line_with_file_and_line_and_nothing_is_stored(app, run, tmp_path, change, line, expected):
    path = write_manuscript(tmp_path, MANUSCRIPT.replace(*change))
    done = run("article", "add", path, "--publish")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: {path}, line {line}: ")
    assert expected in done.stderr
    assert done.stderr.count("\n") == 1
    assert stored(app) == {}
    media = Path(app.instance_path) / "media"
    assert [file for file in media.rglob("*") if file.is_file() and file.name != ".lock"] == []


def test_a_fault_in_a_later_version_leaves_the_article_as_it_was(app, client, run, tmp_path):
    run("article", "add", write_manuscript(tmp_path), "--publish")
    before, page = stored(app), client.get(URL).get_data()
    for change in (("file: photo.png", "file: none.png"), ("file: photo.png", "file: article.md")):
        changed = MANUSCRIPT.replace("the 7:40", "the 7:52").replace(*change)
        assert run("article", "add", write_manuscript(tmp_path, changed), "--publish").exit_code == 1
    assert (stored(app), client.get(URL).get_data()) == (before, page)


def test_a_file_that_is_not_there_is_named(run, tmp_path):
    done = run("article", "add", tmp_path / "none.md")
    assert done.exit_code == 1
    assert str(tmp_path / "none.md") in done.stderr
    assert done.stderr.count("\n") == 1
    assert run("article", "add").exit_code == 2


def test_the_commands_work_as_processes_of_their_own(app, client, store, settings, tmp_path):
    path = write_manuscript(tmp_path)
    at = {"url": store, "instance": settings.instance}
    added = run_davidson("article", "add", str(path), "--publish", **at)
    assert (added.returncode, added.stdout) == (0, f"{URL}\n")
    assert added.stderr.count("\n") == 1 and "names no owner" in added.stderr
    check_structure(read(client, URL), MANUSCRIPT, references=REFERENCES)
    path.write_text("no front matter")
    refused = run_davidson("article", "add", str(path), "--publish", **at)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"Error: {path}, line 1: a front matter between two lines of --- is expected\n"


def test_the_store_keeps_the_text_as_it_came(app, run, tmp_path):
    run("article", "add", write_manuscript(tmp_path, MANUSCRIPT.replace("\n", "\r\n")), "--publish")
    with app.app_context():
        assert db.session.scalar(select(Article.source)) == MANUSCRIPT.split("---\n", 2)[2].strip("\n") + "\n"
