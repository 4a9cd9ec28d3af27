"""What many send at once: one comment for one form, an exact limit, and every worker sees a decision at once."""

from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from davidson.comments.models import Comment
from davidson.database import db
from tests.factories import make_comment
from tests.fire.people import Reader, at_once
from tests.fire.workers import connections_to_each_worker

pytestmark = [pytest.mark.server, pytest.mark.timeout(600)]

DECISIONS = 500


def stored(app: Flask) -> int:
    with app.app_context():
        return db.session.execute(select(func.count()).select_from(Comment)).scalar_one()


def test_one_form_sent_eight_times_at_once_is_one_comment(app: Flask, start, read_article):
    site = start(workers=4)
    reader = read_article(site)
    reader.comment("The first.")
    for number in range(15):
        answers = at_once(*[lambda number=number: reader.comment(f"Clicked twice, {number}.")] * 8)
        assert Counter(answer.status for answer in answers) == {303: 8}
        assert len({answer.headers["Location"] for answer in answers}) == 1
        assert stored(app) == number + 2


def test_the_limit_counts_exactly_across_workers(app: Flask, start, read_article):
    site = start(workers=4, DAVIDSON_COMMENT_LIMIT="25 per hour")
    reader = read_article(site)
    sendings: list[Callable[[], object]] = [lambda n=n: reader.comment(f"One of many, {n}.").status for n in range(60)]
    reader.hidden = Reader(site, reader.path).hidden
    assert Counter(at_once(*sendings)) == {303: 25, 429: 35}
    assert stored(app) == 25


def test_a_forwarded_address_of_the_senders_own_making_does_not_dodge_the_limit(start, read_article):
    site = start(workers=2, DAVIDSON_COMMENT_LIMIT="3 per hour")
    reader = read_article(site)
    reader.comment("The first.")
    statuses = []
    for number in range(5):
        values = "&".join(f"{name}={value}" for name, value in reader.hidden.items())
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": f"203.0.113.{number}"}
        body = f"{values}&name=Ada&body=Number+{number}"
        statuses.append(site.request("POST", f"{reader.path}/comments", body, headers).status)
    assert statuses == [303, 303, 429, 429, 429]


def test_a_decision_shows_on_the_next_request_to_every_worker(app: Flask, article, start, add_moderator):
    comment = make_comment(app, article, status="pending", source="Seen by all workers.")
    site = start(workers=4)
    moderator = add_moderator(site, "mod@example.org")
    workers = connections_to_each_worker(site, 4)
    version, shown = comment.version, False
    for _ in range(DECISIONS):
        decision = {"decision": "reject", "reason": "abuse"} if shown else {"decision": "approve"}
        answer = moderator.decide(comment.id, version=version, **decision)
        assert answer.status == 303, answer.text
        version, shown = version + 1, not shown
        for connection in workers.values():
            connection.request("GET", article.url)
            page = connection.getresponse().read()
            assert (b"Seen by all workers." in page) is shown
            assert (b"1 comment" in page.lower()) is shown
