"""Sending a comment through the form, and what the store keeps of it."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from davidson.audit.models import AuditEntry
from davidson.comments.models import Comment
from davidson.comments.screening.rules import RULES_VERSION
from davidson.database import db
from tests.counting import queries_of
from tests.factories import Made
from tests.pages import Page, read

PUBLISHED, WAITS, SPAM = "approved", "pending", "spam"


def send(client: FlaskClient, article: Made, body: str = "At last.", **values: str) -> Page:
    return read(client, article.url).submit("#comment-form", **({"name": "Ada", "body": body} | values))


def cost_of_comment(app: Flask, article: Made, body: str) -> int:
    """How many queries it takes to send a comment."""
    page = read(app.test_client(), article.url)
    with queries_of(app) as statements:
        assert page.submit("#comment-form", name="Ada", body=body).status == 303
    return len(statements)


def newest(app: Flask) -> tuple[str, dict[str, dict[str, Any]]]:
    """The state of the comment that came last, and its findings under their rules."""
    with app.app_context():
        comment = db.session.scalars(select(Comment).order_by(Comment.id.desc())).first()
        assert comment is not None
        assert comment.rules_version == RULES_VERSION
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == f"comment:{comment.id}")).first()
        assert entry is not None
        assert (entry.action, entry.to_state, entry.details["findings"]) == (
            "comment.submit",
            comment.status,
            comment.findings,
        )
        for finding in comment.findings:
            assert finding["detail"] and {"rule", "status", "detail", "places", "evidence"} == set(finding)
        return comment.status.value, {finding["rule"]: finding for finding in comment.findings}
