"""Another file for an article's picture, sent at the desk: checked as one from the shell is, and shown at once."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import stream_encode_multipart

from davidson.accounts.models import Role, Staff
from davidson.admin.people import disable
from davidson.articles.manuscript import ManuscriptPicture
from davidson.audit.log import SHELL
from davidson.audit.telling import told
from davidson.clock import utcnow
from davidson.database import db
from davidson.media.apart import AT_WORK
from davidson.media.files import alone_in
from davidson.media.models import Media
from davidson.media.renditions import MAX_BYTES
from davidson.newsroom.picture_views import MOST_SENT
from tests.desks import audit_log, on_duty
from tests.factories import Made, make_article
from tests.media.samples import corners, encoded
from tests.pages import Page, page_of, read

SAID = {"new_alt": "Two ferries", "new_caption": "At six", "new_credit": "Bo Li"}
OLD = ManuscriptPicture(encoded(corners()), alt="A quay", caption="The quay", credit="Anna Berg")


def desk(article: Made) -> str:
    return f"/staff/newsroom/articles/{article.id}/picture"


def send(page: Page, data: bytes, name: str = "ferries.jpg", **typed: str) -> Page:
    """Send the form with a file, as a browser does."""
    action, values = page.form("#new-picture-form")
    sent = values | SAID | typed | {"new_file": (BytesIO(data), name)}
    headers = {"Sec-Fetch-Site": "same-origin"}
    return page_of(
        page.client, page.client.post(action, data=sent, content_type="multipart/form-data", headers=headers)
    )


def shown(page: Page) -> dict[str, str]:
    return page.one("article.story figure.figure img").attributes


def number_of_pictures(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Media)) or 0


@contextmanager
def being_kept(app: Flask, page: Page) -> Iterator[Future[Page]]:
    """Send the form with a file that is not done while the block runs; gives what comes of it."""
    with ThreadPoolExecutor() as another, alone_in(Path(app.instance_path) / "media"):
        sent = another.submit(send, page, encoded(corners(50, 50)))
        while not AT_WORK.locked():
            assert not sent.done()
            time.sleep(0.01)
        yield sent


@pytest.fixture
def editor(app: Flask) -> FlaskClient:
    return on_duty(app, Role.EDITOR)


def test_another_file_shows_on_the_next_request_and_the_old_address_goes_on_answering(app, client, editor):
    article = make_article(app, headline="The quay")
    page = read(editor, desk(article))
    assert page.all("#picture-form") == []
    assert "The article is as it was" in send(page, encoded(corners()), new_alt="").one("[role=alert]").text
    assert send(page, encoded(corners()), new_alt="First", new_caption="", new_credit="Ada").status == 303
    before, feed = shown(read(client, article.url)), client.get("/feed.json").text
    assert before["alt"] == "First"

    page = read(editor, desk(article))
    fresh = encoded(Image.effect_noise((420, 300), 40).convert("RGB"), "JPEG", quality=97)
    refused = send(page, fresh[: len(fresh) // 2])  # One check stands for all: they are those of the shell.
    assert refused.status == 422 and "damaged" in refused.one("#new_file-fault").text
    assert {name: refused.form("#new-picture-form")[1][name] for name in SAID} == SAID
    assert (number_of_pictures(app), shown(read(client, article.url))["alt"]) == (1, "First")

    assert "has another picture" in send(page, fresh).follow().one("main").text
    image = shown(read(client, article.url))
    assert (image["alt"], image["width"]) == ("Two ferries", "420")
    assert image["src"] != before["src"] and image["src"].partition("-")[0] in client.get("/feed.json").text != feed
    for address in (image["src"], before["src"], *(part.split()[0] for part in image["srcset"].split(","))):
        assert client.get(address).status_code == 200
    entry = audit_log(app)[-1]
    assert (entry.action, entry.subject) == ("article.replace-picture", f"article:{article.id}")
    assert entry.details["picture"] in image["src"] and entry.details["picture_was"] in before["src"]
    assert entry.details["credit_was"] == "Ada"
    assert "gave another picture to “The quay”" in told(entry, names={}, reasons={}).sentence

    late = send(page, fresh)
    assert late.status == 409 and late.form("#new-picture-form")[1]["new_alt"] == "Two ferries"


def test_what_is_typed_and_how_much_is_sent_is_checked_before_anything_is_drawn(app, editor):
    article = make_article(app, headline="The quay", picture=OLD)
    page = read(editor, desk(article))
    for field, typed, fault in (
        ("new_alt", " ", "needs an alt text"),
        ("new_alt", "the QUAY", "not the caption, the headline"),
        ("new_alt", "ferries", "file’s name again"),
        ("new_alt", "x" * 1001, "1,001 characters"),
        ("new_credit", "\u200b", "needs a credit"),
        ("new_caption", "x" * 1001, "1,001 characters"),
    ):
        answer = send(page, encoded(corners(50, 50)), **{field: typed})
        assert answer.status == 422 and fault in answer.one(f"#{field}-fault").text
    assert "Choose a file" in send(page, b"", name="").one("#new_file-fault").text
    large = send(page, b"\0" * (MAX_BYTES + 1))
    assert large.status == 422 and "at most 40 MB" in large.one("#new_file-fault").text
    assert large.form("#new-picture-form")[1]["new_credit"] == "Bo Li"
    assert send(page, b"\0" * MOST_SENT).status == 413
    assert number_of_pictures(app) == 1
    # No other form of the desk takes so much.
    values = page.form("#picture-form")[1] | {"alt": "x" * 70_000}
    assert editor.post(desk(article), data=values).status_code == 413


def test_a_picture_that_takes_too_long_changes_nothing(app, client, editor, monkeypatch):
    article = make_article(app, headline="The quay", picture=OLD)
    monkeypatch.setattr("davidson.media.apart.PATIENCE", 0.05)
    answer = send(read(editor, desk(article)), encoded(corners(50, 50)))
    assert answer.status == 422 and "could not be made within" in answer.one("#new_file-fault").text
    assert shown(read(client, article.url))["alt"] == "A quay"


def test_one_picture_at_a_time_is_made_in_a_process_and_the_next_one_is_asked_to_wait(app, editor):
    article = make_article(app, headline="The quay", picture=OLD)
    first, second = read(editor, desk(article)), read(on_duty(app, Role.EDITOR), desk(article))
    with being_kept(app, first) as sent:
        busy = send(second, encoded(corners()))
        assert (busy.status, busy.response.headers["Retry-After"]) == (503, "5")
        assert "Another picture is being made just now" in busy.one("#new_file-fault").text
        assert {name: busy.form("#new-picture-form")[1][name] for name in SAID} == SAID
    assert sent.result().status == 303 and not AT_WORK.locked()


def test_who_is_disabled_while_a_picture_is_made_changes_nothing(app, client, editor):
    article = make_article(app, headline="The quay", picture=OLD)
    with being_kept(app, read(editor, desk(article))) as sent, app.app_context():
        disable(db.session.scalars(select(Staff)).one(), actor=SHELL, now=utcnow())
        db.session.commit()
    assert sent.result().status == 303
    assert sent.result().response.headers["Location"].startswith("/staff/login")
    assert shown(read(client, article.url))["alt"] == "A quay"
    assert audit_log(app)[-1].action == "staff.disable"


def test_a_full_temporary_folder_asks_for_patience(app, client, editor, monkeypatch):
    article = make_article(app, headline="The quay", picture=OLD)
    page = read(editor, desk(article))
    with Path("/dev/full").open("wb", buffering=0) as full:
        monkeypatch.setattr(app.request_class, "_get_file_stream", lambda *_sizes, **_more: full)
        answer = send(page, encoded(corners(50, 50)))
    assert (answer.status, answer.response.headers["Retry-After"]) == (503, "5")
    assert shown(read(client, article.url))["alt"] == "A quay"


def test_only_editors_send_pictures_and_only_with_the_forms_token(app, client, editor):
    article = make_article(app, headline="The quay", picture=OLD)
    page = read(editor, desk(article))
    path = page.form("#new-picture-form")[0]
    assert send(page, encoded(corners()), csrf_token="forged").status == 400
    for role in (Role.AUTHOR, Role.MODERATOR):
        other = on_duty(app, role)
        token = read(other, "/staff/account").form("header form")[1]["csrf_token"]
        unread, length, boundary = stream_encode_multipart({"csrf_token": token, "new_file": (BytesIO(b"x"), "x.jpg")})
        kind = f"multipart/form-data; boundary={boundary}"
        answer = other.post(path, input_stream=unread, content_type=kind, content_length=length)
        assert answer.status_code == 403 and unread.tell() == 0
    assert app.test_client().post(path).status_code == 303
    assert shown(read(client, article.url))["alt"] == "A quay"
