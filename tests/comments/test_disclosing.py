"""What is stored on a comment, as a file for its author."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import inspect

from davidson.comments.models import Comment
from davidson.config import CommentsMode
from tests.comments.holding import APPEAL, DATA, EDIT, ERASE, decide, press, receipt_url
from tests.factories import Made, comment_now, make_article, make_comment
from tests.moderation.senders import ban_in_store
from tests.pages import read


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(comments=CommentsMode.HOLD_ALL)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app, headline="Mayor resigns")


def stored(app, client, comment):
    url = receipt_url(app, comment)
    token = read(client, url).all("input[name=csrf_token]")[0].attributes["value"]
    answer = client.post(f"{url}/data", data={"csrf_token": token})
    assert answer.status_code == 200
    return answer, json.loads(answer.get_data(as_text=True))


def test_the_file_holds_every_column_of_the_comment(app, client, article):
    comment = make_comment(app, article, name="Zoë", email="zoe@example.org", source="Well *said*.", network="here")
    answer, told = stored(app, client, comment)
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="comment-{comment.id}.json"'
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert (told["format"], told["layout"]) == ("davidson-comment", 1)
    assert told["comment"]["article"] == {"headline": "Mayor resigns", "path": article.url}
    row = comment_now(app, comment)
    renamed = {
        "article_id": "article",
        "parent_id": "parent",
        "thread_id": "thread",
        "reply_count": "replies_shown",
        "decided_at": "status_since",
        "sender": "network_hash",
        "author_key": "author_token_hash",
        "fingerprint": "sending_hash",
        "staff_id": "by_staff",
    }
    for column in inspect(Comment).columns:
        assert renamed.get(column.key, column.key) in told["comment"], column.key
    assert (told["comment"]["name"], told["comment"]["email"]) == ("Zoë", "zoe@example.org")
    assert (told["comment"]["source"], told["comment"]["html"]) == ("Well *said*.", "<p>Well <em>said</em>.</p>")
    assert (told["comment"]["network_hash"], told["comment"]["findings"]) == ("here", row.findings)


def test_the_file_holds_what_waits_and_the_history_without_names_of_staff(app, client, article):
    comment = make_comment(app, article, source="First.")
    press(read(client, receipt_url(app, comment)), EDIT, body="Second.")
    assert stored(app, client, comment)[1]["new_text"]["source"] == "Second."
    decide(app, comment, "rejected", reason="abuse", note="Between us.")
    press(read(client, receipt_url(app, comment)), APPEAL, appeal="Why?")
    answer, told = stored(app, client, comment)
    assert told["appeal"] == {
        "text": "Why?",
        "sent_at": told["appeal"]["sent_at"],
        "outcome": "open",
        "answer": "",
        "answered_at": None,
    }
    assert [(entry["version"], entry["action"], entry["by"]) for entry in told["history"]] == [
        (1, "comment.submit", "reader"),
        (2, "comment.set", "shell"),
        (3, "comment.propose-text", "reader"),
        (4, "comment.set", "shell"),
        (5, "comment.appeal", "reader"),
    ]
    assert told["history"][3]["reason"] == "abuse" and told["history"][3]["to"] == "rejected"
    assert "Between us." not in answer.get_data(as_text=True)


def test_of_an_erased_comment_the_file_holds_the_skeleton(app, client, article):
    comment = make_comment(app, article, name="Zebulon", source="My zeppelin.", email="z@example.org")
    press(read(client, receipt_url(app, comment)), ERASE)
    answer, told = stored(app, client, comment)
    assert (told["comment"]["status"], told["comment"]["source"], told["comment"]["network_hash"]) == (
        "deleted",
        "",
        None,
    )
    assert not any(word in answer.get_data(as_text=True) for word in ("Zebulon", "zeppelin", "z@example.org"))


def test_the_file_takes_the_pages_token_and_a_post(app, client, article):
    url = receipt_url(app, make_comment(app, article, source="My zeppelin."))
    assert client.get(f"{url}/{DATA}").status_code == 405
    assert press(read(client, url), DATA, csrf_token="x").status == 400


def test_the_file_does_not_tell_of_a_ban(app, client, article):
    ban_in_store(app, make_comment(app, article, network="here"))
    comment = make_comment(app, article, status="pending", network="here")
    assert "ban" in [finding["rule"] for finding in comment_now(app, comment).findings]
    answer, told = stored(app, client, comment)
    assert told["comment"]["status"] == "pending" and told["comment"]["findings"] != []
    assert '"ban"' not in answer.get_data(as_text=True) and "banned" not in answer.get_data(as_text=True)
