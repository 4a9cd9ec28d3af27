"""A site that publishes at once, at noon, with an article and a word of spam."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from davidson.clock import utcnow
from davidson.comments.models import BlockedTerm
from davidson.config import CommentsMode
from davidson.database import db
from tests.comments.waves import NOON
from tests.factories import Made, make_article


@pytest.fixture
def app(make_app) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock, at noon till somebody moves it."""
    with time_machine.travel(NOON, tick=False) as moving:
        yield moving


@pytest.fixture
def article(app: Flask, clock: time_machine.Traveller) -> Made:
    """An article of a site that knows a word of spam."""
    with app.app_context():
        db.session.add(BlockedTerm(term="replica watches", kind="banned", created_at=utcnow()))
        db.session.commit()
    return make_article(app, headline="Mayor resigns")
