"""What stands around a comment on its page: its thread, the state of its discussion, and its sender's record."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.comments.status import CommentStatus
from davidson.comments.withdrawing import erase
from davidson.config import CommentsMode
from davidson.database import db
from davidson.moderation.threadlines import MOST_ABOVE, MOST_BELOW, MOST_NEXT, PAGE_SIZE
from tests.bulk import fill_queue, fill_thread
from tests.counting import queries_of
from tests.desks import on_duty
from tests.factories import Made, make_article, make_comment
from tests.moderation.senders import NETWORK, ONE, TOKEN, ban_in_store, give_token, page_of_comment, section, write_note
from tests.moderation.test_scale import check, explained
from tests.pages import Page, read

MOST_LINES = 1 + MOST_ABOVE + 1 + 2 * MOST_NEXT + MOST_BELOW
# The session, the card, its log, where it stands, the thread, what its sender sent, bans, notes; and the masthead.
MOST_QUERIES = 9
HERE = 249


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app, published_at=utcnow() - timedelta(days=2))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return on_duty(app)


def lines(page: Page, part: str = "") -> list[int]:
    """The comments of a thread's lines, in order; of one part alone if one is named."""
    found = page.all(f"li.thread-line{'--' if part else ''}{part}")
    heads = [line.one("p.thread-line__head").text for line in found]
    return [int(head.partition("#")[2].split(" ")[0].strip(",")) for head in heads]


def long_thread(app: Flask, article: Made, number: int, *, deep: bool = False) -> list[int]:
    head = make_comment(app, article, created_at=utcnow() - timedelta(days=1))
    return [head.id, *fill_thread(app, head, number, deep=deep)]


def test_a_comment_stands_among_all_of_its_thread_whatever_became_of_it(app, article, client):
    head = make_comment(app, article, name="Ada", source="When does the *bridge* open?")
    refused = make_comment(app, article, name="Bo", source="Never, you fools.", parent_id=head.id)
    parent = make_comment(app, article, name="Cy", source="On Monday.", parent_id=head.id)
    here = make_comment(app, article, name="Di", source="Not on Sunday?", parent_id=parent.id)
    answer = make_comment(app, article, name="Ed", source="No.", parent_id=here.id)
    for comment, status in ((refused, "rejected"), (parent, "spam"), (here, "pending"), (answer, "pending")):
        with app.app_context():
            db.session.get_one(Comment, comment.id).status = CommentStatus(status)
            db.session.commit()
    page = page_of_comment(client, here)
    assert lines(page) == [head.id, refused.id, parent.id, here.id, answer.id]
    assert (lines(page, "above"), lines(page, "here"), lines(page, "below")) == (
        [head.id, parent.id],
        [here.id],
        [answer.id],
    )
    assert page.texts(".thread-around .thread-line__state") == ["approved", "rejected", "spam", "waiting", "waiting"]
    assert page.texts("p.thread-line__text") == ["When does the bridge open?", "Never, you fools.", "On Monday.", "No."]
    assert page.texts("p.thread-line__to") == [
        f"in reply to Cy, #{parent.id}",
        f"in reply to Di, #{here.id}",
    ]
    assert [one.attributes["aria-current"] for one in page.all("li.thread-line--here")] == ["true"]


def test_a_comment_alone_says_so(app, article, client):
    page = page_of_comment(client, make_comment(app, article))
    assert "It answers nobody, and nobody answered it." in page.one("section.thread-around").text
    assert page.all("li.thread-around__gap") == []


def test_what_was_erased_keeps_its_place_without_a_word(app, article, client):
    head = make_comment(app, article, name="Zebulon", source="My zeppelin.")
    reply = make_comment(app, article, parent_id=head.id)
    with app.test_request_context():
        erase(db.session.get_one(Comment, head.id), now=utcnow())
        db.session.commit()
    for url in (f"{ONE}{reply.id}", f"{ONE}{reply.id}/thread"):
        page = read(client, url)
        assert lines(page) == [head.id, reply.id]
        assert page.texts(".thread-line__state")[0] == "erased"
        assert "zeppelin" not in page.html.casefold() and "zebulon" not in page.html.casefold()


def test_in_a_long_thread_its_parents_its_neighbours_and_its_answers_stand_and_the_rest_is_a_link_away(
    app, article, client
):
    ids = long_thread(app, article, 499)
    late = make_comment(app, article, parent_id=ids[HERE])  # It is approved, and answered long after.
    page = read(client, f"{ONE}{ids[HERE]}")
    near = ids[HERE - MOST_NEXT : HERE + MOST_NEXT + 1]
    assert lines(page) == [ids[0], *near, late.id]
    assert lines(page, "above") == [ids[0]] and lines(page, "below") == [late.id]
    before, after, whole = (link.attributes["href"] for link in page.one(".thread-around").all("a.target"))
    earlier, later = read(client, before), read(client, after)
    assert lines(earlier) == ids[HERE - MOST_NEXT - PAGE_SIZE : HERE - MOST_NEXT]
    assert lines(later) == ids[HERE + 1 + MOST_NEXT : HERE + 1 + MOST_NEXT + PAGE_SIZE]
    assert lines(read(client, whole)) == ids[: PAGE_SIZE + 1]


def test_the_chain_of_those_that_it_answers_is_shown_however_deep_and_bounded(app, article, client):
    ids = long_thread(app, article, 120, deep=True)
    page = read(client, f"{ONE}{ids[100]}")
    assert lines(page, "above") == [ids[0], *ids[100 - MOST_ABOVE : 100]]
    assert lines(page, "below") == [ids[101]]
    assert len(lines(page)) <= MOST_LINES


@pytest.mark.parametrize("number", [0, 1, PAGE_SIZE, 2 * PAGE_SIZE + 3])
def test_the_pages_of_a_thread_follow_one_another_and_lead_back(app, article, client, number: int):
    ids = long_thread(app, article, number)
    url, seen, pages = f"{ONE}{ids[-1]}/thread", [], 0
    while url:
        page = read(client, url)
        seen, pages = seen + lines(page), pages + 1
        url = next((link.attributes["href"] for link in page.all("a.pager__link--forward")), "")
    assert seen == ids and pages == max(1, -(-number // PAGE_SIZE))
    assert lines(page, "here") == [ids[-1]]
    back: list[int] = lines(page)
    while url := next((link.attributes["href"] for link in page.all("a[rel=prev]")), ""):
        page = read(client, url)
        back = lines(page) + back
    assert back == ids


@pytest.mark.parametrize("path", ["7/thread", f"{2**63}/thread", "7/sender", f"{2**63}/sender"])
def test_there_may_be_no_such_comment(client, path: str):
    assert client.get(f"{ONE}{path}").status_code == 404


def test_an_address_that_makes_no_sense_is_not_found(app, article, client):
    comment = make_comment(app, article)
    for query in ("after=x", "before=", "after=AAAA"):
        assert client.get(f"{ONE}{comment.id}/thread?{query}").status_code == 404


def test_the_state_of_the_discussion_is_told(make_app):
    app: Flask = make_app(comments=CommentsMode.HOLD_FIRST, comments_close_after=7)
    client, now = on_duty(app), utcnow()
    open_, over = (make_article(app, published_at=now - timedelta(days=days)) for days in (1, 8))
    made = (make_comment(app, open_), make_comment(app, over, created_at=now - timedelta(days=7)))
    first, second = (page_of_comment(client, one).texts("p.thread-around__about")[0] for one in made)
    assert first.startswith("Comments on the article are open until ")
    assert first.endswith("; a first one waits for a moderator.")
    assert second == "No comments are taken below this article now."


def test_a_record_says_how_much_since_when_and_what_came_last(app, client):
    article = make_article(app, headline="Mayor resigns", published_at=utcnow() - timedelta(days=20))
    now = utcnow().replace(microsecond=0)
    made = [
        make_comment(
            app,
            article,
            network="net",
            status=status,
            source=f"Said {number}.",
            created_at=now - timedelta(days=10 - number),
        )
        for number, status in enumerate(("approved", "rejected", "spam", "pending", "approved", "approved", "pending"))
    ]
    make_comment(app, article, network="elsewhere")
    for comment in made[:2]:
        give_token(app, comment)
    network = section(page_of_comment(client, made[1]))
    assert "3 approved, 1 spam, 2 waiting from this network." in network.text
    moments = [one.attributes["datetime"] for one in network.all("time")][:2]
    assert moments == [f"{now - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}" for days in (10, 4)]
    recent = network.one("ul.sender-record__list")
    assert [link.attributes["href"] for link in recent.all("a")] == [f"{ONE}{made[n].id}" for n in (6, 5, 4, 3, 2)]
    assert recent.texts(".thread-line__state") == ["waiting", "approved", "approved", "waiting", "spam"]
    assert recent.texts(".sender-record__text")[0] == "Said 6."
    assert "on Mayor resigns, " in recent.texts(".sender-record__where")[0]
    token = section(page_of_comment(client, made[1]), TOKEN)
    assert "1 approved with this token." in token.text
    assert token.texts(".sender-record__text") == ["Said 0."]


def test_a_sender_seen_once_is_told_so(app, article, client):
    network = section(page_of_comment(client, make_comment(app, article)))
    assert "Nothing else from this network. Seen once, " in network.text
    assert network.all("ul.sender-record__list") == []


def test_the_page_of_a_comment_costs_as_many_queries_whatever_stands_around_it(app, article, client):
    lonely = make_comment(app, article)
    ids = long_thread(app, article, 300)
    for kind in (NETWORK, TOKEN):
        write_note(client, Made(ids[150]), "Loud.", kind)
        ban_in_store(app, Made(ids[150]), kind)

    def queries(comment_id: int) -> int:
        with queries_of(app) as statements:
            read(client, f"{ONE}{comment_id}")
        return len(statements)

    assert queries(lonely.id) == queries(ids[150]) == MOST_QUERIES
    with queries_of(app) as statements:
        read(client, f"{ONE}{ids[150]}/thread")
    assert len(statements) <= 5  # The session, where it stands, the head, the lines and the masthead.


def test_what_stands_around_a_comment_is_found_by_an_index(app, article, client):
    """With many comments, many threads, and a network and a token that sent a tenth of all."""
    fill_queue(app, 6_000)
    ids = long_thread(app, article, 3_000)
    ban_in_store(app, Made(ids[2_000]))
    write_note(client, Made(ids[2_000]), "Loud.")
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("ANALYZE"))
            db.session.commit()
    here = f"{ONE}{ids[2_000]}"
    page = read(client, here)
    further = [link.attributes["href"] for link in page.one(".thread-around").all("a.target")]
    for url in (here, f"{ONE}{ids[0]}", f"{here}/sender", f"{here}/thread", *further, "/staff/moderation/bans"):
        with explained(app) as plans:
            read(client, url)
        check(plans)
