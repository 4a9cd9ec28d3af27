"""Ending mails: by the button of a mail program, which has no cookie and no form, or by that of the page."""

import pytest

from tests.comments.holding import decide, press
from tests.factories import make_comment
from tests.mail.conftest import ADDRESS, ORIGIN, post_office
from tests.pages import read

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def told(app, sink, write):
    """An author who was mailed a decision."""
    author = write().confirm()
    decide(app, author.comment, "approved")
    post_office(app)
    return author


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_ends_the_mails_and_erases_the_address(app, sink, told, content_type):
    url = sink.taken[-1].message["List-Unsubscribe"].strip("<>")
    program = app.test_client(use_cookies=False)
    headers = {"Origin": "https://mail.example.net", "Sec-Fetch-Site": "cross-site"}
    answer = program.post(url.removeprefix(ORIGIN), data=ONE_CLICK, content_type=content_type, headers=headers)
    assert answer.status_code == 200  # RFC 8058 section 3.1: no redirect.
    assert "Set-Cookie" not in answer.headers
    assert told.address == ""
    make_comment(app, told.article, parent_id=told.comment.id)
    post_office(app, later=600)
    assert len(sink.taken) == 2


def test_looking_at_the_address_of_one_click_ends_nothing(app, sink, told):
    path = f"{told.link}/unsubscribe"
    assert read(told.client, path).one("h1").text == "Mails about your comment"
    assert told.client.head(path).status_code == 200
    assert told.address == ADDRESS


def test_the_button_ends_the_mails_and_twice_is_as_good(app, told):
    page = press(told.open_link(), "unsubscribe")
    assert (page.status, page.one("h1").text) == (200, "No mails")
    assert page.all("form") == []
    again = told.client.post(f"{told.link}/unsubscribe", data=ONE_CLICK)
    assert again.status_code == 200
    assert told.address == ""


def test_who_ended_the_mails_may_ask_for_them_anew(app, sink, told):
    press(told.open_link(), "unsubscribe")
    press(read(told.client, told.receipt), "mail", email=ADDRESS)
    told.confirm()
    make_comment(app, told.article, parent_id=told.comment.id)
    post_office(app)
    assert sink.taken[-1].message["Subject"] == "Your comment was answered: Mayor resigns"


def test_a_link_is_good_with_the_key_before(make_app, mailing, settings, told):
    rotated = make_app(**mailing | {"secret_keys": ("k" * 32, settings.secret_key)})
    assert rotated.test_client().post(f"{told.link}/unsubscribe", data=ONE_CLICK).status_code == 200
    assert told.address == ""


def test_no_page_shows_an_address(app, told):
    for path in (told.link, f"{told.link}/unsubscribe", told.receipt, told.article.url):
        assert ADDRESS not in told.client.get(path).text
