"""A receipt's holder and moderators act at one moment, at real workers: one after the other, and nothing is lost."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import URL

from davidson.audit.models import AuditEntry
from davidson.comments.states import subject_of
from davidson.config import CommentsMode
from davidson.database import db
from tests.comments.holding import APPEAL, EDIT, ERASE, WITHDRAW, receipt_url
from tests.desks import PASSWORD, hire
from tests.factories import Made, comment_now, make_article, make_comment
from tests.fire.people import FORM, Moderator, at_once
from tests.pages import parse
from tests.site import Answer, Site, running_site

pytestmark = [pytest.mark.server, pytest.mark.timeout(600)]

ROUNDS = 6
FIRST, SECOND, THIRD = "The first words.", "The second words.", "The third words."


@pytest.fixture
def app(make_app) -> Flask:
    return make_app(comments=CommentsMode.HOLD_ALL)


@pytest.fixture
def site(app: Flask, store: URL) -> Iterator[Site]:
    settings = {"DAVIDSON_COMMENTS": "hold-all", "DAVIDSON_COMMENT_LIMIT": ""}
    with running_site(store, Path(app.instance_path), workers=2, **settings) as running:
        yield running


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app)


@pytest.fixture
def moderators(app: Flask, site: Site) -> list[Moderator]:
    """Three people, each on a connection of their own."""
    names = ("grace", "alan", "joan")
    for name in names:
        hire(app, email=f"{name}@example.org", name=name.title())
    return [Moderator(site, f"{name}@example.org", PASSWORD) for name in names]


class Holder:
    """Whoever has a comment's receipt."""

    def __init__(self, app: Flask, site: Site, comment: Made) -> None:
        self.site, self.url = site, receipt_url(app, comment)
        inputs = parse(site.get(self.url).text).all("input")
        self.token = next(one.attributes["value"] for one in inputs if one.attributes["name"] == "csrf_token")

    def press(self, button: str, **values: str) -> Answer:
        sent = urlencode({"csrf_token": self.token} | values)
        return self.site.request("POST", f"{self.url}/{button}", sent, FORM)


def settle(moderator: Moderator, kind: str, comment: Made, version: int, **values: str) -> Answer:
    """Decide on a new text or an appeal."""
    sent = {"csrf_token": moderator.token, "version": str(version)} | values
    return moderator.ask("POST", f"/staff/moderation/{kind}/{comment.id}", sent)


def check(app: Flask, comment: Made) -> list[str]:
    """The row equals the log's last entry, and there is one entry a version; gives what was done."""
    with app.app_context():
        entries = select(AuditEntry).where(AuditEntry.subject == subject_of(comment.id)).order_by(AuditEntry.id)
        log = list(db.session.scalars(entries))
    row = comment_now(app, comment)
    assert [entry.version for entry in log] == list(range(1, row.version + 1))
    assert log[-1].to_state == row.status
    assert [entry.from_state for entry in log[1:]] == [entry.to_state for entry in log[:-1]]
    return [entry.action for entry in log]


def test_a_decision_against_an_edit_never_shows_a_text_that_nobody_approved(app, site, article, moderators):
    for _ in range(ROUNDS):
        comment = make_comment(app, article, status="pending", source=FIRST)
        holder = Holder(app, site, comment)
        decided, edited = at_once(
            lambda comment=comment: moderators[0].decide(comment.id, "approve", version=1),
            lambda holder=holder: holder.press(EDIT, body=SECOND),
        )
        assert edited.status == 303 and decided.status in (303, 409)
        done, row = check(app, comment), comment_now(app, comment)
        if decided.status == 303:
            assert (done[1:], row.source) == (["comment.approve", "comment.propose-text"], FIRST)
        else:
            assert (done[1:], row.source, row.status) == (["comment.edit"], SECOND, "pending")
        assert SECOND not in site.get(article.url).text


def test_a_decision_on_a_new_text_against_another_edit_of_it(app, site, article, moderators):
    for _ in range(ROUNDS):
        comment = make_comment(app, article, source=FIRST)
        holder = Holder(app, site, comment)
        holder.press(EDIT, body=SECOND)
        version = comment_now(app, comment).version
        decided, edited = at_once(
            lambda comment=comment, version=version: settle(
                moderators[0], "edits", comment, version, decision="approve"
            ),
            lambda holder=holder: holder.press(EDIT, body=THIRD),
        )
        assert edited.status == 303 and decided.status in (303, 409)
        assert comment_now(app, comment).source == (SECOND if decided.status == 303 else FIRST)
        check(app, comment)
        assert THIRD not in site.get(article.url).text


@pytest.mark.parametrize("button", [WITHDRAW, ERASE])
def test_a_decision_against_a_withdrawal_leaves_nothing_on_the_page(app, site, article, moderators, button):
    for number in range(ROUNDS):
        comment = make_comment(app, article, status="pending", source=f"Taken back, number {number}.")
        holder = Holder(app, site, comment)
        decided, taken = at_once(
            lambda comment=comment: moderators[0].decide(comment.id, "approve", version=1),
            lambda holder=holder: holder.press(button),
        )
        assert taken.status == 303 and decided.status in (303, 409)
        check(app, comment)
        assert comment_now(app, comment).status == "deleted"
        assert "Taken back" not in site.get(article.url).text
    assert "No comments yet" in site.get(article.url).text


@pytest.mark.parametrize(
    ("button", "status", "values"),
    [
        (EDIT, "approved", {"body": SECOND}),
        (EDIT, "pending", {"body": SECOND}),
        (APPEAL, "rejected", {"appeal": "Why?"}),
        (WITHDRAW, "approved", {}),
        (ERASE, "approved", {}),
    ],
)
def test_a_button_pressed_many_times_at_once_is_pressed_once(app, site, article, button, status, values):
    comment = make_comment(app, article, status=status, source=FIRST)
    holder = Holder(app, site, comment)
    answers = at_once(*[lambda: holder.press(button, **values)] * 6)
    assert [answer.status for answer in answers] == [303] * 6
    check(app, comment)
    assert comment_now(app, comment).version == comment.version + 1


def test_of_two_answers_to_an_appeal_one_is_taken_and_the_other_is_told(app, site, article, moderators):
    for _ in range(ROUNDS):
        comment = make_comment(app, article, status="pending")
        moderators[2].decide(comment.id, "reject", version=1, reason="abuse")
        Holder(app, site, comment).press(APPEAL, appeal="Why?")
        answers = at_once(
            lambda comment=comment: settle(moderators[0], "appeals", comment, 3, verdict="uphold", answer="Yes."),
            lambda comment=comment: settle(moderators[1], "appeals", comment, 3, verdict="dismiss", answer="No."),
        )
        assert sorted(answer.status for answer in answers) == [303, 409]
        state = "approved" if answers[0].status == 303 else "rejected"
        assert comment_now(app, comment).status == state
        check(app, comment)
