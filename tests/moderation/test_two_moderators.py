"""Two moderators decide on one comment at one moment, at real workers: one decision is taken and the other is told."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from davidson.articles.models import Article
from davidson.audit.models import AuditEntry
from davidson.comments.models import Comment
from davidson.comments.states import subject_of
from davidson.database import db
from tests.desks import PASSWORD, hire
from tests.factories import Made, comment_now, make_article, make_comment
from tests.fire.people import Moderator, at_once
from tests.site import Site, running_site

pytestmark = [pytest.mark.server, pytest.mark.timeout(600)]

ROUNDS = 100
# What is decided at once, round after round; the outcomes differ, so that it can be seen who won.
PAIRS = (("approve", "reject"), ("reject", "spam"), ("spam", "approve"))
STATES = {"approve": "approved", "reject": "rejected", "spam": "spam"}


@pytest.fixture
def site(app: Flask, store: URL) -> Iterator[Site]:
    with running_site(store, Path(app.instance_path), workers=2) as running:
        yield running


def moderators(app: Flask, site: Site) -> list[Moderator]:
    """Two people, each on a connection of their own."""
    for name in ("grace", "alan"):
        hire(app, email=f"{name}@example.org", name=name.title())
    return [Moderator(site, f"{name}@example.org", PASSWORD) for name in ("grace", "alan")]


def history(app: Flask, comment: Made) -> list[AuditEntry]:
    with app.app_context():
        entries = select(AuditEntry).where(AuditEntry.subject == subject_of(comment.id)).order_by(AuditEntry.version)
        return list(db.session.scalars(entries))


def check_sums(app: Flask, article: Made, comments: list[Made]) -> None:
    """The row, its log and the article's count agree."""
    for comment in comments:
        now, entries = comment_now(app, comment), history(app, comment)
        assert [entry.version for entry in entries] == list(range(1, now.version + 1))
        assert entries[-1].to_state == now.status
        assert [entry.from_state for entry in entries[1:]] == [entry.to_state for entry in entries[:-1]]
    with app.app_context():
        approved = select(func.count()).select_from(Comment).where(Comment.status == "approved")
        assert db.session.scalar(approved) == db.session.get_one(Article, article.id).comment_count


def test_of_two_decisions_at_once_one_is_taken_and_the_other_is_told(app: Flask, site: Site):
    article = make_article(app)
    comments = [make_comment(app, article, status="pending") for _ in range(ROUNDS)]
    grace, alan = moderators(app, site)
    winners: Counter[str] = Counter()
    for number, comment in enumerate(comments):
        one, other = PAIRS[number % len(PAIRS)]
        answers = at_once(
            lambda comment=comment, one=one: grace.decide(comment.id, one, version=1, reason="abuse"),
            lambda comment=comment, other=other: alan.decide(comment.id, other, version=1, reason="abuse"),
        )
        assert sorted(answer.status for answer in answers) == [303, 409], [answer.status for answer in answers]
        won = 0 if answers[0].status == 303 else 1
        winners["grace" if won == 0 else "alan"] += 1
        decision, name = ((one, "Grace"), (other, "Alan"))[won]
        assert comment_now(app, comment).status == STATES[decision]
        assert history(app, comment)[-1].actor == f"{name.lower()}@example.org"
        assert f"by {name}" in answers[1 - won].text
    assert winners.total() == ROUNDS
    check_sums(app, article, comments)


def test_decisions_on_replies_and_their_head_at_once_keep_every_count(app: Flask, site: Site):
    article = make_article(app)
    head = make_comment(app, article)
    replies = [make_comment(app, article, status="pending", parent_id=head.id) for _ in range(20)]
    grace, alan = moderators(app, site)
    version = head.version
    for first, second in zip(replies[::2], replies[1::2], strict=True):
        answers = at_once(
            lambda first=first: grace.decide(first.id, "approve", version=1),
            lambda second=second: alan.decide(second.id, "approve", version=1),
        )
        assert [answer.status for answer in answers] == [303, 303]
        answers = at_once(
            lambda first=first: grace.decide(first.id, "reject", version=2, reason="abuse"),
            lambda version=version: alan.decide(head.id, "reject", version=version, reason="abuse"),
        )
        assert [answer.status for answer in answers] == [303, 303]
        assert alan.decide(head.id, "approve", version=version + 1).status == 303
        version += 2
    check_sums(app, article, [head, *replies])
    assert comment_now(app, head).reply_count == len(replies) / 2
