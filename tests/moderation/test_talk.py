"""The staff side of a discussion: replies with the badge, and editors' picks."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from davidson.accounts.models import Role
from davidson.articles.publishing import article_to_change, retract
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.config import CommentsMode
from davidson.database import db
from tests.comments.holding import decide, receipt_url
from tests.counting import queries_of
from tests.desks import audit_log, browser, hire, log_in, on_duty
from tests.factories import Made, comment_now, make_article, make_comment
from tests.pages import Page, read


@pytest.fixture
def app(make_app) -> Flask:
    return make_app(comments=CommentsMode.HOLD_ALL)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app)


@pytest.fixture
def comment(app: Flask, article: Made) -> Made:
    return make_comment(app, article, name="Bo", source="When is the bridge open?")


@pytest.fixture
def ada(app: Flask) -> FlaskClient:
    """The browser of a moderator called Ada Lovelace."""
    hire(app, Role.MODERATOR, "ada@example.org", name="Ada Lovelace")
    client = browser(app)
    assert log_in(client, "ada@example.org").status == 303
    return client


def talk(comment: Made) -> str:
    return f"/staff/moderation/comments/{comment.id}/talk"


def pick(client: FlaskClient, comment: Made, chosen: str = "yes") -> Page:
    return read(client, talk(comment)).submit("#pick-form", pick=chosen)


def picks(client: FlaskClient, article: Made) -> list[str]:
    return read(client, article.url).texts("blockquote.picks__text")


def badges(client: FlaskClient, article: Made, name: str) -> list[str]:
    comments = read(client, article.url).all("article.comment")
    (found,) = [one for one in comments if one.texts(".comment__name") == [name]]
    return found.texts(".comment__badge")


def test_a_reply_from_the_staff_side_is_published_at_once_with_the_badge(app, client, article, comment, ada):
    assert read(client, article.url).texts("article.comment .comment__name") == ["Bo"]
    answer = read(ada, talk(comment)).submit("#reply-form", body="On *Monday*.")
    assert answer.follow().texts(".flash") == ["Your reply is in the discussion."]
    page = read(client, article.url)
    assert page.texts("article.comment .comment__name") == ["Bo", "Ada Lovelace"]
    assert page.one("ol.thread__replies em").text == "Monday"
    assert page.texts("p.thread__to a") == ["Bo"]
    assert badges(client, article, "Ada Lovelace") == ["Staff"]
    assert badges(client, article, "Bo") == []
    assert page.one("h2#comments-heading").text == "2 comments"
    entry = audit_log(app)[-1]
    assert (entry.action, entry.actor, entry.to_state) == ("comment.reply", "ada@example.org", "approved")


def test_a_reader_who_claims_the_name_gets_no_badge(app, client, article, comment, ada):
    waiting = make_comment(app, article, name="Ada Lovelace", source="I am from the paper.", status="pending")
    decide(app, waiting, "approved")
    assert badges(client, article, "Ada Lovelace") == []


def test_the_same_reply_sent_twice_is_one(app, client, article, comment, ada):
    page = read(ada, talk(comment))
    answers = [page.submit("#reply-form", body="On Monday.") for _ in range(2)]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert read(client, article.url).one("h2#comments-heading").text == "2 comments"


def test_a_staff_reply_can_be_answered_and_removed_like_any_other(app, client, article, comment, ada):
    said = read(ada, talk(comment)).submit("#reply-form", body="On Monday.").headers["Location"]
    reply = Made(int(said.split("/")[-2]), article.slug)
    make_comment(app, article, parent_id=reply.id, name="Cy")
    alone = read(ada, f"/staff/moderation/comments/{reply.id}")
    assert "Written by Ada Lovelace" in alone.one("main").text
    assert alone.submit(".queue-card form", decision="reject", reason="other").status == 303
    page = read(client, article.url)
    assert "On Monday." not in page.html
    assert page.texts("p.thread__tombstone") == ["This reply was removed."]


@pytest.mark.parametrize("body", ["", "  \n", "x" * 5001])
def test_a_faulty_reply_comes_back_with_what_was_typed(app, ada, comment, body):
    page = read(ada, talk(comment)).submit("#reply-form", body=body)
    assert page.status == 422
    assert page.form("#reply-form")[1]["body"] == body
    assert page.all("p.field__fault")


def test_what_readers_do_not_see_is_neither_answered_nor_picked(app, client, article, comment, ada):
    page = read(ada, talk(comment))
    decide(app, comment, "rejected")
    answer = page.submit("#reply-form", body="On Monday.")
    assert answer.status == 409 and answer.form("#reply-form")[1]["body"] == "On Monday."
    assert page.submit("#pick-form", pick="yes").status == 409
    assert (read(ada, talk(comment)).all("#pick-form"), read(ada, talk(comment)).all("#reply-form")) == ([], [])
    decide(app, comment, "approved")
    with app.app_context():
        row = article_to_change(article.slug)
        assert row is not None
        retract(row, reason="Wrong.", actor=SHELL, now=utcnow())
        db.session.commit()
    assert page.submit("#reply-form", body="On Monday.").status == 409


def test_a_pick_stands_above_the_threads_and_leads_to_its_place(app, client, article, comment, ada):
    others = [make_comment(app, article) for _ in range(60)]
    assert picks(client, article) == []
    assert pick(ada, others[-1]).follow().texts(".flash") == ["It is an editor’s pick now."]
    page = read(client, article.url)
    assert len(page.texts("blockquote.picks__text")) == 1
    link = page.one("a.picks__place").attributes["href"]
    landing = client.get(link).headers["Location"]
    assert landing == f"{article.url}?page=2#comment-{others[-1].id}"
    second = read(client, landing)
    assert second.one(f"article#comment-{others[-1].id}").texts(".comment__badge") == ["Editor’s pick"]
    assert second.all(".picks") == []
    places = [element.attributes.get("class", "") for element in page.one(".discussion__body")]
    assert places.index("picks") < places.index("discussion__threads")


def test_a_pick_can_be_taken_back_and_both_are_written_down(app, client, article, comment, ada):
    pick(ada, comment)
    pick(ada, comment, "no")
    assert picks(client, article) == []
    entries = [entry for entry in audit_log(app) if entry.action.endswith("pick")]
    assert [(entry.action, entry.actor, entry.subject) for entry in entries] == [
        ("comment.pick", "ada@example.org", f"comment:{comment.id}"),
        ("comment.unpick", "ada@example.org", f"comment:{comment.id}"),
    ]


def test_a_pick_twice_is_one_and_leaves_a_moderators_open_page_good(app, client, article, comment, ada):
    card = read(ada, f"/staff/moderation/comments/{comment.id}")
    page = read(ada, talk(comment))
    assert [page.submit("#pick-form", pick="yes").status for _ in range(2)] == [303, 303]
    assert len([entry for entry in audit_log(app) if entry.action == "comment.pick"]) == 1
    assert card.submit(".queue-card form", decision="reject", reason="abuse").status == 303
    assert picks(client, article) == []


@pytest.mark.parametrize("status", ["rejected", "spam", "pending", "deleted"])
def test_a_removed_pick_is_one_no_more_even_if_it_comes_back(app, client, article, comment, ada, status):
    pick(ada, comment)
    page = read(client, article.url)
    assert page.texts("blockquote.picks__text") == ["When is the bridge open?"]
    decide(app, comment, status)
    answer = client.get(article.url, headers={"If-None-Match": page.headers["ETag"]})
    assert (answer.status_code, "bridge" in answer.text) == (200, False)
    if status != "deleted":
        decide(app, comment, "approved")
        assert picks(client, article) == []


def test_a_withdrawn_pick_is_one_no_more(app, client, article, comment, ada):
    pick(ada, comment)
    receipt = receipt_url(app, comment)
    assert read(client, receipt).submit(f"form[action={receipt}/delete]").status == 303
    assert "bridge" not in client.get(article.url).text


def test_a_pick_of_an_older_version_is_refused(app, client, article, comment, ada):
    page = read(ada, talk(comment))
    decide(app, comment, "rejected")
    decide(app, comment, "approved")
    answer = page.submit("#pick-form", pick="yes")
    assert answer.status == 409 and "has changed" in answer.one(".notice").text
    assert picks(client, article) == []


@pytest.mark.parametrize("values", [{"pick": "x"}, {"pick": "yes", "version": "x"}, {"pick": "yes", "version": ""}])
def test_a_faulty_pick_is_refused(ada, comment, values):
    assert read(ada, talk(comment)).submit("#pick-form", **values).status == 422


def test_the_five_last_picks_are_shown(app, client, article, ada):
    made = [make_comment(app, article, source=f"Thought {number}.") for number in range(7)]
    for comment in made:
        decide(app, comment, "approved")
        pick(ada, comment)
    assert picks(client, article) == [f"Thought {number}." for number in (6, 5, 4, 3, 2)]


def test_only_those_who_moderate_reply_and_pick(app, client, comment):
    author = on_duty(app, Role.AUTHOR)
    forged = on_duty(app)
    for path, values in (("reply", {"body": "Hello."}), ("pick", {"pick": "yes", "version": "1"})):
        url = f"/staff/moderation/comments/{comment.id}/{path}"
        assert client.post(url, data=values).status_code == 303
        assert author.post(url, data=values).status_code == 403
        assert forged.post(url, data=values).status_code == 400
        assert forged.get(url).status_code == 405
    assert comment_now(app, comment).picked_at is None


def test_there_is_nothing_to_talk_about_where_there_is_no_comment(app, comment, ada):
    token = read(ada, talk(comment)).form("#reply-form")[1]["csrf_token"]
    for number in (comment.id + 9, 10**30):
        base = f"/staff/moderation/comments/{number}"
        assert ada.get(f"{base}/talk").status_code == 404
        assert ada.post(f"{base}/reply", data={"csrf_token": token, "body": "Hello."}).status_code == 404
        values = {"csrf_token": token, "pick": "yes", "version": "1"}
        assert ada.post(f"{base}/pick", data=values).status_code == 404


def test_the_page_and_its_acts_take_few_queries(app, comment, ada):
    page = read(ada, talk(comment))
    with queries_of(app) as statements:
        read(ada, talk(comment))
    assert len(statements) <= 3
    with queries_of(app) as statements:
        assert page.submit("#reply-form", body="On Monday.").status == 303
    assert len(statements) <= 16  # One asks whether the author of the comment wants mails.
