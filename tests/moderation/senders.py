"""Senders on the desk: their section on a comment's page, notes and bans as moderators write them."""

from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.bans import SenderKind
from davidson.comments.models import Comment
from davidson.database import db
from davidson.moderation.bans import place_ban
from tests.factories import Made
from tests.pages import Element, Page, read

ONE = "/staff/moderation/comments/"
NETWORK, TOKEN = SenderKind.NETWORK, SenderKind.TOKEN


def page_of_comment(client: FlaskClient, comment: Made) -> Page:
    return read(client, f"{ONE}{comment.id}")


def section(page: Page, kind: SenderKind = NETWORK) -> Element:
    return page.one(f"section#sender-{kind}")


def write_note(client: FlaskClient, comment: Made, text: str, kind: SenderKind = NETWORK) -> Page:
    return page_of_comment(client, comment).submit(f"#note-form-{kind}", text=text)


def ban(client: FlaskClient, comment: Made, kind: SenderKind = NETWORK, **values: str) -> Page:
    filled = {"length": "1 week", "reason": "A wave of insults."} | values
    return page_of_comment(client, comment).submit(f"#ban-form-{kind}", **filled)


def ban_in_store(app: Flask, comment: Made, kind: SenderKind = NETWORK, **fields: Any) -> int:
    """Place a ban as of now, for a day unless said otherwise, and give its id."""
    now = fields.pop("now", utcnow())
    with app.app_context():
        values = {"ends_at": now + timedelta(days=1), "reason": "A wave.", "actor": SHELL, "now": now} | fields
        ban_id = place_ban(comment.id, kind, **values)
        db.session.commit()
    return ban_id


def give_token(app: Flask, comment: Made, key: str = "a-token") -> None:
    with app.app_context():
        db.session.get_one(Comment, comment.id).author_key = key
        db.session.commit()
