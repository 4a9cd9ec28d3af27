"""Retention of what the desk keeps: notes, bans, decisions on many, hints of who looks, and sessions."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from davidson.accounts.models import StaffSession
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.bans import Ban, SenderKind
from davidson.comments.models import Comment
from davidson.comments.withdrawing import erase
from davidson.database import db
from davidson.moderation.bulk import KEPT, Seen, begin, go_on
from davidson.moderation.decisions import Decision
from davidson.moderation.models import Bulk, BulkMember
from davidson.moderation.notes import SenderNote, write_note
from davidson.moderation.presence import LASTS, Look, look_at
from davidson.web.limits import Throttle
from tests.desks import browser, hire, log_in, on_duty
from tests.factories import comment_now, make_article, make_comment
from tests.moderation.senders import ban_in_store, give_token
from tests.moderation.test_queue import DESK
from tests.operations.test_retention import DAYS, TICK, entries, old_article, run, verified
from tests.pages import read


def test_a_ban_outlives_the_networks_of_comments_and_goes_when_it_is_over(app: Flask):
    now = utcnow()
    comment = make_comment(app, old_article(app), created_at=now - DAYS, network="the-network")
    ban_in_store(app, comment, now=now - DAYS, ends_at=now + TICK)
    assert run(app, now) == {"networks of comments": 1}
    with app.app_context():
        assert db.session.scalars(select(Ban.key)).all() == ["the-network"]
    assert run(app, now + TICK) == {"ended bans": 1}
    with app.app_context():
        assert db.session.scalars(select(Ban.key)).all() == []
    assert [entry.action for entry in entries(app, "ban:1")] == ["ban.place"]
    assert verified(app)


def test_a_note_goes_with_the_hash_that_it_is_about(app: Flask):
    article, now = old_article(app), utcnow()
    due = make_comment(app, article, created_at=now - DAYS, network="old")
    make_comment(app, article, created_at=now - DAYS, network="seen lately")
    lately = make_comment(app, article, created_at=now - timedelta(days=1), network="seen lately")
    banned = make_comment(app, article, created_at=now - DAYS, network="banned")
    ban_in_store(app, banned, now=now - DAYS, ends_at=now + timedelta(days=1))
    give_token(app, due)
    with app.app_context():
        for comment in (due, lately, banned):
            write_note(comment.id, SenderKind.NETWORK, f"On {comment.id}.", actor=SHELL, now=now)
        write_note(due.id, SenderKind.TOKEN, "On the token.", actor=SHELL, now=now)
        db.session.commit()

    def kept() -> list[str]:
        with app.app_context():
            return list(db.session.scalars(select(SenderNote.text).order_by(SenderNote.id)))

    assert run(app, now) == {"networks of comments": 3, "notes on senders": 1}
    assert kept() == [f"On {lately.id}.", f"On {banned.id}.", "On the token."]
    assert run(app, now + timedelta(days=1)) == {"ended bans": 1, "notes on senders": 1}
    with app.test_request_context():
        erase(db.session.get_one(Comment, due.id), now=now)
        db.session.commit()
    assert run(app, now + timedelta(days=1)) == {"notes on senders": 1}
    assert kept() == [f"On {lately.id}."]
    assert verified(app)


def test_sessions_and_counts_that_are_over_go_too(app: Flask):
    client = on_duty(app)
    now = utcnow()
    with app.app_context():
        db.session.add(Throttle(key="over", amount=1, ends_at=now - timedelta(hours=1)))
        db.session.add(Throttle(key="open", amount=1, ends_at=now + timedelta(hours=1)))
        db.session.commit()
    assert run(app, now)["counts of attempts"] >= 1
    assert client.get("/staff/account").status_code == 200
    done = run(app, now + timedelta(days=15))
    assert done["ended sessions"] == 1
    with app.app_context():
        assert db.session.query(StaffSession).count() == 0


def logged_in(app: Flask) -> FlaskClient:
    """The browser of somebody who came through the log-in, which knows of networks."""
    hire(app, email="ada@example.org")
    client = browser(app)
    assert log_in(client, "ada@example.org").status == 303
    return client


def test_where_a_session_began_is_forgotten_and_the_session_goes_on(make_app):
    app: Flask = make_app(retention_network_days=3)
    client = logged_in(app)
    assert "networks of sessions" not in run(app, utcnow() + timedelta(days=2))
    assert run(app, utcnow() + timedelta(days=3))["networks of sessions"] == 1
    assert client.get("/staff/account").status_code == 200


def test_no_network_of_staff_is_remembered_longer_than_readers_are(app: Flask):
    logged_in(app)
    with app.app_context():
        assert max(row.ends_at for row in db.session.query(Throttle)) <= utcnow() + DAYS


def test_a_decision_on_many_is_forgotten_after_thirty_days_and_what_it_decided_stays(app: Flask):
    article, now = make_article(app), utcnow()
    made = [make_comment(app, article, status="pending") for _ in range(3)]
    with app.app_context():
        seen = [Seen(comment.id, comment.version, article.id) for comment in made]
        old, young = (
            begin(seen, Decision.REJECT, reason="abuse", what="of a test", actor=SHELL, now=at)
            for at in (now - KEPT, now - KEPT + TICK)
        )
        db.session.commit()
        go_on(old, actor=SHELL, seconds=9)
    assert run(app, now, batch=3) == {"rows of decisions on many": 4}
    with app.app_context():
        assert db.session.scalars(select(Bulk.id)).all() == [young]
        assert db.session.scalar(select(func.count()).select_from(BulkMember)) == 3
    assert {comment_now(app, comment).status.value for comment in made} == {"rejected"}
    moderator = on_duty(app)
    assert moderator.get(f"{DESK}bulks/{old}").status_code == 404
    assert read(moderator, f"{DESK}?bulk={old}&status=rejected").all(".undo-line") == []


def test_a_hint_of_who_looks_goes_when_it_is_over(app: Flask):
    comment, now = make_comment(app, make_article(app)), utcnow()
    one, other = hire(app), hire(app, name="Somebody Else")
    with app.app_context():
        look_at(comment.id, staff_id=one, now=now - LASTS)
        look_at(comment.id, staff_id=other, now=now - LASTS + TICK)
        db.session.commit()
    assert run(app, now) == {"hints of who looks": 1}
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Look)) == 1
