"""Who is given the receipt of a comment that is there already."""

from collections.abc import Callable

import pytest
from flask import Flask

from davidson.config import CommentsMode
from tests.factories import make_article
from tests.pages import read


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH)


def receipt_from(app: Flask, path: str, address: str) -> str:
    client = app.test_client()
    action, values = read(client, path).form("#comment-form")
    sent = client.post(action, data=values | {"name": "Ada", "body": "At last."}, environ_base={"REMOTE_ADDR": address})
    assert sent.status_code == 303
    return sent.headers["Location"]


def test_a_neighbour_who_copies_a_comment_is_not_given_its_receipt(app):
    article = make_article(app)
    receipt = receipt_from(app, article.url, "203.0.113.7")
    assert receipt_from(app, article.url, "203.0.113.8") != receipt
    assert receipt_from(app, article.url, "203.0.113.7") == receipt
