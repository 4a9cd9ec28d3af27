"""Whoever searches by the name of an author or a tag is led to the page of their articles; on both stores."""

import re
from datetime import timedelta

from flask import Flask
from sqlalchemy import insert, select, text

from davidson.articles.models import Author, Authorship, Tag, Tagging
from davidson.articles.publishing import article_to_change, retract
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.database import db
from davidson.search.subjects import MOST_BEGINNING, MOST_SHOWN, MOST_WALKED
from tests.articles.test_plans import sent_by, steps_of
from tests.factories import make_article
from tests.pages import Page
from tests.search.test_search import pages_from, search
from tests.search.test_search_plans import rows_of

BY, ABOUT = "Articles by ", "Articles about "
SLACK = 20
NAMES = [f"/search?q={typed}" for typed in ("ann+author", "author", "rome", "filler", "zz+nobody")]
READS_BOTH = re.compile("authorship.*tagging", re.DOTALL)


def names(page: Page) -> list[str]:
    return page.texts(".found-names a")


def test_authors_and_tags_are_named_above_what_was_found_and_above_the_hints(app, client):
    author = ("Imogen Hartwell", "Conan O’Brien", "Zoë Müller-Łoś")
    make_article(app, headline="Pelican", authors=author, tags=("Languages", "اللغة", "Old Town", "東京都"))
    for typed, wanted in (
        ("hartwell", [f"{BY}Imogen Hartwell"]),
        ("HARTWELL imogen", [f"{BY}Imogen Hartwell"]),
        ('"imogen hartwell"', [f"{BY}Imogen Hartwell"]),
        ('"hartwell imogen"', []),
        ("hartwell -imogen", []),
        ("-hartwell", []),
        ("hart", []),  # A word is found as it is written, here too.
        ("hartwell pelican", []),
        ("o'brien", [f"{BY}Conan O’Brien"]),
        ("obrien", [f"{BY}Conan O’Brien"]),
        ("muller zoe", [f"{BY}Zoë Müller-Łoś"]),
        ("łoś", [f"{BY}Zoë Müller-Łoś"]),
        ("languages", [f"{ABOUT}Languages"]),
        ("اللغة", [f"{ABOUT}اللغة"]),
        ("town old", [f"{ABOUT}Old Town"]),
        ("東京", [f"{ABOUT}東京都"]),
        ("%_%", []),
        ("imogen hartwell a b c d e", []),
    ):
        page = search(client, typed)
        assert names(page) == wanted, typed
        if wanted:
            assert page.status == 200 and page.texts(".empty h2") == ["No article says this"], typed
            path = page.one(".found-names a").attributes["href"]
            assert client.get(path).status_code == 200, path
    make_article(app, headline="Hartwell speaks")
    assert names(search(client, "hartwell")) == [f"{BY}Imogen Hartwell"]
    assert search(client, "hartwell").texts(".card__headline") == ["Hartwell speaks"]
    assert names(search(client, "", author="Imogen Hartwell")) == names(search(client, "hartwell", since="x")) == []


def test_a_name_is_there_as_long_as_its_page_and_as_it_is_today(app, client):
    soon = utcnow() + timedelta(hours=1)
    make_article(app, headline="To come", authors=("Cy Coming",), tags=("Coming",), published_at=soon)
    make_article(app, headline="Draft", authors=("Cy Coming",), tags=("Coming",), published=False)
    assert names(search(client, "coming")) == []
    made = make_article(app, slug="the-bird", headline="Pelican", authors=("Ann Author",), tags=("Birds",))
    with app.app_context():
        db.session.scalars(select(Author).where(Author.slug == "ann-author")).one().name = "Zoë <b>Ünal"
        db.session.scalars(select(Tag).where(Tag.slug == "birds")).one().name = "Feathers"
        db.session.commit()
    for typed in ("author ann", "Zoë Ünal", "b"):
        assert names(search(client, typed)) == [f"{BY}Zoë <b>Ünal"], typed
    assert names(search(client, "birds")) == names(search(client, "FEATHERS")) == [f"{ABOUT}Feathers"]
    with app.app_context():
        retract(article_to_change(made.slug), reason="Wrong.", actor=SHELL, now=utcnow())
        db.session.commit()
    assert names(search(client, "author")) == names(search(client, "feathers")) == []


def test_a_few_of_each_are_named_the_shortest_first_and_on_the_first_page_alone(app, client):
    authors, tags = ([f"{kind} Pelican{' of Rome' * n}" for n in (3, 1, 0, 2)] for kind in ("Ann", "Sea"))
    for number in range(21):
        make_article(app, headline=f"Pelican {number}", authors=authors, tags=tags)
    first, second = pages_from(client, search(client, "pelican"))
    wanted = [f"{ABOUT}Sea Pelican{' of Rome' * n}" for n in range(MOST_SHOWN)]
    assert names(first) == [*(name.replace("about Sea", "by Ann") for name in wanted), *wanted]
    assert second.status == 200 and names(second) == []


def fill(app: Flask, number: int, *, prefix: str) -> None:
    """Add so many authors and tags, all of one article."""
    made = make_article(app, slug="of-all", headline="Of all")
    with app.app_context():
        for kind, place, key in ((Author, Authorship, "author_id"), (Tag, Tagging, "tag_id")):
            rows = [{"slug": f"{prefix}-{n}-rome", "name": f"{prefix} {n} Rome"} for n in range(number)]
            ids = db.session.scalars(insert(kind).returning(kind.id), rows).all()
            listed = {"article_id": made.id, "position": 9, "listed_at": utcnow()}
            db.session.execute(insert(place), [listed | {key: id_} for id_ in ids])
        db.session.execute(text("ANALYZE"))
        db.session.commit()


def test_names_cost_the_store_the_same_however_many_there_are(make_app):
    app = make_app(page_memory=0)
    client = app.test_client()
    embedded = app.extensions["davidson-settings"].embedded
    make_article(app, authors=("Ann Author",), tags=("Ann Author",))
    fill(app, MOST_WALKED + 100, prefix="filler")

    def costs() -> list[int]:
        sent = [one for path in NAMES for one in sent_by(app, client, path) if READS_BOTH.search(one[0])]
        assert len(sent) == len(NAMES)
        return [steps_of(app, *one) if embedded else rows_of(app, *one, of=("author", "tag")) for one in sent]

    few = costs()
    fill(app, 4 * MOST_WALKED, prefix="filler-more")
    many = costs()
    if embedded:
        assert all(now <= 1.1 * was + SLACK for was, now in zip(few, many, strict=True)), (few, many)
    else:
        assert max(many) <= MOST_WALKED + 2 * MOST_BEGINNING, many
    assert names(search(client, "ann author")) == [f"{BY}Ann Author", f"{ABOUT}Ann Author"]  # No newest ones.
    assert names(search(client, "author ann")) == []
