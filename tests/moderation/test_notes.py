"""Notes of moderators on a network or an author token: for each other, and gone with what they are about."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from davidson.accounts.models import Role
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.comments.withdrawing import erase
from davidson.database import db
from davidson.moderation.notes import MOST_NOTES, SenderNote
from tests.desks import audit_log, browser, hire, log_in, on_duty
from tests.factories import Made, make_article, make_comment
from tests.moderation.senders import (
    NETWORK,
    ONE,
    TOKEN,
    ban_in_store,
    give_token,
    page_of_comment,
    section,
    write_note,
)
from tests.pages import Page, read


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A moderator called Ada Lovelace."""
    return on_duty(app)


def named(app: Flask, name: str, role: Role = Role.MODERATOR) -> FlaskClient:
    email = f"{name.lower()}@example.org"
    hire(app, role, email, name=name)
    client = browser(app)
    log_in(client, email)
    return client


def notes(page: Page, kind: str = NETWORK) -> list[str]:
    return page.one(f"section#sender-{kind}").texts(".sender-record__words")


def stored(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(SenderNote.text).order_by(SenderNote.id)))


def test_a_note_stands_beside_the_record_of_each_comment_of_its_sender(app, article, client):
    one, other, stranger = (make_comment(app, article, network=network) for network in ("net", "net", "elsewhere"))
    give_token(app, one)
    done = write_note(client, one, "Twice warned.\n<b>Kindly</b>.").follow()
    assert done.texts(".flash") == ["Your note is kept."]
    for comment in (one, other):
        page = page_of_comment(client, comment)
        assert section(page).one(".sender-record__words").raw_text() == "Twice warned.\n<b>Kindly</b>."
        assert "Ada Lovelace, " in section(page).one(".sender-record__note").text
    assert notes(page_of_comment(client, stranger)) == []
    assert notes(page_of_comment(client, one), TOKEN) == []
    write_note(client, one, "Of the token.", TOKEN)
    both, network = ["There are notes on this author and this network"], ["There are notes on this network"]
    for comment, told in ((one, both), (other, network), (stranger, [])):
        card = read(client, "/staff/moderation/?status=approved").one(f"#comment-{comment.id}")
        assert card.texts(".queue-proof__noted") == told
    assert notes(page_of_comment(client, one), TOKEN) == ["Of the token."]
    write_note(client, one, "Newer.")
    assert notes(page_of_comment(client, one))[0] == "Newer."


@pytest.mark.parametrize("text", ["", " \n ", "x" * 1001])
def test_a_faulty_note_comes_back_with_what_was_typed(app, article, client, text: str):
    comment = make_comment(app, article)
    page = write_note(client, comment, text)
    assert page.status == 422
    assert page.one(f"p#text-{NETWORK}-fault").text
    assert page.form(f"#note-form-{NETWORK}")[1]["text"].strip() == text.strip()
    assert "open" in page.one("details.sender-record__more[open=]").attributes
    assert stored(app) == []


def test_a_note_of_a_thousand_characters_is_kept_as_it_is(app, article, client):
    text = ("Wörter: " + "شكرا " * 200)[:1000].strip()
    assert write_note(client, make_comment(app, article), text).status == 303
    assert stored(app) == [text]


def test_its_author_and_admins_delete_a_note_and_nobody_else(app, article):
    comment = make_comment(app, article)
    author, other, admin = named(app, "Ada"), named(app, "Bo"), named(app, "Cy", Role.ADMIN)
    for deletes in (author, admin):
        write_note(author, comment, "For a while.")
        with app.app_context():
            number = db.session.scalars(select(SenderNote.id)).one()
        button = f"form[action={ONE}{comment.id}/notes/{number}/delete]"
        assert page_of_comment(other, comment).all(button) == []
        token = page_of_comment(other, comment).form("form[action=/staff/logout]")[1]
        path = f"{ONE}{comment.id}/notes/{number}/delete"
        assert other.post(path, data=token).status_code == 403
        assert author.post(path).status_code == 400
        assert stored(app) == ["For a while."]
        page = page_of_comment(deletes, comment)
        assert page.submit(button).follow().texts(".flash") == ["The note is deleted."]
        assert page.submit(button).status == 404
        assert stored(app) == []


def test_the_log_says_who_wrote_and_deleted_one_and_not_its_words(app, article, client):
    comment = make_comment(app, article, network="the-hash")
    write_note(client, comment, "A secret of ours.")
    page = page_of_comment(client, comment)
    (button,) = [form for form in page.all("form") if form.attributes["action"].endswith("/delete")]
    page.submit(f"form[action={button.attributes['action']}]")
    log = read(client, "/staff/audit")
    number = button.attributes["action"].split("/")[-2]
    assert log.texts("td.table__said")[:2] == [
        f"Ada Lovelace deleted note {number} on a network.",
        f"Ada Lovelace wrote note {number} on a network.",
    ]
    entries = [entry for entry in audit_log(app) if entry.subject.startswith("note:")]
    assert [entry.details for entry in entries] == [{"comment": comment.id}] * 2
    assert {"note: add", "note: delete"} <= set(log.texts("option"))
    assert app.test_cli_runner().invoke(args=["audit", "verify"]).exit_code == 0


def test_no_more_notes_are_kept_than_are_shown(app, article, client):
    comment = make_comment(app, article, network="net")
    with app.app_context():
        for number in range(MOST_NOTES):
            db.session.add(SenderNote(key="net", kind="network", text=f"{number}", written_at=utcnow()))
        db.session.commit()
    page = write_note(client, comment, "One more.")
    assert page.status == 409 and "One more." in page.html
    assert len(notes(page_of_comment(client, comment))) == MOST_NOTES


def test_nothing_of_a_comment_is_copied_into_what_is_kept_about_its_sender(app, article, client):
    comment = make_comment(app, article, name="Zebulon", source="My zeppelin.", email="z@example.org")
    write_note(client, comment, "Rude.")
    ban_in_store(app, comment, reason="Rude.")
    with app.test_request_context():
        erase(db.session.get_one(Comment, comment.id), now=utcnow())
        db.session.commit()
    with app.app_context():
        rows = [str(db.session.execute(select(*kind.__table__.c)).all()) for kind in (SenderNote,)]
        rows += [f"{entry.note}{entry.details}{entry.reason}" for entry in audit_log(app)]
    assert not [row for row in rows if "zeppelin" in row.casefold() or "zebulon" in row.casefold()]
    assert page_of_comment(client, comment).all("section.sender-record") == []
    assert page_of_comment(client, comment).status == 200


def test_a_note_on_what_is_forgotten_is_not_kept_and_comes_back(app, article, client):
    comment = make_comment(app, article)
    page = page_of_comment(client, comment)
    with app.app_context():
        db.session.get_one(Comment, comment.id).sender = None
        db.session.commit()
    answer = page.submit(f"#note-form-{NETWORK}", text="Too late.")
    assert answer.status == 409
    assert "Too late." in answer.html and "not known any more" in answer.html
    assert stored(app) == []


@pytest.mark.parametrize("path", ["7/notes", f"{2**63}/notes", "7/notes/7/delete", f"7/notes/{2**63}/delete"])
def test_there_may_be_no_such_comment_and_no_such_note(app, client, path: str):
    token = read(client, "/staff/moderation/bans").form("form[action=/staff/logout]")[1]
    assert client.post(f"{ONE}{path}", data={"kind": "network", "text": "x"} | token).status_code == 404


def test_somebody_whose_account_is_gone_is_not_named(app, article, client):
    comment = make_comment(app, article, network="net")
    with app.app_context():
        note = SenderNote(
            key="net", kind="network", text="Old.", staff_id=4711, written_at=utcnow() - timedelta(days=1)
        )
        db.session.add(note)
        db.session.commit()
    assert "Somebody who left" in section(page_of_comment(client, comment)).text
