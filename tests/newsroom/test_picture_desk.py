"""The desk's page of a picture: its words and focal point, by a form that works without script."""

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError

from davidson.accounts.models import Role
from davidson.articles.describing import PictureWords, describe_picture, pictured_article
from davidson.articles.manuscript import ManuscriptPicture
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.database import db
from davidson.media.models import Media
from tests.desks import audit_log, on_duty
from tests.factories import Made, make_article
from tests.pages import read


def picture() -> ManuscriptPicture:
    file = BytesIO()
    Image.linear_gradient("L").resize((640, 360)).convert("RGB").save(file, "JPEG")
    return ManuscriptPicture(file.getvalue(), alt="A quay", caption="The quay at six", credit="Anna Berg")


def desk(article: Made) -> str:
    return f"/staff/newsroom/articles/{article.id}/picture"


@pytest.fixture
def editor(app: Flask) -> FlaskClient:
    return on_duty(app, Role.EDITOR)


def test_words_and_focus_of_a_picture_show_on_the_next_request_wherever_it_stands(app, client, editor):
    article = make_article(app, picture=picture())
    before = read(client, article.url)
    address = before.one("article.story figure.figure img").attributes["src"]
    other = make_article(app, source=f'Text.\n\n![A quay]({address} "The quay | Bo")', section="Arts")
    with_text = make_article(app, source=f'A ![quay]({address} "| Bo") in a line.')
    in_text = read(client, other.url).one("div.prose figure.figure")
    assert in_text.one("img").attributes["src"] == address
    listed = {link.attributes["href"] for link in read(editor, "/staff/newsroom/").all("a.desk-article__close")}
    assert {desk(article), desk(other)} <= listed

    form = read(editor, desk(article))
    assert form.form("#picture-form")[1]["alt"] == "A quay"
    sent = form.submit("#picture-form", alt="Three ferries", caption="", credit="Bo Li", focus_x="0", focus_y="100")
    done = sent.follow()
    assert "is described as you said" in done.one("main").text and "could not be drawn" not in done.html
    page = read(client, article.url)
    figure = page.one("article.story figure.figure")
    assert (figure.one("img").attributes["alt"], figure.texts("span")) == ("Three ferries", ["Bo Li"])
    fresh = figure.one("img").attributes["src"]
    assert fresh != address and client.get(fresh).status_code == client.get(address).status_code == 200
    for made in (other, with_text):
        image = read(client, made.url).one("div.prose img").attributes
        assert image["src"] == fresh and address not in image["srcset"]
    entry = audit_log(app)[-1]
    assert (entry.action, entry.subject) == ("article.picture", f"article:{article.id}")
    assert entry.details["focus"] == "0 100"
    said_before = {name: text for name, text in entry.details.items() if name.endswith("_was")}
    assert said_before == {"alt_was": "A quay", "caption_was": "The quay at six", "credit_was": "Anna Berg"}
    assert form.submit("#picture-form", alt="Late").status == 409  # It was made for the article of before.


@pytest.mark.parametrize(
    ("field", "typed", "fault"),
    [
        ("alt", " ", "needs an alt text"),
        ("alt", "the quay at SIX", "not the caption"),
        ("alt", "The Headline", "not the caption, the headline"),
        ("alt", "x" * 1001, "1,001 characters"),
        ("caption", "x" * 1001, "1,001 characters"),
        ("credit", "\u200b", "needs a credit"),
        ("focus_x", "101", "from 0 to 100"),
        ("focus_y", "٥", "from 0 to 100"),
        ("focus_y", "", "from 0 to 100"),
    ],
)
def test_what_a_published_picture_must_say_is_told_beside_its_field(app, client, editor, field, typed, fault):
    article = make_article(app, headline="The headline", picture=picture())
    page = read(editor, desk(article)).submit("#picture-form", **{field: typed})
    assert page.status == 422
    assert fault in page.one(f"#{field}-fault").text
    kept = page.form("#picture-form")[1]
    assert kept[field] == ("" if typed in (" ", "\u200b") else typed)
    assert read(client, article.url).one("figure.figure img").attributes["alt"] == "A quay"


def test_a_draft_may_wait_for_its_words_and_nobody_overwrites_another(app, editor):
    article = make_article(app, picture=picture(), published=False, published_at=None)
    first, second = read(editor, desk(article)), read(editor, desk(article))
    assert first.submit("#picture-form", alt="", credit="").status == 303
    page = second.submit("#picture-form", alt="Mine")
    assert page.status == 409 and page.form("#picture-form")[1]["alt"] == "Mine"
    assert "Somebody changed the article meanwhile" in page.one("[role=alert]").text
    assert page.submit("#picture-form").status == 303
    assert read(editor, desk(article)).form("#picture-form")[1]["alt"] == "Mine"


def test_a_picture_is_drawn_as_said_though_another_articles_editor_chose_meanwhile(app):
    made = make_article(app, picture=picture())
    with app.app_context(), db.engine.connect() as another:
        if db.engine.dialect.name == "sqlite":
            return  # There is one writer at a time.
        article, media = pictured_article(made.id, to_change=True) or pytest.fail("it is there")
        assert media is not None
        said, chosen = media.focus, update(Media).values(focus_x=0)
        another.execute(chosen)
        another.commit()
        assert describe_picture(article, media, PictureWords("", "", ""), said, actor=SHELL, now=utcnow())
        db.session.flush()
        with pytest.raises(OperationalError):  # Nobody else chooses until this is done.
            another.execute(text("SET LOCAL lock_timeout = 50"))
            another.execute(chosen)
        db.session.commit()
        assert db.session.scalars(select(Media)).one().focus == said


def test_only_editors_describe_pictures_and_only_with_the_forms_token(app, editor):
    article = make_article(app, picture=picture())
    assert on_duty(app, Role.AUTHOR).get(desk(article)).status_code == 403
    assert on_duty(app, Role.MODERATOR).get(desk(article)).status_code == 403
    assert app.test_client().get(desk(article)).status_code == 303
    for path in (desk(Made(10**6)), desk(Made(10**30)), "/staff/newsroom/articles/0/picture"):
        assert editor.get(path).status_code == 404
    page = read(editor, desk(article)).submit("#picture-form", csrf_token="forged", alt="Forged")
    assert page.status == 400
    assert read(editor, desk(article)).form("#picture-form")[1]["alt"] == "A quay"


def test_crops_that_cannot_be_drawn_are_told_and_stop_nothing(app, client, editor):
    article = make_article(app, picture=picture())
    (original,) = (Path(app.instance_path) / "media" / "originals").iterdir()
    original.unlink()
    sent = read(editor, desk(article)).submit("#picture-form", alt="Three ferries", focus_x="10")
    assert "could not be drawn" in sent.follow().one("main").text
    image = read(client, article.url).one("figure.figure img").attributes
    assert image["alt"] == "Three ferries" and client.get(image["src"]).status_code == 200
