"""Trying words before they are saved: what they would have done to the last weeks' comments, and nothing else."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, get_template_attribute
from flask.testing import FlaskClient
from sqlalchemy import insert, text, update

from davidson.accounts.models import Role
from davidson.admin.dryrun import AT_ONCE, Tried, try_change
from davidson.admin.queries import all_terms
from davidson.clock import utcnow
from davidson.comments.draft import Term, TermKind
from davidson.comments.models import BlockedTerm, Comment
from davidson.comments.screening.trying import Change
from davidson.config import CommentsMode
from davidson.database import db
from tests.articles.test_plans import nodes_of, rows_of
from tests.bulk import fill_comments
from tests.counting import queries_of
from tests.desks import audit_log, on_duty
from tests.factories import Made, make_article, make_comment
from tests.pages import Page, page_of, parse, read

CASINO = Change((), (Term("casino", TermKind.SUSPECT),))


@pytest.fixture
def app(make_app) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH)


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    return on_duty(app, Role.ADMIN)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app)


def try_terms(client: FlaskClient, kind: str, terms: str) -> Page:
    page = read(client, "/staff/admin/words")
    (button,) = [one for one in page.all("button") if one.text == f"Try them as {kind} terms"]
    token = page.form("header form")[1]["csrf_token"]
    sent = client.post(button.attributes["formaction"], data={"terms": terms, "csrf_token": token})
    assert sent.status_code in (200, 422), sent.text
    return page_of(client, sent)


def list_terms(app: Flask, **kinds: str) -> None:
    with app.app_context():
        rows = [BlockedTerm(term=term, kind=kind, created_at=utcnow()) for term, kind in kinds.items()]
        db.session.add_all(rows)
        db.session.commit()


def ways(page: Page) -> list[str]:
    return page.texts(".dry-run__way")


def summary(page: Page) -> str:
    return page.all("#dry-run p")[0].text


def test_a_trial_tells_what_would_have_been_held_with_examples_and_how_they_were_decided(app, admin, article):
    long = f"{'Long before it. ' * 9}The c\u0430sino opens. {'Long after it. ' * 20}"
    published = make_comment(app, article, source=long)
    removed = make_comment(app, article, source="Casino, casino.", status="rejected")
    named = make_comment(app, article, name="Casino Joe", source="Nothing here.")
    make_comment(app, article, source="About casinos and other words.")
    page = try_terms(admin, "suspect", "casino")
    assert page.status == 200
    assert summary(page) == "Of 4 comments in the last 30 days, 3 would have been held that were not, and 0 freed."
    assert ways(page) == ["Would have waited, and did not: 3"]
    assert page.texts(".dry-run__states") == ["Now 2 approved, 1 rejected."]
    examples = page.all(".dry-run__examples li")
    assert [one.one("a").attributes["href"] for one in examples] == [
        f"/staff/moderation/comments/{comment.id}" for comment in (named, removed, published)
    ]
    assert [one.texts("mark") for one in examples] == [["Casino"], ["Casino", "casino"], ["c\u0430sino"]]
    around = examples[2].one(".dry-run__text").text
    assert around.startswith("…") and around.endswith("…") and len(around) < 200
    assert read(admin, examples[1].one("a").attributes["href"]).status == 200


def test_a_trial_saves_nothing_and_keeps_what_was_typed(app, admin, article):
    make_comment(app, article, source="The casino opens.")
    entries = len(audit_log(app))
    page = try_terms(admin, "banned", "casino\n new one ")
    assert "0 would have been held that were not, 1 taken for spam, and 0 freed." in summary(page)
    assert ways(page) == ["Would have gone to spam, and did not: 1"]
    assert page.form("form[action=/staff/admin/words/banned]")[1]["terms"].split("\n") == ["casino", " new one "]
    assert page.form("form[action=/staff/admin/words/suspect]")[1]["terms"] == ""
    with app.app_context():
        assert all_terms() == []
        assert db.session.query(Comment).one().findings == []
    assert len(audit_log(app)) == entries
    added = page.submit("form[action=/staff/admin/words/banned]")
    assert added.status == 303  # What was tried is sent as it stands.
    with app.app_context():
        assert {term.term for term in all_terms()} == {"casino", "new one"}


@pytest.mark.parametrize("terms", ["", "...", "x" * 101])
def test_what_cannot_stand_on_a_list_cannot_be_tried(app, admin, terms):
    page = try_terms(admin, "suspect", terms)
    assert page.status == 422 and page.one("#terms-suspect-fault").text
    assert page.form("form[action=/staff/admin/words/suspect]")[1]["terms"] == terms


def test_what_waited_for_another_reason_waits_all_the_same(app, admin, article):
    make_comment(app, article, source="A casino https://a.example https://b.example https://c.example")
    page = try_terms(admin, "suspect", "casino")
    assert "0 would have been held that were not" in summary(page)
    assert ways(page) == ["Found, and treated the same: 1"]  # On many a site strangers wait whatever they write.
    assert ways(try_terms(admin, "banned", "casino")) == ["Would have gone to spam instead of waiting: 1"]


def test_the_page_of_a_word_tells_what_would_be_free_without_it(app, admin, article):
    list_terms(app, casino="suspect", forex="banned")
    freed = make_comment(app, article, source="The casino opens.", status="pending")
    make_comment(app, article, source="A forex casino.", status="spam")
    page = read(admin, "/staff/admin/words")
    links = {link.text: link.attributes["href"] for link in page.all("a.terms__name")}
    page = read(admin, links["casino"])
    assert summary(page) == "Of 2 comments in the last 30 days, 0 would have been held that were not, and 1 freed."
    assert ways(page) == ["Would not have waited, and did: 1", "Found, and treated the same: 1"]
    assert page.all(".dry-run__examples a")[0].text == f"#{freed.id}"
    assert ways(read(admin, links["forex"])) == ["Would have waited instead of going to spam: 1"]
    assert page.submit(f"form[action={links['casino']}/remove]").status == 303
    with app.app_context():
        assert [term.term for term in all_terms()] == ["forex"]
    assert admin.get(links["casino"]).status_code == 404


def test_a_term_that_would_move_is_tried_as_moved(app, admin, article):
    list_terms(app, casino="banned")
    make_comment(app, article, source="The casino opens.", status="approved")
    page = try_terms(admin, "suspect", "CASINO")
    assert ways(page) == ["Would have waited instead of going to spam: 1"]
    assert page.texts(".dry-run__states") == ["Now 1 approved."]


def test_only_comments_of_readers_of_the_last_30_days_with_their_words_count(app, admin):
    article = make_article(app, published_at=utcnow() - timedelta(days=40))
    make_comment(app, article, source="Casino, long ago.", created_at=utcnow() - timedelta(days=31))
    make_comment(app, article, source="Casino, just within.", created_at=utcnow() - timedelta(days=29, hours=23))
    staff = make_comment(app, article, source="A casino, says the staff.")
    make_comment(app, article, source="Casino, withdrawn.", status="deleted")
    with app.app_context():
        db.session.get_one(Comment, staff.id).staff_id = 1
        db.session.commit()
    page = try_terms(admin, "suspect", "casino")
    assert summary(page).startswith("Of 1 comment in the last 30 days, 1 would have been held that was not")
    assert "No comment came" in summary(read_empty(app, admin))


def read_empty(app: Flask, admin: FlaskClient) -> Page:
    with app.app_context():
        db.session.query(Comment).delete()
        db.session.commit()
    return try_terms(admin, "suspect", "casino")


def test_reports_that_came_later_hold_nothing_back_then(app, admin, article):
    comment = make_comment(app, article, source="The casino opens.")
    with app.app_context():
        finding: dict[str, Any] = {"rule": "reports", "status": "pending", "detail": "Reported.", "places": []}
        db.session.get_one(Comment, comment.id).findings = [finding | {"evidence": "3"}]
        db.session.commit()
    assert ways(try_terms(admin, "suspect", "casino")) == ["Would have waited, and did not: 1"]


def test_at_most_ten_examples_are_shown_of_many(app, admin, article):
    fill_comments(app, article, 30)
    page = try_terms(admin, "suspect", "filling")
    assert ways(page) == ["Would have waited, and did not: 30"]
    assert page.one(".dry-run__states").text == "Now 30 approved. The newest 10:"
    assert len(page.all(".dry-run__examples li")) == 10


def test_a_trial_says_how_far_it_came_where_there_are_more(app, article):
    ids = fill_comments(app, article, 3 * AT_ONCE)
    change = Change((), (Term("filling", TermKind.SUSPECT),))
    with app.app_context():
        some = try_change(change, utcnow(), clock=lambda: 0.0, most=AT_ONCE + 7)
        assert (some.looked_at, some.held, some.is_all) == (AT_ONCE + 7, AT_ONCE + 7, False)
        oldest = db.session.get_one(Comment, ids[-AT_ONCE - 7])
        assert some.oldest == oldest.created_at
        ticks = iter(range(100))
        slow = try_change(change, utcnow(), clock=lambda: float(next(ticks)), seconds=0.5)
        assert (slow.looked_at, slow.is_all) == (AT_ONCE, False)
        whole = try_change(change, utcnow(), clock=lambda: 0.0)
        assert (whole.looked_at, whole.held, whole.is_all) == (3 * AT_ONCE, 3 * AT_ONCE, True)


def test_the_page_tells_how_far_it_came(app):
    with app.app_context():
        dry_run = get_template_attribute("components/dry-run.html", "dry_run")
        told = parse(dry_run(Tried(20_000, datetime(2026, 11, 12, 9, 30, tzinfo=UTC), is_all=False), "Tried"))
    assert told.all("p")[0].text == (
        "Of the newest 20,000 comments, back to 12 November 2026, 09:30 UTC, 0 would have been held that were not,"
        " and 0 freed. Older ones of the last 30 days were not looked at."
    )


def test_those_of_one_moment_are_each_looked_at_once(app, article):
    moment = utcnow() - timedelta(days=2)
    ids = fill_comments(app, article, AT_ONCE + 50)
    with app.app_context():
        db.session.execute(update(Comment).values(created_at=moment))
        db.session.commit()
        tried = try_change(CASINO, utcnow(), clock=lambda: 0.0)
    assert tried.looked_at == len(ids)


def test_rows_are_found_by_an_index_and_a_batch_is_all_that_is_read(app, article):
    fill_comments(app, article, 4 * AT_ONCE)
    sent: list[tuple[str, Any]] = []
    with app.app_context():
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        with queries_of(app) as statements:
            try_change(CASINO, utcnow(), clock=lambda: 0.0)
    walks = [one for one in statements if "FROM comment" in one]
    assert len(walks) == 5
    values = {"since": utcnow() - timedelta(days=30), "at": utcnow() - timedelta(hours=1), "id": 7}
    sent = [(walk, values) for walk in walks[:2]]
    for statement, given in sent:
        check_walk(app, statement, given)


def check_walk(app: Flask, statement: str, values: dict[str, Any]) -> None:
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            given = [values["since"], *[values[name] for name in ("at", "at", "id") if statement.count("?") > 2]]
            given = [f"{one:%Y-%m-%d %H:%M:%S.%f}" if hasattr(one, "year") else one for one in given]
            asked = f"EXPLAIN QUERY PLAN {statement}"
            steps = [row[3] for row in connection.exec_driver_sql(asked, (*given, AT_ONCE, 0)[: statement.count("?")])]
            assert steps == [step for step in steps if "USING INDEX ix_comment_created_at" in step], steps
        else:
            names = re.findall(r"%\((\w+)\)s", statement)
            given = {name: values.get(name.removesuffix("_1"), AT_ONCE) for name in names}
            assert rows_of(app, statement, given) <= AT_ONCE + 1
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", given).scalar_one()[0]["Plan"]
            assert "ix_comment_created_at" in {node.get("Index Name") for node in nodes_of(plan)}


def test_only_admins_try_words(app, admin):
    for role in (Role.MODERATOR, Role.EDITOR):
        client = on_duty(app, role)
        token = read(client, "/staff/account").form("header form")[1]["csrf_token"]
        sent = client.post("/staff/admin/words/suspect/try", data={"terms": "casino", "csrf_token": token})
        assert sent.status_code == 403
    assert admin.post("/staff/admin/words/suspect/try", data={"terms": "casino"}).status_code == 400
    for number in (7, 10**30):
        assert admin.get(f"/staff/admin/words/{number}").status_code == 404


def test_a_trial_makes_no_writer_wait(app, admin, article):
    """It is sent as a form, but reads as a reader: on SQLite the only writer may be at work meanwhile."""
    make_comment(app, article, source="The casino opens.")
    with app.app_context():
        writing = db.engine.connect()
        with writing.begin():
            writing.execute(insert(BlockedTerm).values(term="held", kind="suspect", created_at=utcnow()))
            assert ways(try_terms(admin, "suspect", "casino")) == ["Would have waited, and did not: 1"]
        writing.close()
