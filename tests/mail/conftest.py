"""A site that mails, the server that it mails to, and a reader who reads their mail."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.config import CommentsMode
from davidson.database import db
from davidson.outbox.draining import drain_once
from davidson.outbox.models import Message
from tests.comments.holding import press
from tests.factories import Made, make_article
from tests.mailsink import MailSink, running_mail_sink
from tests.pages import Page, read

ORIGIN = "https://localhost"
ADDRESS = "ada@example.org"
LINK = re.compile(rf"{ORIGIN}(/mail/\S+)")


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with running_mail_sink() as sink:
        yield sink


@pytest.fixture
def mailing(sink: MailSink) -> dict[str, Any]:
    """The settings of a site that mails."""
    return {"smtp_url": sink.url, "base_url": ORIGIN, "comments": CommentsMode.HOLD_ALL}


@pytest.fixture
def app(make_app: Callable[..., Flask], mailing: dict[str, Any]) -> Flask:
    return make_app(**mailing)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app, headline="Mayor resigns")


def post_office(app: Flask, *, later: float = 61) -> None:
    """Do all that is due within so many seconds."""
    with app.app_context():
        while drain_once(app, utcnow() + timedelta(seconds=later)):
            pass


def waiting(app: Flask) -> list[dict[str, Any]]:
    """What the outbox still holds."""
    with app.app_context():
        return [
            {"payload": row.payload, "error": row.last_error, "due_at": row.due_at} for row in db.session.query(Message)
        ]


@dataclass
class Author:
    """Somebody who has commented and asked for mails."""

    app: Flask
    client: FlaskClient
    sink: MailSink
    article: Made
    comment: Made
    receipt: str
    link: str = ""

    @property
    def row(self) -> Comment:
        with self.app.app_context():
            row = db.session.get_one(Comment, self.comment.id)
            db.session.expunge(row)
            return row

    @property
    def address(self) -> str:
        """What the store knows of the address."""
        return self.row.email

    def open_link(self) -> Page:
        return read(self.client, self.link)

    def confirm(self) -> "Author":
        """Read the newest mail and press the button behind its link."""
        post_office(self.app, later=0)
        self.link = link_in(self.sink)
        assert press(self.open_link(), "confirm").status == 303
        return self


def link_in(sink: MailSink) -> str:
    found = LINK.search(sink.taken[-1].text)
    assert found, sink.taken[-1].text
    return found[1]


@pytest.fixture
def write(app: Flask, client: FlaskClient, sink: MailSink, article: Made) -> Callable[..., Author]:
    """Send a comment by its form, with a wish for mails."""

    def send(**values: str) -> Author:
        filled = {"name": "Ada", "body": "At last.", "email": ADDRESS, "mail": "y"} | values
        sent = read(client, article.url).submit("#comment-form", **filled)
        assert sent.status == 303, sent.html
        with app.app_context():
            newest = db.session.query(Comment).order_by(Comment.id.desc()).first()
            assert newest is not None
            made = Made(newest.id, article.slug, newest.status.value, newest.version)
        return Author(app, client, sink, article, made, sent.headers["Location"])

    return send
