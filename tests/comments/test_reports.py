"""Reports of comments by readers without accounts: one a network, told to moderators, holding where several agree."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from limits import parse
from sqlalchemy import select, text

from davidson.clock import utcnow
from davidson.comments.models import Report
from davidson.comments.reasons import Reason
from davidson.comments.reports import NotReportable, report
from davidson.config import CommentsMode
from davidson.database import db
from tests.bulk import fill_comments
from tests.comments.holding import EDIT, decide, press, receipt_url
from tests.counting import queries_of
from tests.desks import audit_log, browser, on_duty
from tests.factories import Made, comment_now, make_article, make_comment
from tests.pages import Page, read


@pytest.fixture
def app(make_app) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app)


@pytest.fixture
def comment(app: Flask, article: Made) -> Made:
    return make_comment(app, article, name="Bo", source="You are all fools.", network="the-authors-own")


def report_page(app: Flask, comment: Made, *, address: str = "192.0.2.1") -> Page:
    """The form, which the link below the comment leads to."""
    reader = browser(app, address=address)
    page = read(reader, comment.url)
    return read(reader, page.one(f"article#comment-{comment.id}").one("a.comment__report").attributes["href"])


def send(app: Flask, comment: Made, number: int, reason: str = "abuse") -> Page:
    """A report from the network of that number."""
    return report_page(app, comment, address=f"192.0.{number}.1").submit("#report-form", reason=reason)


def reports(app: Flask) -> list[Report]:
    with app.app_context():
        return list(db.session.scalars(select(Report)))


def findings(app: Flask, comment: Made) -> list[dict[str, Any]]:
    return [finding for finding in comment_now(app, comment).findings if finding["rule"] == "reports"]


def test_a_report_needs_neither_account_nor_script_and_shows_nobody(app, client, article, comment):
    page = report_page(app, comment)
    assert page.one("blockquote").text == "You are all fools."
    assert page.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in page.headers
    sent = page.submit("#report-form", reason="personal-data")
    assert sent.status == 200 and "Thank you" in sent.one(".notice").text
    (stored,) = reports(app)
    assert (stored.comment_id, stored.reason) == (comment.id, "personal-data")
    card = read(on_duty(app), f"/staff/moderation/comments/{comment.id}")
    assert "Readers from 1 network reported it: personal details (1)." in card.texts("li.queue-proof__finding")
    assert stored.network not in card.html
    assert comment_now(app, comment).status == "approved"
    assert "You are all fools." in client.get(article.url).text


def test_a_network_reports_a_comment_once_and_is_thanked_alike(app, comment):
    first, second = send(app, comment, 1), send(app, comment, 1, "false")
    assert first.html == second.html
    assert [one.reason for one in reports(app)] == ["abuse"]


def test_several_networks_hold_a_comment_with_their_reasons(app, client, article, comment):
    before = read(client, article.url)
    send(app, comment, 1)
    send(app, comment, 2, "false")
    assert comment_now(app, comment).status == "approved"
    send(app, comment, 3)
    answer = client.get(article.url, headers={"If-None-Match": before.headers["ETag"]})
    assert (answer.status_code, "You are all fools." in answer.text) == (200, False)
    row = comment_now(app, comment)
    assert (row.status, row.version) == ("pending", 2)
    (finding,) = findings(app, comment)
    assert finding["detail"] == "Readers from 3 networks reported it: insults or threats (2), false claims of fact (1)."
    entry = audit_log(app)[-1]
    assert (entry.action, entry.actor, entry.actor_id) == ("comment.hold", "reports", None)
    assert (entry.from_state, entry.to_state, entry.version) == ("approved", "pending", 2)
    assert entry.details["findings"] == row.findings
    card = read(on_duty(app), f"/staff/moderation/comments/{comment.id}")
    assert "Held by readers’ reports" in card.one("main").text
    assert client.get(f"{article.url}/comments/{comment.id}/report").status_code == 404


def test_an_edit_of_what_reports_hold_keeps_them_and_ends_the_text_that_waited(app, client, comment):
    url = receipt_url(app, comment)
    link = "Now see https://example.org"
    assert press(read(client, url), EDIT, body=link).status == 303  # Waits beside the text that readers see.
    for number in (1, 2, 3):
        send(app, comment, number)
    assert comment_now(app, comment).status == "pending"
    assert press(read(client, url), EDIT, body="I am sorry.").status == 303
    row = comment_now(app, comment)
    assert (row.status, row.source) == ("pending", "I am sorry.")
    assert len(findings(app, comment)) == 1
    moderator = on_duty(app)
    assert read(moderator, "/staff/moderation/edits").all("article.queue-card") == []
    page = read(moderator, f"/staff/moderation/comments/{comment.id}")
    assert "Readers from 3 networks reported it" in page.one(".queue-proof").text
    assert page.submit(".queue-card form", decision="approve").status == 303
    assert comment_now(app, comment).source == "I am sorry."


def test_what_a_moderator_approved_since_is_held_by_new_reports_alone(app, comment):
    for number in (1, 2, 3):
        send(app, comment, number)
    moderator = on_duty(app)
    card = read(moderator, f"/staff/moderation/comments/{comment.id}")
    assert card.submit(".queue-card form", decision="approve").status == 303
    for number in (1, 2, 3, 4, 5):
        send(app, comment, number)
    assert comment_now(app, comment).status == "approved"
    send(app, comment, 6)
    assert comment_now(app, comment).status == "pending"
    assert findings(app, comment)[0]["evidence"] == "6"


def test_reports_before_an_approval_hold_nothing(app, comment):
    send(app, comment, 1)
    send(app, comment, 2)
    decide(app, comment, "rejected")
    decide(app, comment, "approved")
    send(app, comment, 3)
    assert comment_now(app, comment).status == "approved"


def test_how_many_networks_hold_is_a_setting(make_app, article):
    app = make_app(comments=CommentsMode.PUBLISH, reports_to_hold=1)
    one = make_comment(app, article)
    send(app, one, 1)
    assert comment_now(app, one).status == "pending"
    never = make_app(comments=CommentsMode.PUBLISH, reports_to_hold=0)
    other = make_comment(never, article)
    for number in range(5):
        send(never, other, number)
    assert comment_now(never, other).status == "approved"


def test_a_reply_of_the_staff_is_not_held(app, comment):
    moderator = on_duty(app)
    page = read(moderator, f"/staff/moderation/comments/{comment.id}/talk")
    said = page.submit("#reply-form", body="Please stay calm.").headers["Location"]
    reply = Made(int(said.split("/")[-2]), comment.slug)
    for number in range(5):
        send(app, reply, number)
    assert comment_now(app, reply).status == "approved"
    assert findings(app, reply)[0]["evidence"] == "5"


def test_a_report_changes_no_page_and_no_version_until_it_holds(app, client, article, comment):
    etag = read(client, article.url).headers["ETag"]
    card = read(on_duty(app), f"/staff/moderation/comments/{comment.id}")
    send(app, comment, 1)
    assert client.get(article.url, headers={"If-None-Match": etag}).status_code == 304
    assert card.submit(".queue-card form", decision="reject", reason="abuse").status == 303


@pytest.mark.parametrize("reason", ["", "x", "duplicate", "abuse\0", "ABUSE"])
def test_a_report_without_a_reason_comes_back(app, comment, reason):
    page = report_page(app, comment).submit("#report-form", reason=reason)
    if reason == "abuse\0":  # No text has a NUL in it.
        assert page.status == 200
        return
    assert page.status == 422
    assert page.texts("p.field__fault") == ["Please choose a reason."]
    assert reports(app) == []


def test_a_report_from_elsewhere_is_refused(app, comment):
    page = report_page(app, comment)
    forged = page.submit("#report-form", reason="abuse", headers={"Sec-Fetch-Site": "cross-site"})
    assert forged.status == 400
    assert forged.one("input#reason-abuse").attributes["checked"] == ""
    assert page.submit("#report-form", reason="abuse", csrf_token="x").status == 400
    assert reports(app) == []


def test_reports_have_a_limit(make_app, comment):
    app = make_app(comments=CommentsMode.PUBLISH, report_limit=parse("2 per hour"))
    page = report_page(app, comment)
    answers = [page.submit("#report-form", reason="abuse") for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert 3500 < int(answers[2].headers["Retry-After"]) <= 3600


@pytest.mark.parametrize("status", ["pending", "rejected", "spam", "deleted"])
def test_what_is_not_shown_cannot_be_reported(app, client, article, comment, status):
    page = report_page(app, comment)
    decide(app, comment, status)
    assert client.get(f"{article.url}/comments/{comment.id}/report").status_code == 404
    assert page.submit("#report-form", reason="abuse").status == 404
    with app.test_request_context(), pytest.raises(NotReportable):
        report(comment.id, Reason.ABUSE, network="n", now=utcnow())
    for url in (f"{make_article(app).url}/comments/{comment.id}/report", f"{article.url}/comments/{10**30}/report"):
        assert client.get(url).status_code == 404


def test_a_report_costs_as_few_queries_for_many_comments(app, article):
    few = make_comment(app, article)
    large = make_article(app)
    many = Made(fill_comments(app, large, 3_000)[1_500], large.slug)

    def number(comment: Made) -> tuple[int, int]:
        page = read(app.test_client(), f"{comment.url}/comments/{comment.id}/report")
        with queries_of(app) as asked:
            read(app.test_client(), f"{comment.url}/comments/{comment.id}/report")
        with queries_of(app) as sent:
            assert page.submit("#report-form", reason="abuse").status == 200
        return len(asked), len(sent)

    number(make_comment(app, article))  # The first count of all sweeps the counters.
    asked, sent = number(few)
    assert (asked, sent) == number(many)
    assert asked <= 3 and sent <= 16


def test_reports_are_counted_by_an_index(app, comment):
    counted = "SELECT count(*) FROM report WHERE comment_id = 1 AND created_at > '2026-01-01'"
    with app.app_context():
        embedded = db.engine.dialect.name == "sqlite"
        if not embedded:
            db.session.execute(text("SET LOCAL enable_seqscan = off"))  # It prefers to read small tables whole.
        steps = db.session.execute(text(f"EXPLAIN {'QUERY PLAN ' if embedded else ''}{counted}")).all()
    assert not [step for step in steps if "SCAN report" in str(step) or "Seq Scan" in str(step)]


def test_many_reports_heat_a_thread(app, article):
    head = make_comment(app, article)
    made = [make_comment(app, article, parent_id=head.id) for _ in range(3)]
    assert comment_now(app, head).heated_until is None
    for number, one in enumerate(made):
        send(app, one, number)
        send(app, one, number + 50)
    until = comment_now(app, head).heated_until
    assert until is not None and timedelta(minutes=29) < until - utcnow() <= timedelta(minutes=30)
