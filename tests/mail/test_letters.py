"""How mails look, read as a mail program reads them, with hostile names, headlines and texts in them."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from davidson.clock import utcnow
from davidson.config import CommentsMode
from davidson.mail.letter import Letter, Link, Paper, Quote, body_of, message_of
from tests.comments.holding import decide
from tests.factories import make_article, make_comment
from tests.hostile import hostile_text
from tests.mail.conftest import ADDRESS, ORIGIN, link_in, post_office
from tests.pages import read

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
PAPER = Paper("The Daily Ä", "https://news.example.org", "news@example.org", "comments.news.example.org")
FIELDS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "List-ID",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Content-Type",
    "Content-Transfer-Encoding",
    "MIME-Version",
}


def parsed(letter: Letter, paper: Paper = PAPER) -> EmailMessage:
    raw = message_of(letter, paper, to="ada@example.org", message_id="<1@news.example.org>", at=NOON)
    raw.decode("ascii")
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage) and message.defects == []
    return message


def test_a_mail_has_the_headers_that_it_owes(app, sink, write):
    author = write().confirm()
    decide(app, author.comment, "approved")
    post_office(app)
    taken = sink.taken[-1]
    message = taken.message
    assert set(message.keys()) == FIELDS
    assert (taken.sender, taken.recipient) == ("noreply@localhost", ADDRESS)
    assert message["From"] == "Davidson News <noreply@localhost>"
    assert message["To"] == ADDRESS
    assert abs((parsedate_to_datetime(message["Date"]) - utcnow()).total_seconds()) < 60
    assert message["Message-ID"].startswith("<") and message["Message-ID"].endswith("@localhost>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-ID"] == "<comments.localhost>"
    assert message["List-Unsubscribe"] == f"<{ORIGIN}{link_in(sink)}/unsubscribe>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"


def test_each_mail_has_a_message_id_of_its_own(app, sink, write):
    author = write().confirm()
    decide(app, author.comment, "approved")
    post_office(app)
    make_comment(app, author.article, parent_id=author.comment.id)
    post_office(app)
    assert len({taken.message["Message-ID"] for taken in sink.taken}) == 3


def test_without_https_no_one_click_is_promised():
    message = parsed(Letter("A", ("B",), unsubscribe_url="http://localhost/mail/1/x/unsubscribe"))
    assert message["List-Unsubscribe"] == "<http://localhost/mail/1/x/unsubscribe>"
    assert "List-Unsubscribe-Post" not in message


def test_addresses_in_headers_are_whole_however_long():
    host = f"{'a' * 60}.{'b' * 60}.example.org"
    paper = Paper("The Daily", f"https://{host}", f"noreply@{host}", f"comments.{host}")
    url = f"https://{host}/mail/1/{'x' * 43}/unsubscribe"
    letter = Letter("A", ("B",), unsubscribe_url=url)
    raw = message_of(letter, paper, to="ada@example.org", message_id=f"<{'x' * 43}@{host}>", at=NOON)
    lines = raw.decode("ascii").split("\r\n")
    assert f"List-Unsubscribe: <{url}>" in lines
    assert f"Message-ID: <{'x' * 43}@{host}>" in lines
    assert f"List-ID: <comments.{host}>" in lines
    assert "=?" not in raw.decode("ascii")


def test_text_is_set_in_72_columns_and_addresses_are_whole():
    long_url = f"https://news.example.org/{'x' * 200}"
    text = body_of(
        Letter("A", ("word " * 60, Link("It is here:", long_url), Quote("said " * 60), "日本語" * 60)), PAPER
    )
    lines = text.split("\n")
    assert long_url in lines
    assert max(len(line) for line in lines if line != long_url) <= 72
    assert sum(line.startswith("> ") for line in lines) > 4
    assert text.endswith("\n\n-- \nThe Daily Ä\nhttps://news.example.org\n")


@pytest.mark.parametrize(
    "hostile",
    [
        "Mayor\r\nBcc: all@example.org",
        "Mayor\nBcc: all@example.org\n\nBody",
        "Mayor\u2028Bcc: all@example.org",
        "Mayor\0\x0b\x85Bcc: all@example.org",
        "=?utf-8?q?=0d=0aBcc:_all=40example.org?=",
        '"Mayor" <all@example.org>, x',
        "Mayor \u202egnp.exe",
        "Bürgermeister tritt zurück 🏛",
        "ж" * 300,
        "x" * 2000,
    ],
)
def test_no_name_and_no_headline_makes_a_header(hostile):
    message = parsed(Letter(hostile, (hostile, Quote(hostile))), Paper(hostile, "https://a.example", "a@b.c", "c.a"))
    assert set(message.keys()) == FIELDS - {"List-Unsubscribe", "List-Unsubscribe-Post"}
    assert message["To"] == "ada@example.org"
    assert message["From"].addresses[0].addr_spec == "a@b.c" and len(message["From"].addresses) == 1
    assert "\u202e" not in message["Subject"]


@given(hostile_text(), st.text(max_size=200))
def test_any_text_makes_a_sound_mail(one, other):
    message = parsed(Letter(other, (one, Quote(one), other), unsubscribe_url="https://a.example/x"))
    assert set(message.keys()) == FIELDS
    assert max(map(len, message.get_content().splitlines())) <= 72


def test_a_line_that_is_a_dot_ends_no_mail(app, sink, write):
    author = write(body=".\n\n.\n\n..hidden\n\nEnd.").confirm()
    decide(app, author.comment, "approved")
    post_office(app)
    assert "End." in sink.taken[-1].text
    assert len(sink.taken) == 2


def test_names_and_headlines_of_every_script_arrive(make_app, mailing, sink):
    app = make_app(**mailing | {"site_name": "Новости «Ä»", "comments": CommentsMode.PUBLISH})
    client, article = app.test_client(), make_article(app, headline="市長が辞任 — “schön”")
    page = read(client, article.url)
    page.submit("#comment-form", name="Ada", body="At last.", email=ADDRESS, mail="y")
    post_office(app)
    path = link_in(sink)
    client.post(f"{path}/confirm", data={"csrf_token": read(client, path).one("input").attributes["value"]})
    make_comment(app, article, parent_id=1, name="Zoë 🦊 فاطمة", source="Ça va? *Ja*: здорово.")
    post_office(app)
    message = sink.taken[-1].message
    assert parseaddr(str(message["From"])) == ("Новости «Ä»", "noreply@localhost")
    assert message["Subject"] == "Your comment was answered: 市長が辞任 — “schön”"
    assert "Zoë 🦊 فاطمة has answered" in sink.taken[-1].text
    assert "> Ça va? Ja: здорово.\n" in sink.taken[-1].text


def test_a_domain_of_another_script_is_written_as_servers_know_it(app, sink, write):
    write(email="ada@bücher.example.org")
    post_office(app)
    assert sink.taken[0].recipient == "ada@xn--bcher-kva.example.org"
