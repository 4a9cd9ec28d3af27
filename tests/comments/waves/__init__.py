"""Waves of spam: what brings them, and what readers and the log say of them."""

from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient

from davidson.comments.screening.breaker import LEAST
from tests.desks import audit_log
from tests.factories import Made, make_comment
from tests.pages import read

NOON = datetime(2026, 11, 25, 12, 0, 30, tzinfo=UTC)
AT_PRESENT = "Much spam is coming in, so a moderator reads each comment at present before it is published."
AS_USUAL = "Most comments are published at once; some are read by a moderator first."


def spam(app: Flask, article: Made, number: int = LEAST) -> None:
    """So many comments that screening takes for spam, at this moment."""
    for _ in range(number):
        made = make_comment(app, article, source="Get REPLICA-WATCHES here", status="spam")
        assert made.version == 1  # Screening found it.


def promised(client: FlaskClient, article: Made) -> str:
    return read(client, article.url).one("#comment-form p.comment-form__treatment").text


def acts(app: Flask) -> list[str]:
    return [entry.action for entry in audit_log(app) if entry.actor == "breaker"]
