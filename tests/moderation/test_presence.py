"""Who looks at a comment just now: a hint on its card for the others, that ends by itself and blocks nobody."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from davidson.clock import utcnow
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation.presence import LASTS, Look, forget_looks, lookers
from tests.desks import audit_log, browser
from tests.factories import Made, comment_now, make_article, make_comment
from tests.moderation.senders import ONE
from tests.moderation.test_notes import named
from tests.moderation.test_queue import DESK
from tests.pages import read

SAID = ".queue-card__lookers"


def token_of(client: FlaskClient) -> str:
    return read(client, DESK).all(".queue-card input[name=csrf_token]")[0].attributes["value"]


def look(client: FlaskClient, comment: Made, token: str, **headers: str) -> int:
    return client.post(f"{ONE}{comment.id}/look", data={"csrf_token": token}, headers=headers).status_code


def looks(app: Flask) -> list[int]:
    with app.app_context():
        return list(db.session.scalars(select(Look.comment_id).order_by(Look.staff_id)))


def test_others_are_told_for_a_minute_who_looks_at_a_comment(app: Flask):
    article = make_article(app)
    first, second = (make_comment(app, article, status="pending") for _ in range(2))
    ada, grace, edith = (named(app, name) for name in ("Ada", "Grace", "Edith"))
    token = token_of(ada)
    before = len(audit_log(app))

    assert look(ada, first, token) == look(edith, first, token_of(edith)) == 204
    queue = read(grace, DESK)
    assert queue.one(f"#comment-{first.id}").texts(SAID) == ["Ada, Edith are looking at this."]
    assert queue.one(f"#comment-{second.id}").texts(SAID) == []
    assert read(ada, f"{ONE}{first.id}").texts(SAID) == ["Edith is looking at this."]
    assert look(ada, second, token) == 204
    assert looks(app) == [second.id, first.id]  # One row each: only what somebody looked at last.
    assert len(audit_log(app)) == before

    now, ids = utcnow(), [first.id, second.id]
    with app.app_context():
        assert lookers(ids, besides=0, now=now) == {first.id: ("Edith",), second.id: ("Ada",)}
        assert lookers(ids, besides=0, now=now + LASTS) == {}
        assert forget_looks(now, most=9) == 0
        for row in db.session.scalars(select(Look)):
            row.seen_at = now - timedelta(seconds=60)
        db.session.commit()
    assert read(grace, DESK).texts(SAID) == []
    with app.app_context():
        assert [forget_looks(now, most=1), forget_looks(now, most=9)] == [1, 1]
        db.session.commit()


def test_who_looks_keeps_nobody_from_deciding(app: Flask):
    comment = make_comment(app, make_article(app), status="pending")
    ada, grace = named(app, "Ada"), named(app, "Grace")
    page = read(grace, DESK)
    assert look(ada, comment, token_of(ada)) == 204
    assert page.submit(f"#comment-{comment.id} form", decision="approve").status == 303
    assert comment_now(app, comment).status is CommentStatus.APPROVED


def test_only_the_desks_own_forms_leave_a_hint(app: Flask):
    comment = make_comment(app, make_article(app), status="pending")
    ada = named(app, "Ada")
    token = token_of(ada)
    assert ada.get(f"{ONE}{comment.id}").status_code == 200
    assert ada.get(f"{ONE}{comment.id}/look").status_code == 405
    assert look(ada, comment, "forged") == 400
    assert look(ada, comment, token, Origin="https://elsewhere.example") == 400
    assert look(browser(app), comment, token) == 303
    assert look(ada, Made(2**63), token) == look(ada, Made(0), token) == 404
    assert looks(app) == []
