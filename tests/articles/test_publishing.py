"""The acts on articles: what is stored, what makes a revision, and what a READ ALSO points to meanwhile."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from davidson.articles.models import Article, Authorship, Tagging
from davidson.articles.publishing import NotPublished, article_to_change, retract
from davidson.articles.revisions import Revision
from davidson.audit.log import SHELL
from davidson.audit.models import AuditEntry
from davidson.clock import utcnow
from davidson.database import db
from tests.factories import Made, make_article
from tests.pages import Element, read

POINTER = "Before.\n\n> **READ ALSO:** [The target’s old headline](/articles/target)\n\nAfter."


def change(app: Flask, made: Made, **values: Any) -> None:
    """Change an article's row in the store, as an editor's tool may."""
    with app.app_context():
        article = db.session.get_one(Article, made.id)
        for name, value in values.items():
            setattr(article, name, value)
        db.session.commit()


def take_back(app: Flask, made: Made, reason: str = "It was wrong.") -> None:
    with app.app_context():
        article = article_to_change(made.slug)
        assert article is not None
        retract(article, reason=reason, actor=SHELL, now=utcnow())
        db.session.commit()


def actions(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def revisions(app: Flask) -> list[tuple[int, str, str, str]]:
    with app.app_context():
        rows = db.session.execute(
            select(Revision.number, Revision.headline, Revision.standfirst, Revision.source).order_by(Revision.number)
        )
        return [tuple(row) for row in rows]


def pointer(client: FlaskClient) -> Element:
    """The READ ALSO on the page of the article that has one."""
    return read(client, "/articles/pointing").one("aside.read-also")


def links(element: Element) -> list[tuple[str, str]]:
    return [(link.text, link.attributes["href"]) for link in element.all("a")]


@pytest.fixture
def pointing(app: Flask) -> Made:
    return make_article(app, slug="pointing", source=POINTER)


def is_plain(client: FlaskClient) -> bool:
    element = pointer(client)
    assert element.one("p.read-also__headline").text == "The target’s old headline"
    return links(element) == []


def test_a_read_also_is_plain_while_there_is_no_such_article(client, pointing):
    assert is_plain(client)
    assert client.get("/articles/target").status_code == 404


def test_a_read_also_stays_plain_while_its_target_is_a_draft(app, client, pointing):
    make_article(app, slug="target", published=False)
    assert is_plain(client)


def test_a_read_also_comes_alive_when_its_target_is_published_and_follows_it(app, client, pointing):
    target = make_article(app, slug="target", headline="The target’s headline")
    assert links(pointer(client)) == [("The target’s headline", "/articles/target")]
    change(app, target, headline="Quite another headline")
    assert links(pointer(client)) == [("Quite another headline", "/articles/target")]
    change(app, target, slug="moved-along")
    assert links(pointer(client)) == [("Quite another headline", "/articles/moved-along")]
    assert client.get("/articles/moved-along").status_code == 200


def test_a_read_also_to_an_article_that_was_there_first_is_alive_at_once(app, client):
    make_article(app, slug="target", headline="Here first")
    make_article(app, slug="pointing", source=POINTER)
    assert links(pointer(client)) == [("Here first", "/articles/target")]


def test_a_read_also_is_plain_again_once_its_target_is_taken_back(app, client, pointing):
    target = make_article(app, slug="target")
    take_back(app, target)
    assert is_plain(client)
    make_article(app, slug="target", headline="Back again")
    assert links(pointer(client)) == [("Back again", "/articles/target")]


def test_a_read_also_that_is_bound_stays_with_its_article_when_another_takes_the_slug(app, client, pointing):
    target = make_article(app, slug="target", headline="The one meant")
    change(app, target, slug="moved-along")
    make_article(app, slug="target", headline="A newcomer")
    make_article(app, slug="pointing", source=f"{POINTER} And more.")
    assert links(pointer(client)) == [("The one meant", "/articles/moved-along")]


def test_references_follow_the_text_when_it_changes(app, client, pointing):
    for slug in ("target", "second", "third"):
        make_article(app, slug=slug, headline=f"The {slug}")
    lines = "\n\n".join(f"> **READ ALSO:** [x](/articles/{slug})" for slug in ("third", "second", "target"))
    make_article(app, slug="pointing", source=lines)
    found = [link for aside in read(client, "/articles/pointing").all("aside.read-also") for link in links(aside)]
    assert [url for _, url in found] == ["/articles/third", "/articles/second", "/articles/target"]
    make_article(app, slug="pointing", source="None left.")
    assert read(client, "/articles/pointing").all("aside.read-also") == []
    with app.app_context():
        assert db.session.execute(db.text("SELECT count(*) FROM reference")).scalar_one() == 0


def test_an_article_may_point_to_itself(app, client):
    make_article(app, slug="pointing", source=POINTER.replace("target", "pointing"), headline="Myself")
    assert links(pointer(client)) == [("Myself", "/articles/pointing")]


def test_the_first_text_and_each_changed_one_are_revisions(app):
    fields = {"slug": "one", "headline": "First", "standfirst": "S", "source": "Text.\n"}
    make_article(app, **fields)
    make_article(app, **fields, section="Elsewhere", tags=("New",), lang="fr")
    assert revisions(app) == [(1, "First", "S", "Text.\n")]
    for field, value in (("headline", "Second"), ("standfirst", "T"), ("source", "Other.\n")):
        fields[field] = value
        make_article(app, **fields)
    assert [number for number, *_ in revisions(app)] == [1, 2, 3, 4]
    assert revisions(app)[-1] == (4, "Second", "T", "Other.\n")


def test_readers_are_told_of_an_update_when_the_text_of_a_public_article_changes(app, client):
    article = make_article(app, slug="one", source="Text.")
    make_article(app, slug="one", source="Text.", headline=read(client, article.url).one("h1").text, tags=("New",))
    assert "Updated" not in read(client, article.url).one("div.story__credits").text
    make_article(app, slug="one", source="Other.")
    assert "Updated" in read(client, article.url).one("div.story__credits").text


def test_a_draft_that_changes_before_it_is_published_was_not_updated(app, client):
    make_article(app, slug="one", source="Draft.", published=False, published_at=None)
    make_article(app, slug="one", source="Final.")
    assert "Updated" not in read(client, "/articles/one").one("div.story__credits").text


def test_an_article_that_is_saved_without_publishing_stays_as_it_was(app, client):
    moment = utcnow() - timedelta(days=2)
    article = make_article(app, slug="one", published_at=moment)
    make_article(app, slug="one", published=False, published_at=utcnow(), source="New text.")
    page = read(client, article.url)
    assert page.one("div.prose").text == "New text."
    assert page.all("time")[1].attributes["datetime"] == moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_publishing_again_without_a_date_keeps_the_day_it_came_out(app, client):
    moment = datetime(2020, 2, 2, 12, tzinfo=UTC)
    article = make_article(app, slug="one", published_at=moment)
    make_article(app, slug="one", published_at=None)
    assert 'datetime="2020-02-02T12:00:00Z"' in read(client, article.url).html


def test_publishing_a_scheduled_article_without_a_date_publishes_it_now(app, client):
    article = make_article(app, slug="one", published_at=utcnow() + timedelta(days=1))
    assert client.get(article.url).status_code == 404
    make_article(app, slug="one", published_at=None)
    assert client.get(article.url).status_code == 200


def test_an_article_with_a_date_is_a_draft_until_it_is_published(app, client):
    article = make_article(app, published=False, published_at=utcnow() - timedelta(days=1))
    assert client.get(article.url).status_code == 404


def test_a_retracted_article_is_gone_with_its_reason_and_leaves_every_list(app, client):
    article = make_article(app, headline="Gone soon", tags=("Tag",), authors=("Ann Author",))
    other = make_article(app, headline="Stays", tags=("Tag",), authors=("Ann Author",))
    lists = ("/", "/sections/world", "/tags/tag", "/authors/ann-author", other.url)
    assert all("Gone soon" in read(client, path).html for path in lists)
    take_back(app, article, "The source was <b>forged</b> & wrong.")
    assert not any("Gone soon" in read(client, path).html for path in lists)
    page = read(client, article.url)
    assert page.status == 410
    assert page.one("blockquote").text == "The source was <b>forged</b> & wrong."
    assert "Gone soon" in page.one("main").text
    assert client.post(f"{article.url}/comments", data={"name": "Ada", "body": "Why?"}).status_code == 404


def test_a_retracted_article_that_is_published_again_is_back_everywhere(app, client):
    article = make_article(app, slug="one", headline="There and back", tags=("Tag",))
    take_back(app, article)
    make_article(app, slug="one", headline="There and back", tags=("Tag",))
    assert read(client, article.url).one("h1").text == "There and back"
    assert "There and back" in read(client, "/tags/tag").html


def test_what_was_taken_back_before_its_time_was_never_public(app, client):
    article = make_article(app, headline="Secret", published_at=utcnow() + timedelta(minutes=1))
    take_back(app, article)
    assert client.get(article.url).status_code == 404
    with time_machine.travel(utcnow() + timedelta(minutes=2)):
        assert client.get(article.url).status_code == 404
        assert "Secret" not in read(client, "/").html


@pytest.mark.parametrize("state", ["draft", "retracted"])
def test_only_what_is_public_or_scheduled_can_be_taken_back(app, state):
    article = make_article(app, published=state != "draft")
    if state == "retracted":
        take_back(app, article)
    with pytest.raises(NotPublished):
        take_back(app, article)


def test_every_act_on_an_article_is_in_the_audit_log(app):
    make_article(app, slug="one", published=False)
    make_article(app, slug="one", published=False, source="Changed.")
    article = make_article(app, slug="one", source="Changed.")
    make_article(app, slug="one", source="Changed again.")
    take_back(app, article)
    make_article(app, slug="one", source="Changed again.")
    assert actions(app) == [
        "article.add",
        "article.update",
        "article.publish",
        "article.update",
        "article.unpublish",
        "article.publish",
    ]


def test_tags_and_authors_keep_their_order_and_follow_changes(app, client):
    make_article(app, slug="one", tags=("B", "A", "b"), authors=("Zoë Zimmer", "Ann Author"))
    page = read(client, "/articles/one")
    assert page.texts("a.tags__link") == ["B", "A"]
    assert page.one("p.byline").text == "By Zoë Zimmer and Ann Author"
    article = make_article(app, slug="one", tags=("A", "C"), authors=("Ann Author", "Zoë Zimmer"))
    page = read(client, "/articles/one")
    assert page.texts("a.tags__link") == ["A", "C"]
    assert page.one("p.byline").text == "By Ann Author and Zoë Zimmer"
    assert client.get("/tags/b").status_code == 404
    with app.app_context():
        for kind in (Tagging, Authorship):
            moments = set(db.session.scalars(select(kind.listed_at).where(kind.article_id == article.id)))
            assert len(moments) == 1 and None not in moments


def test_one_name_is_one_section_however_it_is_written(app, client):
    make_article(app, section="Arts & Life")
    make_article(app, section="ARTS & LIFE")
    assert len(read(client, "/sections/arts-life").all("h2.card__headline")) == 2
    assert read(client, "/").texts("ul.masthead__sections a") == ["Arts & Life"]


def test_sections_stand_in_the_order_in_which_they_were_made(app, client):
    for section in ("World", "Arts", "Business"):
        make_article(app, section=section)
    make_article(app, section="Nothing public", published=False)
    assert read(client, "/").texts("ul.masthead__sections a") == ["World", "Arts", "Business"]
