"""How much spam came, by minutes and days: what of it is counted, and when that is a wave."""

from datetime import timedelta

from sqlalchemy import select

from davidson.comments.breaker import Breaker, count_found, last_wave
from davidson.comments.screening.breaker import LEAST, SPAN
from davidson.comments.spamcounts import SpamCount
from davidson.comments.status import CommentStatus
from davidson.database import db
from tests.comments.waves import AS_USUAL, AT_PRESENT, NOON, acts, promised, spam
from tests.counting import queries_of
from tests.factories import make_article, make_comment


def test_spam_that_is_spread_out_is_no_wave(app, client, article, clock):
    for minutes in range(0, 60, 2):
        clock.move_to(NOON + timedelta(minutes=minutes))
        spam(app, article, 1)
    assert promised(client, article) == AS_USUAL and acts(app) == []


def test_what_is_usual_comes_from_the_whole_days_before(app, client, article):
    make_comment(app, make_article(app, published_at=NOON - timedelta(days=41)), created_at=NOON - timedelta(days=40))
    midnight = NOON.replace(hour=0, minute=0, second=0)
    with app.app_context():
        for day in range(20):
            row = SpamCount(seconds=86400, begins_at=midnight - timedelta(days=day), number=4 * 144)
            db.session.add(row)
        db.session.commit()
    spam(app, article, 19)
    assert promised(client, article) == AS_USUAL
    spam(app, article, 1)
    assert promised(client, article) == AT_PRESENT
    with app.app_context():
        assert last_wave()[2:] == (20, 4.0)
        assert db.session.query(SpamCount).count() == 1 + 15  # The minute, today and the fourteen days before.


def test_what_is_rolled_back_is_not_counted(app, article):
    spam(app, article, LEAST - 1)
    with app.app_context():
        assert db.session.get(Breaker, 1) is None
        count_found(CommentStatus.SPAM, now=NOON)
        db.session.rollback()
        db.session.execute(select(Breaker)).all()
        db.session.commit()
    assert acts(app) == []
    spam(app, article, 1)
    assert acts(app) == ["breaker.trip"]


def test_counts_are_read_by_their_key(app, article):
    with queries_of(app) as statements:
        spam(app, article, 1)
    (counted,) = [one for one in statements if "FROM spam_count" in one and one.startswith("SELECT")]
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            given = (0, 60, f"{NOON - SPAN}", 0, 86400, f"{NOON}", f"{NOON}")
            steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {counted}", given)]
            assert [step for step in steps if step.startswith("SCAN") and "CONSTANT" not in step] == []
            assert sum("SEARCH spam_count USING" in step for step in steps) == 2
            assert any("ix_comment" in step for step in steps)
