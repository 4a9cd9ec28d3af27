"""What the desk shows: who may see it, the tabs, the order, and on each card all that a decision goes by."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from davidson.accounts.models import Role
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.comments.screening.finding import Finding, Place
from davidson.comments.status import CommentStatus
from davidson.comments.withdrawing import erase
from davidson.database import db
from davidson.moderation.cards import record_of
from davidson.moderation.queries import PAGE_SIZE
from tests.desks import audit_log, browser, on_duty
from tests.factories import Made, comment_now, make_article, make_comment
from tests.pages import Page, read

DESK = "/staff/moderation/"


def ids(page: Page) -> list[int]:
    """The comments on a page, in order."""
    return [int(card.attributes["id"].removeprefix("comment-")) for card in page.all("article.queue-card")]


def tabs(page: Page) -> dict[str, int]:
    return {name: int(number) for name, number in (text.split() for text in page.texts(".queue-tabs__tab"))}


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that the store is sent meanwhile."""
    statements: list[str] = []

    def note(*call: object) -> None:
        statements.append(str(call[2]))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def with_findings(app: Flask, comment: Made, *findings: Finding) -> None:
    with app.app_context():
        row = db.session.get_one(Comment, comment.id)
        row.findings = [finding.as_json() for finding in findings]
        db.session.commit()


def test_strangers_are_sent_to_log_in_and_authors_away(app: Flask):
    comment = make_comment(app, make_article(app))
    for path in (DESK, f"{DESK}comments/{comment.id}"):
        answer = browser(app).get(path)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/staff/login")
        assert on_duty(app, Role.AUTHOR).get(path).status_code == 403
        for role in (Role.MODERATOR, Role.EDITOR, Role.ADMIN):
            assert on_duty(app, role).get(path).status_code == 200


def test_an_empty_desk_says_what_comes_here(app: Flask):
    page = read(on_duty(app), DESK)
    assert page.texts(".empty__title") == ["Nothing waits"]
    assert tabs(page) == {"Pending": 0, "Approved": 0, "Rejected": 0, "Spam": 0, "Deleted": 0}
    for status in CommentStatus:
        assert len(read(on_duty(app), f"{DESK}?status={status}").all(".empty")) == 1


def test_the_tabs_add_up_to_all_comments(app: Flask):
    article = make_article(app)
    for status, number in (("pending", 3), ("approved", 2), ("rejected", 1), ("spam", 2), ("deleted", 1)):
        for _ in range(number):
            make_comment(app, article, status=status)
    moderator = on_duty(app)
    page = read(moderator, DESK)
    assert tabs(page) == {"Pending": 3, "Approved": 2, "Rejected": 1, "Spam": 2, "Deleted": 1}
    assert page.texts(".queue-head__total") == ["9 comments in all"]
    for link in page.all("a.queue-tabs__tab"):
        shown = read(moderator, link.attributes["href"])
        assert len(ids(shown)) == tabs(page)[link.text.split()[0]]


def test_what_waits_stands_oldest_first_and_what_was_decided_newest_first(app: Flask):
    article, now = make_article(app), utcnow()
    old, middle, new = (
        make_comment(app, article, status="pending", created_at=now - timedelta(minutes=minutes))
        for minutes in (30, 20, 10)
    )
    moderator = on_duty(app)
    assert ids(read(moderator, DESK)) == [old.id, middle.id, new.id]
    for comment in (middle, new, old):
        page = read(moderator, DESK).submit(f"#comment-{comment.id} form", decision="spam")
        assert page.status == 303
    assert ids(read(moderator, f"{DESK}?status=spam")) == [old.id, new.id, middle.id]


@pytest.mark.parametrize("status", ["pending", "rejected"])
def test_pages_follow_one_another_without_gap_or_repeat(app: Flask, status: str):
    article, now = make_article(app), utcnow().replace(microsecond=0)
    made = [
        make_comment(app, article, status=status, created_at=now - timedelta(seconds=number // 3)).id
        for number in range(2 * PAGE_SIZE + 3)
    ]
    moderator, url, seen = on_duty(app), f"{DESK}?status={status}", []
    while url:
        page = read(moderator, url)
        seen.append(ids(page))
        url = next((link.attributes["href"] for link in page.all("a.pager__link--forward")), "")
    assert [len(each) for each in seen] == [PAGE_SIZE, PAGE_SIZE, 3]
    assert sorted(id_ for each in seen for id_ in each) == sorted(made)


@pytest.mark.parametrize("query", ["status=open", "status=", "after=x", "after=", "status=spam&after=AAAA"])
def test_an_address_that_makes_no_sense_is_not_found(app: Flask, query: str):
    assert on_duty(app).get(f"{DESK}?{query}").status_code == 404


@pytest.mark.parametrize("comment_id", ["0", "7", str(2**63), "9" * 40, "x"])
def test_there_may_be_no_such_comment(app: Flask, comment_id: str):
    assert on_duty(app).get(f"{DESK}comments/{comment_id}").status_code == 404


def test_a_card_shows_article_parent_text_reasons_and_record(app: Flask):
    article = make_article(app, headline="Mayor resigns", section="City")
    parent = make_comment(app, article, name="Ada", source="At *last*.", network="one")
    make_comment(app, article, status="rejected", network="two")
    comment = make_comment(
        app, article, status="pending", name="Bob", source="Buy it now,\n  cheap!", parent_id=parent.id, network="two"
    )
    with_findings(
        app,
        comment,
        Finding("duplicates", CommentStatus.PENDING, "Same text as comment #3."),
        Finding("wording", CommentStatus.PENDING, "Contains the suspect term “cheap”.", (Place(14, 19), Place(0, 3))),
    )
    card = read(on_duty(app), DESK).one(f"article#comment-{comment.id}")
    assert card.one("h2").text == "Bob"
    assert [link.attributes["href"] for link in card.all(".queue-card__where a")] == ["/sections/city", article.url]
    assert card.one(".queue-card__answered").text == "In reply to Ada At last."
    assert card.one(".queue-card__text").raw_text() == "Buy it now,\n  cheap!"
    assert card.texts("mark") == ["Buy", "cheap"]
    findings = card.texts(".queue-proof__finding")
    assert findings == ["Same text as comment #3.", "Contains the suspect term “cheap”."]
    assert "No author token" in card.text
    assert "1 rejected from this network" in card.text
    assert [option.attributes["value"] for option in card.all("option") if "selected" in option.attributes] == [
        "duplicate"
    ]


def test_a_record_counts_what_came_with_the_same_token(app: Flask):
    article = make_article(app)
    made = [make_comment(app, article, status=status) for status in ("approved",) * 4 + ("rejected", "pending")]
    with app.app_context():
        for comment in made:
            db.session.get_one(Comment, comment.id).author_key = "key"
        db.session.commit()
    page = read(on_duty(app), DESK)
    assert "4 approved, 1 rejected with this token" in page.texts(".queue-proof__list")[1]
    record = record_of({CommentStatus.SPAM: 100, CommentStatus.PENDING: 99}, {})
    assert record.token == "More than 99 spam, 99 waiting with this token"
    assert record.network == "Nothing else from this network"


def test_what_was_typed_is_shown_as_text(app: Flask):
    source = "<script>alert(1)</script>\n\n<b>&amp;</b>"
    make_comment(app, make_article(app), status="pending", source=source, name="<i>Ada</i>")
    page = read(on_duty(app), DESK)
    assert page.one(".queue-card__text").raw_text() == source
    assert page.one("article h2").raw_text() == "<i>Ada</i>"


def test_a_card_tells_what_was_done_before_and_by_whom(app: Flask):
    comment = make_comment(app, make_article(app), status="pending")
    moderator = on_duty(app)
    page = read(moderator, f"{DESK}comments/{comment.id}")
    page.submit(".queue-card form", decision="reject", reason="off-topic", note="Twice now.")
    card = read(moderator, f"{DESK}?status=rejected").one("article.queue-card")
    said = [item.text for item in card.all("ol.queue-proof__list li")]
    assert said[0].startswith("Rejected by Ada Lovelace: Off the subject")
    assert said[0].endswith("Twice now.")
    assert said[1].startswith("Sent; screening held it")


def test_an_erased_comment_leaves_its_history_alone(app: Flask):
    comment = make_comment(app, make_article(app), source="Forget me.")
    with app.test_request_context():
        erase(db.session.get_one(Comment, comment.id), now=utcnow())
        db.session.commit()
    for path in (f"{DESK}?status=deleted", f"{DESK}comments/{comment.id}"):
        page = read(on_duty(app), path)
        assert "This comment was erased." in page.one("article.queue-card").text
        assert "Erased by its author" in page.one("article.queue-card").text
        assert page.all("article button") == []


def test_the_number_of_queries_does_not_grow_with_the_cards(app: Flask):
    article = make_article(app)
    moderator = on_duty(app)

    def queries() -> int:
        with counted(app) as statements:
            read(moderator, DESK)
        return len([one for one in statements if one.startswith("SELECT")])

    parent = make_comment(app, article)
    make_comment(app, article, status="pending", parent_id=parent.id)
    few = queries()
    for _ in range(PAGE_SIZE):
        make_comment(app, article, status="pending", parent_id=parent.id)
    assert queries() == few <= 8


def test_looking_changes_nothing(app: Flask):
    comment = make_comment(app, make_article(app), status="pending")
    moderator = on_duty(app)
    before = len(audit_log(app))
    for path in (DESK, f"{DESK}comments/{comment.id}", f"{DESK}?decided={comment.id}&decision=approve"):
        read(moderator, path)
    assert comment_now(app, comment).version == comment.version
    assert len(audit_log(app)) == before
