"""Mails are asked for with a comment or on its receipt, and nothing but one question is mailed before a yes."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from davidson.config import CommentsMode
from davidson.database import db
from davidson.mail.models import Subscription
from tests.comments.holding import decide, press
from tests.counting import queries_of
from tests.factories import make_article, make_comment
from tests.mail.conftest import ADDRESS, link_in, post_office, waiting
from tests.pages import page_of, read


def test_a_wish_is_answered_with_one_question_and_nothing_else(app, sink, write):
    author = write()
    decide(app, author.comment, "approved")
    make_comment(app, author.article, parent_id=author.comment.id)
    post_office(app, later=600)
    [taken] = sink.taken
    assert taken.recipient == ADDRESS
    assert taken.message["Subject"] == "Please confirm: mails about your comment in Davidson News"
    assert waiting(app) == []


def test_the_question_holds_no_word_of_whoever_typed_the_address_in(app, sink, write):
    write(name="Buy gold", body="Cheap gold at https://evil.example")
    post_office(app)
    assert "gold" not in sink.taken[0].raw.decode().lower()
    assert "evil" not in sink.taken[0].text


def test_opening_the_link_changes_nothing_and_its_button_does(app, sink, write):
    author = write()
    post_office(app)
    author.link = link_in(sink)
    for path in (author.link, f"{author.link}/unsubscribe"):
        page = read(author.client, path)
        assert page.one("h1").text == "Confirm your address"
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["X-Robots-Tag"] == "noindex"
        assert author.client.head(path).status_code == 200
    assert author.client.get(f"{author.link}/confirm").status_code == 405
    assert read(author.client, author.link).one("h1").text == "Confirm your address"
    assert press(author.open_link(), "confirm").follow().one("h1").text == "Mails about your comment"
    decide(app, author.comment, "approved")
    post_office(app)
    assert len(sink.taken) == 2


def test_the_confirmation_takes_the_forms_token(app, sink, write):
    author = write()
    post_office(app)
    author.link = link_in(sink)
    refused = press(author.open_link(), "confirm", csrf_token="another")
    assert (refused.status, refused.one("h1").text) == (400, "Confirm your address")


def test_a_link_that_is_not_one_leads_nowhere(app, client, sink, write):
    author = write().confirm()
    for path in (f"{author.link}x", "/mail/1/x", f"/mail/{2**70}/x", author.link.replace("/mail/", "/mail/9")):
        assert client.get(path).status_code == 404
        assert client.post(f"{path}/unsubscribe").status_code == 404
    assert author.address == ADDRESS


def test_what_was_decided_before_the_confirmation_is_told_with_it(app, sink, write):
    author = write()
    decide(app, author.comment, "rejected", reason="off-topic")
    author.confirm()
    post_office(app, later=0)
    assert sink.taken[-1].message["Subject"] == "Your comment was not published: Mayor resigns"


def test_what_the_author_saw_when_asking_is_not_told(make_app, mailing, sink):
    app = make_app(**mailing | {"comments": CommentsMode.PUBLISH})
    client, article = app.test_client(), make_article(app)
    read(client, article.url).submit("#comment-form", name="Ada", body="At last.", email=ADDRESS, mail="y")
    post_office(app, later=0)
    press(read(client, link_in(sink)), "confirm")
    post_office(app, later=600)
    assert len(sink.taken) == 1


def test_a_wish_without_an_address_is_told_beside_the_field(client, article):
    page = read(client, article.url).submit("#comment-form", name="Ada", body="At last.", mail="y")
    assert page.status == 422
    assert page.one("#email-fault").text == "Please give the address that mails are to go to."
    assert "checked" in page.one("#mail").attributes
    assert page.one("#body").raw_text().strip() == "At last."


def test_a_wish_at_an_address_that_no_server_takes_is_told_beside_the_field(client, article):
    page = read(client, article.url).submit("#comment-form", name="A", body="At last.", mail="y", email="ä@example.org")
    assert page.status == 422
    assert "Mails cannot be sent to this address" in page.one("#email-fault").text


def test_an_address_without_a_wish_is_mailed_nothing(app, client, sink, article):
    read(client, article.url).submit("#comment-form", name="Ada", body="At last.", email=ADDRESS)
    post_office(app)
    assert sink.taken == []


@pytest.mark.parametrize("without", ["smtp_url", "base_url"])
def test_without_a_server_or_an_origin_no_mail_is_offered(make_app, mailing, without):
    app: Flask = make_app(**mailing | {without: ""})
    client, article = app.test_client(), make_article(app)
    page = read(client, article.url)
    assert page.all("#mail") == []
    receipt = page.submit("#comment-form", name="Ada", body="At last.", email=ADDRESS, mail="y").headers["Location"]
    assert "Mail about it" not in read(client, receipt).html
    assert client.post(f"{receipt}/mail").status_code == 404
    assert waiting(app) == []


def test_a_comment_without_a_wish_costs_no_further_statement(app, make_app, mailing):
    def cost(site: Flask) -> int:
        client, article = site.test_client(), make_article(site)
        send = read(client, article.url)
        send.submit("#comment-form", name="Ada", body="First.")
        with queries_of(site) as sent:
            assert send.submit("#comment-form", name="Ada", body="At last.", email=ADDRESS).status == 303
        return len(sent)

    assert cost(app) == cost(make_app(**mailing | {"smtp_url": ""}))


def test_nobody_is_mailed_more_than_three_questions_a_day(app, sink, write):
    authors = [write(body=f"Comment {number}.", email="Ada@Example.org") for number in range(5)]
    post_office(app)
    assert len(sink.taken) == 3
    told = [read(author.client, author.receipt).html for author in authors]
    assert ["so none was sent" in page for page in told] == [False, False, False, True, True]


def test_one_network_has_ten_questions_an_hour_sent(app, sink, write):
    for number in range(12):
        write(body=f"Comment {number}.", email=f"reader-{number}@example.org")
    post_office(app)
    assert len(sink.taken) == 10


def test_a_resend_of_the_form_asks_once(app, sink, write):
    assert write().receipt == write().receipt
    post_office(app)
    assert len(sink.taken) == 1


def test_the_receipt_offers_mails_at_an_address_that_is_given_there(app, client, sink, write):
    author = write(email="", mail="")
    asked = press(read(client, author.receipt), "mail", email=ADDRESS).follow()
    assert "A mail is on its way" in asked.html
    author.confirm()
    assert "You get a mail when" in read(client, author.receipt).html
    assert ADDRESS not in read(client, author.receipt).html


def test_the_receipt_offers_mails_at_the_address_that_it_has(app, client, sink, write):
    author = write(mail="")
    press(read(client, author.receipt), "mail", email="")
    post_office(app)
    assert [taken.recipient for taken in sink.taken] == [ADDRESS]


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("ada@", "This is not an e-mail address."),
        ("", "Please give the address that mails are to go to."),
        ("ä@example.org", "Mails cannot be sent to this address"),
        ('"><b>@example.org', "This is not an e-mail address."),
    ],
)
def test_a_wrong_address_on_the_receipt_comes_back_with_its_fault(client, write, typed, fault):
    author = write(email="", mail="")
    page = press(read(client, author.receipt), "mail", email=typed)
    assert page.status == 422
    assert page.one("#mail-address").attributes["value"] == typed
    assert page.one("#mail-address-fault").text.startswith(fault)
    assert "leave it empty" not in page.html
    assert press(page, "mail", email=ADDRESS).status == 303


def test_a_wish_with_another_forms_token_is_refused_with_what_was_typed(client, write):
    author = write(email="", mail="")
    page = press(read(client, author.receipt), "mail", email=ADDRESS, csrf_token="another")
    assert page.status == 400
    assert page.one("#mail-address").attributes["value"] == ADDRESS


def test_a_link_to_another_address_confirms_nothing(app, client, sink, write):
    author = write()
    post_office(app)
    old = link_in(sink)
    press(read(client, author.receipt), "mail", email="grace@example.org")
    assert client.get(old).status_code == 404
    author.confirm()
    assert sink.taken[-1].recipient == "grace@example.org"


def test_a_question_that_was_asked_anew_is_mailed_once(app, client, sink, write):
    author = write()
    press(read(client, author.receipt), "mail", email="grace@example.org")
    post_office(app)
    assert [taken.recipient for taken in sink.taken] == ["grace@example.org"]


@pytest.mark.parametrize("ended_by", ["end", "withdraw", "delete", "link"])
def test_the_address_is_forgotten_with_the_wish(app, client, sink, write, ended_by):
    author = write().confirm()
    if ended_by == "link":
        press(author.open_link(), "unsubscribe")
    else:
        press(read(client, author.receipt), ended_by)
    assert author.address == ""
    assert author.open_link().one("h1").text == "No mails"
    make_comment(app, author.article, status="approved")
    if ended_by in ("end", "link"):
        decide(app, author.comment, "approved")
    post_office(app, later=600)
    assert len(sink.taken) == 1


def test_an_address_that_goes_before_its_mail_leaves_gets_none(app, client, sink, write):
    author = write().confirm()
    decide(app, author.comment, "approved")
    press(read(client, author.receipt), "delete")
    post_office(app, later=600)
    assert len(sink.taken) == 1
    assert waiting(app) == []


def test_the_address_stands_in_no_other_place_of_the_store(app, sink, write):
    author = write().confirm()
    decide(app, author.comment, "approved")
    with app.app_context():
        for table in db.metadata.sorted_tables:
            if table.name != "comment":
                rows: list[Any] = list(db.session.execute(table.select()))
                assert ADDRESS not in repr(rows)


def test_a_withdrawn_comment_offers_no_mails(client: FlaskClient, write):
    author = write()
    press(read(client, author.receipt), "delete")
    assert "Mail about it" not in read(client, author.receipt).html
    answer = page_of(client, client.post(f"{author.receipt}/mail", data={"email": ADDRESS}))
    assert answer.status == 404
    assert author.address == ""


def test_what_asks_and_ends_leaves_no_row_twice(app, client, write):
    author = write()
    for _ in range(2):
        press(read(client, author.receipt), "end")
        press(read(client, author.receipt), "mail", email=ADDRESS)
    with app.app_context():
        assert db.session.query(Subscription).count() == 1
