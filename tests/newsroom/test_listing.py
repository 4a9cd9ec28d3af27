"""`davidson article list`, `unpublish` and `render`: articles listed, taken back and rendered anew."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from davidson.articles.models import Article
from davidson.articles.rendering import outdated_articles
from davidson.database import db
from tests.factories import make_article, make_comment
from tests.pages import read


def test_articles_are_listed_newest_first_with_their_state(app, run):
    make_article(app, slug="drafted", published=False, published_at=None, section="")
    make_article(app, slug="printed", headline="Zoë “quotes”", published_at=datetime(2020, 2, 2, tzinfo=UTC))
    make_article(app, slug="planned", published_at=datetime(2999, 2, 2, tzinfo=UTC))
    run("article", "unpublish", make_article(app, slug="taken-back").slug, "--reason", "Wrong.")
    make_comment(app, make_article(app, slug="printed", headline="Zoë “quotes”", published_at=None))
    done = run("article", "list", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["slug"], row["state"]) for row in rows] == [
        ("taken-back", "retracted"),
        ("planned", "scheduled"),
        ("printed", "published"),
        ("drafted", "draft"),
    ]
    assert rows[2] == {
        "slug": "printed",
        "headline": "Zoë “quotes”",
        "state": "published",
        "section": "World",
        "published_at": "2020-02-02T00:00:00Z",
        "retracted_at": None,
        "comments": 1,
        "path": "/articles/printed",
    }
    assert rows[0]["retracted_at"] is not None
    assert (rows[3]["published_at"], rows[3]["section"]) == (None, "")
    lines = run("article", "list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["retracted", "scheduled", "published", "draft"]
    assert "2020-02-02 00:00" in lines[2]


def test_a_text_that_cannot_be_rendered_anew_is_named_and_stops_no_other(app, client, run):
    digests = " ".join(f"`/media/{number:020x}-1.webp`" for number in range(1500))
    long, other = make_article(app, slug="long"), make_article(app, slug="many", source=digests)
    with app.app_context():
        for row in db.session.scalars(select(Article)):
            row.renderer = 1
            row.source = "x" * 200_001 if row.slug == "long" else row.source
        db.session.commit()
    done = run("article", "render")
    assert done.exit_code == 1 and done.stdout == "1 article rendered anew\n"
    assert done.stderr.startswith("Error: long: ") and done.stderr.count("\n") == 1
    assert {client.get(made.url).status_code for made in (long, other)} == {200}
    with app.app_context():
        assert list(outdated_articles()) == [long.id]


def test_an_empty_site_lists_nothing(run):
    done = run("article", "list", "--json")
    assert (done.exit_code, done.stdout) == (0, "")


def test_unpublishing_says_so_on_the_page_and_leaves_every_list(app, client, run):
    article = make_article(app, headline="Gone soon", tags=("Tag",))
    done = run("article", "unpublish", article.slug, "--reason", "The source\nwas forged.")
    assert (done.exit_code, done.stdout) == (0, f"{article.url} was taken back\n")
    page = read(client, article.url)
    assert (page.status, page.one("blockquote").text) == (410, "The source was forged.")
    assert "Gone soon" not in read(client, "/").html + read(client, "/sections/world").html
    assert client.get("/tags/tag").status_code == 404


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        (("none", "--reason", "Why not"), 1),
        (("drafted", "--reason", "Why not"), 1),
        (("gone", "--reason", "Once more"), 1),
        (("public",), 2),
        (("public", "--reason", " \u200b "), 2),
        ((), 2),
    ],
)
def test_what_cannot_be_unpublished_is_told_in_one_line(app, client, run, arguments, exit_code):
    make_article(app, slug="drafted", published=False)
    public = make_article(app, slug="public")
    run("article", "unpublish", make_article(app, slug="gone").slug, "--reason", "Once.")
    done = run("article", "unpublish", *arguments)
    assert done.exit_code == exit_code
    assert "Traceback" not in done.stderr
    if exit_code == 1:
        assert done.stderr.count("\n") == 1
    assert client.get(public.url).status_code == 200
    assert "Once." in read(client, "/articles/gone").html


def test_a_list_of_any_length_is_read_in_batches(app, run, monkeypatch):
    monkeypatch.setattr("davidson.newsroom.queries.BATCH", 2)
    slugs = [make_article(app).slug for _ in range(5)]
    rows = [json.loads(line)["slug"] for line in run("article", "list", "--json").stdout.splitlines()]
    assert rows == slugs[::-1]
