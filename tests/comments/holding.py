"""Receipts as their holders use them: found, read, and their buttons pressed."""

from flask import Flask
from flask.testing import FlaskClient

from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.comments.receipts import receipt_for
from davidson.comments.states import change_state, lock_article_of
from davidson.comments.status import CommentStatus
from davidson.database import db
from tests.factories import Made
from tests.pages import Page, page_of, read

EDIT, APPEAL, WITHDRAW, ERASE, DATA, FORGET = "edit", "appeal", "withdraw", "delete", "data", "forget"


def receipt_url(app: Flask, comment: Made) -> str:
    with app.test_request_context():
        return f"/comments/{receipt_for(db.session.get_one(Comment, comment.id))}"


def decide(app: Flask, comment: Made, status: str, *, reason: str = "", note: str = "") -> None:
    with app.app_context():
        row = db.session.get_one(Comment, comment.id)
        lock_article_of(row.article_id)
        to = CommentStatus(status)
        change_state(row, to, action="comment.set", actor=SHELL, now=utcnow(), reason=reason, note=note)
        db.session.commit()


def send(client: FlaskClient, article: Made, **values: str) -> str:
    """Send a comment; gives its receipt's address."""
    filled = {"name": "Ada", "body": "At last."} | values
    location: str = read(client, article.url).submit("#comment-form", **filled).headers["Location"]
    return location


def press(page: Page, button: str, *, headers: dict[str, str] | None = None, **values: str) -> Page:
    """Send the form of a receipt's page whose address ends so."""
    (form,) = [form for form in page.all("form") if form.attributes["action"].endswith(f"/{button}")]
    sent = {
        control.attributes["name"]: control.raw_text().removeprefix("\r\n") or control.attributes.get("value", "")
        for control in form
        if control.tag in ("input", "textarea")
    }
    return page_of(page.client, page.client.post(form.attributes["action"], data=sent | values, headers=headers or {}))


def buttons(page: Page) -> set[str]:
    return {form.attributes["action"].rpartition("/")[2] for form in page.one("main").all("form")}
