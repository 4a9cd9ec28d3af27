"""The pages on which commenters ask for mails, confirm their address and end them."""

from contextlib import AbstractContextManager

from flask.testing import FlaskClient

from davidson.database import db
from davidson.mail.links import path_of
from davidson.mail.models import Subscription
from tests.browser.kinds import Stage, kind
from tests.comments.holding import press
from tests.pages import Page, read


def mailing(stage: Stage) -> AbstractContextManager[FlaskClient]:
    """A reader of the same newspaper where mails are offered. No mail is sent, for no worker runs."""
    return stage.in_process(DAVIDSON_SMTP_URL="smtp://127.0.0.1:1", DAVIDSON_BASE_URL="http://localhost")


def asked(reader: FlaskClient, stage: Stage, email: str) -> Page:
    """The receipt of a comment whose author asked for mails."""
    form = read(reader, stage.article.url)
    return form.submit("#comment-form", name="Ada", body=f"A wish from {email}.", email=email, mail="y").follow()


def link(reader: FlaskClient) -> str:
    """Where the newest mail leads."""
    with reader.application.app_context():
        newest = db.session.query(Subscription).order_by(Subscription.comment_id.desc()).first()
        assert newest is not None
        return path_of(newest)


@kind("compose with a wish for mails and no address")
def compose_with_a_wish(stage: Stage) -> Page:
    with mailing(stage) as reader:
        page = read(reader, stage.article.url).submit("#comment-form", name="Ada", body="At last.", mail="y")
    assert page.status == 422
    return page


@kind("receipt, mails asked for")
def receipt_with_mails_asked_for(stage: Stage) -> Page:
    with mailing(stage) as reader:
        return asked(reader, stage, "ada@example.org")


@kind("mails asked for at a wrong address")
def mails_at_a_wrong_address(stage: Stage) -> Page:
    with mailing(stage) as reader:
        page = press(asked(reader, stage, "grace@example.org"), "mail", email="no address")
    assert page.status == 422
    return page


@kind("mails, to be confirmed")
def mails_to_be_confirmed(stage: Stage) -> Page:
    with mailing(stage) as reader:
        asked(reader, stage, "hedy@example.org")
        return read(reader, link(reader))


@kind("mails, confirmed")
def mails_confirmed(stage: Stage) -> Page:
    with mailing(stage) as reader:
        asked(reader, stage, "mary@example.org")
        return press(read(reader, link(reader)), "confirm").follow()


@kind("mails, ended")
def mails_ended(stage: Stage) -> Page:
    with mailing(stage) as reader:
        asked(reader, stage, "jean@example.org")
        return press(read(reader, link(reader)), "unsubscribe")
