"""The queue under a filter however much is stored: few queries, each of which reads what a page shows."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from davidson.accounts.models import Role
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.database import db
from davidson.moderation.filters import NETWORK, TOKEN, reference_to
from davidson.moderation.queries import PAGE_SIZE
from tests.bulk import fill_queue, fill_requests
from tests.counting import queries_of
from tests.desks import on_duty
from tests.moderation.test_queue import DESK, ids
from tests.moderation.test_scale import check, explained
from tests.pages import read


@pytest.fixture
def crowded(app: Flask) -> FlaskClient:
    """The browser of an admin, at a desk with thousands of comments."""
    fill_queue(app, 6_000)
    fill_requests(app)
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("ANALYZE"))
            db.session.commit()
    return on_duty(app, Role.ADMIN)


def test_filters_find_their_rows_by_an_index_with_few_queries(app: Flask, crowded: FlaskClient):
    with app.app_context():
        some = db.session.execute(select(Comment).where(Comment.sender == "crowd").limit(1)).scalar_one()
        network = reference_to(NETWORK, some.id, some.sender)
        token = reference_to(TOKEN, some.id, some.author_key)
    today = f"{utcnow() - timedelta(days=1):%Y-%m-%d}"
    asked = [
        *(
            {"section": "world"},
            {"article": "discussed-3"},
            {"rule": "links"},
            {"reason": "abuse"},
            {"network": network},
        ),
        *(
            {"token": token},
            {"since": today},
            {"until": today},
            {"q": "filling"},
            {"q": '"comment 4000"'},
            {"q": "-filling"},
        ),
        {"section": "world", "network": network, "q": "filling -7", "until": today},
        {"section": "world", "rule": "links"},
    ]
    for one in asked:
        for status in ("pending", "spam"):
            with explained(app) as plans, queries_of(app) as statements:
                page = read(crowded, f"{DESK}?{urlencode({'status': status} | one)}")
            check(plans)
            assert len([each for each in statements if not each.startswith("SELECT set_config")]) <= 12, statements
        if later := page.all("a.pager__link--forward"):
            with explained(app) as plans:
                read(crowded, later[0].attributes["href"])
            check(plans)


def test_what_is_more_than_a_thousand_is_told_as_that(app: Flask, crowded: FlaskClient):
    page = read(crowded, f"{DESK}?section=world")
    assert page.texts(".queue-tabs__count") == ["1,000+", "1,000", "1,000", "1,000", "0"]
    assert page.texts(".queue-head__total") == ["1,000+ comments fit the filter"]
    assert len(ids(page)) == PAGE_SIZE
