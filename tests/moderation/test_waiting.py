"""What waited at the end of each day, counted day by day, is what the whole log says of that moment."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import Flask

from davidson.audit.log import SHELL
from davidson.audit.models import AuditEntry
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.comments.states import change_state, lock_article_of
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation.days import DAY, day_figures, make_days
from davidson.moderation.figures import DayFigures
from davidson.moderation.models import ModerationDay
from tests.factories import make_article, make_comment

DAYS = 8


def some_days_of_work(app: Flask) -> datetime:
    """Comments that come to wait, cease to and come back, over some days, at random; gives the beginning of today."""
    draw = random.Random(20261124)
    today = utcnow().replace(hour=0, minute=0, second=0, microsecond=0)
    began = today - DAYS * DAY
    article = make_article(app, published_at=began - DAY)
    ids: list[int] = []
    for minute in sorted(draw.sample(range(DAYS * 24 * 60), 70)):
        now = began + timedelta(minutes=minute, milliseconds=draw.randrange(1000))
        if not ids or draw.random() < 0.4:
            ids.append(make_comment(app, article, status=draw.choice(["pending", "approved"]), created_at=now).id)
            continue
        with app.app_context():
            comment = db.session.get_one(Comment, draw.choice(ids))
            lock_article_of(article.id)
            wanted = draw.choice([CommentStatus.PENDING, CommentStatus.APPROVED, CommentStatus.SPAM])
            change_state(comment, wanted, action="comment.set", actor=SHELL, now=now)
            db.session.commit()
    return today


def waiting_by_the_log(app: Flask, moment: datetime) -> list[datetime]:
    """When the comments that waited then were sent, by all that was written down before."""
    sent: dict[str, datetime] = {}
    states: dict[str, str] = {}
    with app.app_context():
        entries = db.session.query(AuditEntry).filter(AuditEntry.subject.like("comment:%")).order_by(AuditEntry.version)
        for entry in entries:
            if entry.at < moment:
                sent.setdefault(entry.subject, entry.at)
                states[entry.subject] = entry.to_state
    return sorted(sent[subject] for subject, state in states.items() if state == "pending")


def counted(app: Flask, today: datetime) -> Iterator[tuple[datetime, DayFigures]]:
    with app.app_context():
        days = day_figures(today - 30 * DAY, today)
    for name, figures in days.items():
        yield datetime.fromisoformat(f"{name}T00:00:00+00:00") + DAY, figures


def check(app: Flask, today: datetime) -> None:
    told = list(counted(app, today))
    assert len(told) >= DAYS
    for end, figures in told:
        waited = waiting_by_the_log(app, end)
        assert figures.waiting == len(waited), end
        age = (end - waited[0]).total_seconds() if waited else None
        assert (figures.oldest is None) == (age is None)
        assert age is None or age <= (figures.oldest or 0) < age + 1
    assert len({figures.waiting for _, figures in told}) > 2


def test_each_day_ends_with_what_the_whole_log_says(app: Flask):
    today = some_days_of_work(app)
    with app.app_context():
        for days_ago in range(DAYS, -1, -1):  # As the worker does it, once a day.
            make_days(today - days_ago * DAY)
    check(app, today)


def test_days_that_are_counted_late_end_alike(app: Flask):
    today = some_days_of_work(app)
    with app.app_context():
        make_days(today)
    check(app, today)


def test_a_day_after_one_that_an_earlier_release_counted_begins_with_the_log(app: Flask):
    today = some_days_of_work(app)
    with app.app_context():
        make_days(today - 3 * DAY)
        for row in db.session.query(ModerationDay):
            row.figures = {name: value for name, value in row.figures.items() if name not in ("waiting", "oldest")}
        db.session.commit()
        make_days(today)
    told = list(counted(app, today))
    assert [figures.waiting is None for _, figures in told] == [True] * (len(told) - 3) + [False] * 3
    for end, figures in told[-3:]:
        assert figures.waiting == len(waiting_by_the_log(app, end))


def test_an_empty_queue_has_no_oldest(app: Flask):
    today = utcnow().replace(hour=0, minute=0, second=0, microsecond=0)
    article = make_article(app, published_at=today - 3 * DAY)
    make_comment(app, article, created_at=today - timedelta(hours=30))
    with app.app_context():
        make_days(today)
    assert {(figures.waiting, figures.oldest) for _, figures in counted(app, today)} == {(0, None)}
