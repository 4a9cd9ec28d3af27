"""What the mail server says, and what becomes of a mail then. Nothing that is logged or kept says an address."""

import logging
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from davidson.clock import utcnow
from davidson.database import db
from davidson.mail import server
from davidson.mail.models import Handover
from davidson.mail.sending import init_mail
from davidson.outbox.draining import drain_once
from davidson.web.log import EventFormatter
from tests.comments.holding import decide
from tests.factories import make_comment
from tests.mail.conftest import ADDRESS, post_office, waiting
from tests.mailsink import PASSWORD, USER, MailSink, certificate_for, running_mail_sink


@pytest.fixture
def due(app, sink, write):
    """An author who is owed a mail about a decision."""
    author = write().confirm()
    sink.taken.clear()
    decide(app, author.comment, "approved")
    return author


def try_once(app: Flask, *, later: float = 61) -> None:
    with app.app_context():
        assert drain_once(app, utcnow() + timedelta(seconds=later))


def let_rest_pass(app: Flask) -> None:
    """Make the application anew what knows that the server was away, as half a minute does."""
    init_mail(app, app.extensions["davidson-settings"])


def handovers(app: Flask) -> int:
    with app.app_context():
        return db.session.query(Handover).filter(Handover.key.contains("decision")).count()


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("connect", "421 4.3.2 busy"),
        ("ehlo", "421 4.3.2 ada@example.org"),
        ("mail", "451 4.3.0 later"),
        ("mail", "550 5.7.1 not from noreply@localhost"),
        ("rcpt", "450 4.2.1 ada@example.org is greylisted"),
        ("data", "451 4.3.0 later"),
        ("end", "452 4.3.1 full"),
    ],
)
def test_what_may_get_better_is_tried_again(app, sink, due, step, answer):
    sink.answers = {step: [answer]}
    try_once(app)
    assert sink.taken == []
    [message] = waiting(app)
    assert message["error"].startswith("NotTaken: ")
    assert "@" not in message["error"]
    assert handovers(app) == 0
    let_rest_pass(app)
    post_office(app, later=120)
    assert len(sink.taken) == 1
    assert waiting(app) == []


@pytest.mark.parametrize(
    ("step", "answer", "is_forgotten"),
    [
        ("rcpt", "550 5.1.1 ada@example.org: no such person", True),
        ("rcpt", "550 5.2.1 ada@example.org: closed", True),
        ("rcpt", "554 5.7.1 relay access denied", False),
        ("rcpt", "550 no", False),
        ("data", "554 5.3.4 too much", False),
        ("end", "554 5.7.1 looks like spam to ada@example.org", False),
    ],
)
def test_what_is_refused_for_good_is_given_up(app, sink, due, caplog, step, answer, is_forgotten):
    sink.answers = {step: [answer]}
    with caplog.at_level(logging.INFO):
        try_once(app)
    assert sink.taken == []
    assert waiting(app) == []
    assert due.address == ("" if is_forgotten else ADDRESS)
    assert [record.message for record in caplog.records] == ["mail refused"]
    assert ADDRESS not in repr([vars(record) for record in caplog.records])


@pytest.mark.parametrize("step", ["connect", "ehlo", "mail", "rcpt", "data"])
def test_a_line_that_is_cut_before_the_end_is_tried_again(app, sink, due, step):
    sink.breaks_off_at = step
    try_once(app)
    sink.breaks_off_at = ""
    let_rest_pass(app)
    post_office(app, later=120)
    assert len(sink.taken) == 1


@pytest.mark.parametrize("step", ["end", "quit"])
def test_a_line_that_is_cut_after_the_end_is_taken_for_success(app, sink, due, step, caplog):
    sink.breaks_off_at = step
    with caplog.at_level(logging.INFO):
        post_office(app, later=120)
    assert len(sink.taken) == 1
    assert waiting(app) == []
    told = "mail of unknown fate" if step == "end" else "mail sent"
    assert [record.message for record in caplog.records] == [told]


@pytest.mark.parametrize("step", ["rcpt", "end"])
def test_a_server_that_falls_silent_holds_nobody_for_ever(app, sink, due, monkeypatch, step):
    monkeypatch.setattr(server, "TIMEOUT", 0.5)
    monkeypatch.setattr(server, "LAST_TIMEOUT", 0.5)
    sink.hold(step)
    began = time.monotonic()
    try_once(app)
    assert time.monotonic() - began < 5
    sink.let_go()
    make_comment(app, due.article, parent_id=due.comment.id)
    try_once(app, later=100)
    assert any(message["error"] == "NotTaken: the server was away a moment ago" for message in waiting(app))
    let_rest_pass(app)
    post_office(app, later=300)
    assert len(sink.taken) == 2


def test_a_server_that_is_away_is_left_alone_for_a_while(app, sink, due, caplog):
    sink.answers = {"connect": ["421 4.3.2 busy"] * 9}
    for later in (61, 90, 120):
        try_once(app, later=later)
    assert sink.steps.count("connect") == 2  # One of them let the address be confirmed.
    assert waiting(app)[0]["error"] == "NotTaken: the server was away a moment ago"


def test_a_second_worker_with_the_same_mail_is_kept_from_the_end(app, make_app, mailing, sink, due):
    """A slow server outlasts the lease: another worker takes the message over while the first waits for its answer."""
    other = make_app(**mailing)
    sink.hold("end")
    first = threading.Thread(target=try_once, args=(app,))
    first.start()
    while len(sink.taken) < 1:
        time.sleep(0.01)
    try_once(other, later=120)
    assert waiting(other)[0]["error"].startswith("InFlight: ")
    sink.let_go()
    first.join()
    assert waiting(other) == []
    assert len(sink.taken) == 1


def test_what_was_handed_over_long_ago_is_not_sent_again(app, sink, due, caplog):
    with app.app_context():
        db.session.add(Handover(key=f"comment:{due.comment.id}:decision:2", at=utcnow() - timedelta(hours=1)))
        db.session.commit()
    with caplog.at_level(logging.INFO):
        try_once(app)
    assert sink.taken == []
    assert waiting(app) == []
    assert [record.message for record in caplog.records] == ["mail was handed over before"]


@pytest.fixture
def bare(make_app, mailing, due) -> Flask:
    """The site after its mail server was taken away."""
    app: Flask = make_app(**mailing | {"smtp_url": ""})
    return app


def test_without_a_server_mails_are_logged_without_their_address(bare, sink, caplog):
    with caplog.at_level(logging.INFO):
        try_once(bare)
    [record] = caplog.records
    assert record.message == "mail not sent"
    fields: dict[str, Any] = vars(record)["fields"]
    assert fields["subject"] == "Your comment was published: Mayor resigns"
    assert ADDRESS not in repr(fields) and "/mail/" not in repr(fields)
    assert waiting(bare) == [] and sink.taken == []


def test_the_log_of_a_mail_says_no_address(app, sink, due, caplog):
    with caplog.at_level(logging.INFO):
        post_office(app)
    lines = [EventFormatter(as_json=False).format(record) for record in caplog.records]
    assert "mail sent about=comment:" in "".join(lines)
    assert ADDRESS not in "".join(lines)


def with_login(sink: MailSink, password: str = PASSWORD) -> str:
    sink.demands_login = True
    return sink.url.replace("//", f"//{USER}:{password}@")


def test_user_and_password_are_given(make_app, mailing, sink, due):
    app = make_app(**mailing | {"smtp_url": with_login(sink)})
    post_office(app)
    assert [taken.user for taken in sink.taken] == [USER]


def test_a_wrong_password_waits_for_the_operator(make_app, mailing, sink, due):
    app = make_app(**mailing | {"smtp_url": with_login(sink, "wrong")})
    try_once(app)
    assert waiting(app)[0]["error"] == "NotTaken: the server refuses user and password with 535"


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_server_elsewhere_is_spoken_to_encrypted_and_its_certificate_checked(
    make_app, mailing, due, monkeypatch, tmp_path, scheme
):
    keys = certificate_for("127.0.0.2", tmp_path / "keys")
    with running_mail_sink("127.0.0.2", scheme=scheme, keys=keys) as secure:
        app = make_app(**mailing | {"smtp_url": with_login(secure)})
        try_once(app)
        assert "its certificate is not to be trusted" in waiting(app)[0]["error"]
        assert "auth" not in secure.steps
        monkeypatch.setenv("SSL_CERT_FILE", str(keys / "cert.pem"))
        let_rest_pass(app)
        post_office(app, later=120)
    assert [(taken.encrypted, taken.user) for taken in secure.taken] == [(True, USER)]


def test_no_password_is_sent_in_the_clear(make_app, mailing, due):
    with running_mail_sink("127.0.0.2") as bare:
        app = make_app(**mailing | {"smtp_url": with_login(bare)})
        try_once(app)
        assert "without it no password is sent" in waiting(app)[0]["error"]
        assert bare.steps == ["connect", "ehlo"]
