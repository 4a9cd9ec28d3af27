"""Discussions in either order, replies three deep, and the permanent address of each comment."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from davidson.articles.publishing import article_to_change, retract
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.config import CommentsMode
from davidson.database import db
from tests.bulk import fill_comments
from tests.comments.holding import decide
from tests.counting import queries_of
from tests.factories import Made, make_article, make_comment
from tests.pages import Element, Page, read


@pytest.fixture
def app(make_app) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app, published_at=utcnow() - timedelta(days=9))


def ids_on(page: Page) -> list[int]:
    return [int(one.attributes["id"].removeprefix("comment-")) for one in page.all("article.comment")]


def depths(page: Page) -> list[tuple[int, str]]:
    """Each reply as how deep it is set in and its name, a removed one as a dash."""
    return [(_depth(item), _name(item)) for item in page.all("ol.thread__replies li")]


def _depth(item: Element) -> int:
    return int(item.attributes.get("class", "thread__deep-1").removeprefix("thread__deep-"))


def _name(item: Element) -> str:
    return "".join(item.texts(".comment__name")) or "–"


def test_replies_stand_three_deep_and_then_flat_in_the_order_of_time(app, client, article):
    made = {"A": make_comment(app, article, name="A")}
    for name, answered in (("B", "A"), ("C", "B"), ("D", "C"), ("E", "D"), ("F", "C"), ("G", "E"), ("H", "B")):
        made[name] = make_comment(app, article, name=name, parent_id=made[answered].id)
    page = read(client, article.url)
    assert depths(page) == [(1, "B"), (2, "C"), (3, "D"), (3, "E"), (3, "F"), (3, "G"), (2, "H")]
    assert page.texts("p.thread__to a") == ["A", "B", "C", "D", "C", "E", "B"]
    decide(app, made["C"], "rejected")
    page = read(client, article.url)
    assert depths(page) == [(1, "B"), (2, "–"), (3, "D"), (3, "E"), (3, "F"), (3, "G"), (2, "H")]
    assert "C" not in page.texts(".comment__name")
    decide(app, made["B"], "spam")
    assert depths(read(client, article.url)) == [(1, "–"), (2, "–"), (3, "D"), (3, "E"), (3, "F"), (3, "G"), (2, "H")]


def test_the_newest_threads_come_first_where_that_is_asked_for(app, client, article):
    ids = fill_comments(app, article, 120)
    pages = [read(client, f"{article.url}?order=newest&page={number}") for number in (1, 2, 3)]
    assert [len(page.all("li.thread")) for page in pages] == [50, 50, 20]
    assert [one for page in pages for one in ids_on(page)] == ids[::-1]
    assert pages[0].one("a[rel=next]").attributes["href"] == f"{article.url}?order=newest&page=2#comments"
    assert pages[1].one("a[rel=prev]").attributes["href"] == f"{article.url}?order=newest#comments"
    assert client.get(f"{article.url}?order=newest&page=4").status_code == 404


@pytest.mark.parametrize("number", [1, 49, 50, 51, 99, 100, 101])
def test_both_orders_show_each_thread_once_however_many_there_are(app, client, article, number):
    ids = fill_comments(app, article, number)
    pages = range(1, -(-number // 50) + 1)
    assert [one for page in pages for one in ids_on(read(client, f"{article.url}?page={page}"))] == ids
    newest = [one for page in pages for one in ids_on(read(client, f"{article.url}?order=newest&page={page}"))]
    assert newest == ids[::-1]


def test_replies_stay_in_the_order_of_time_below_the_newest_thread(app, client, article):
    heads = [make_comment(app, article) for _ in range(2)]
    replies = [make_comment(app, article, parent_id=heads[0].id) for _ in range(2)]
    page = read(client, f"{article.url}?order=newest")
    assert ids_on(page) == [heads[1].id, heads[0].id, *(reply.id for reply in replies)]


def test_the_order_is_a_link_at_the_head_and_its_own_is_none(app, client, article):
    make_comment(app, article)
    assert read(client, article.url).all("nav.discussion__sort") == []
    make_comment(app, article)
    oldest, newest = read(client, article.url), read(client, f"{article.url}?order=newest")
    assert [link.attributes["href"] for link in oldest.all("nav.discussion__sort a")] == [
        f"{article.url}?order=newest#comments"
    ]
    assert [link.attributes["href"] for link in newest.all("nav.discussion__sort a")] == [f"{article.url}#comments"]
    assert newest.texts("nav.discussion__sort span") == ["Newest first"]


@pytest.mark.parametrize("order", ["", "x", "NEWEST", "newest ", "1"])
def test_an_order_that_there_is_not_is_404(app, client, article, order):
    comment = make_comment(app, article)
    assert client.get(article.url, query_string={"order": order}).status_code == 404
    place = f"{article.url}/comments/{comment.id}"
    assert client.get(place, query_string={"order": order}).status_code == 404


def follow(client: FlaskClient, url: str, expected: str) -> Page:
    answer = client.get(url)
    assert (answer.status_code, answer.headers["Location"]) == (302, expected)
    return read(client, expected)


def test_a_comments_address_leads_to_its_page_in_either_order(app, client, article):
    ids = fill_comments(app, article, 120)
    reply = make_comment(app, article, parent_id=ids[60])
    places = {0: (1, 3), 49: (1, 2), 50: (2, 2), 69: (2, 2), 70: (2, 1), 119: (3, 1)}
    for index, (oldest, newest) in places.items():
        url = f"{article.url}/comments/{ids[index]}"
        here = f"#comment-{ids[index]}"
        page = follow(client, url, f"{article.url}{f'?page={oldest}' if oldest > 1 else ''}{here}")
        assert ids[index] in ids_on(page)
        query = f"?order=newest{f'&page={newest}' if newest > 1 else ''}"
        page = follow(client, f"{url}?order=newest", f"{article.url}{query}{here}")
        assert ids[index] in ids_on(page)
        link = page.one(f"article#comment-{ids[index]}").one("a.comment__time").attributes["href"]
        assert link == f"{url}?order=newest"
    assert reply.id in ids_on(
        follow(client, f"{article.url}/comments/{reply.id}", f"{article.url}?page=2#comment-{reply.id}")
    )


def test_a_comments_address_stays_when_its_page_changes(app, client, article):
    ids = fill_comments(app, article, 52)
    url = read(client, f"{article.url}?page=2").all("a.comment__time")[0].attributes["href"]
    follow(client, url, f"{article.url}?page=2#comment-{ids[50]}")
    decide(app, Made(ids[0], article.slug), "rejected")
    follow(client, url, f"{article.url}#comment-{ids[50]}")


@pytest.mark.parametrize("status", ["pending", "rejected", "spam", "deleted"])
def test_the_address_of_a_comment_that_is_not_shown_is_404(app, client, article, status):
    comment = make_comment(app, article)
    decide(app, comment, status)
    assert client.get(f"{article.url}/comments/{comment.id}").status_code == 404


def test_there_is_no_address_below_another_article_or_one_taken_back(app, client, article):
    comment = make_comment(app, article)
    assert client.get(f"{make_article(app).url}/comments/{comment.id}").status_code == 404
    assert client.get(f"{article.url}/comments/{comment.id + 1}").status_code == 404
    assert client.get(f"{article.url}/comments/{10**30}").status_code == 404
    with app.app_context():
        row = article_to_change(article.slug)
        assert row is not None
        retract(row, reason="Wrong.", actor=SHELL, now=utcnow())
        db.session.commit()
    assert client.get(f"{article.url}/comments/{comment.id}").status_code == 404


def test_pages_and_addresses_take_as_many_queries_for_three_comments_as_for_thousands(make_app, article):
    app = make_app(comments=CommentsMode.PUBLISH, page_memory=0)
    client = app.test_client()
    few = fill_comments(app, article, 3)
    large = make_article(app)
    many = fill_comments(app, large, 10_000)

    def number(url: str) -> int:
        with queries_of(app) as statements:
            assert client.get(url).status_code in (200, 302)
        return len(statements)

    number(article.url)
    first = number(article.url)
    for path in ("", "?order=newest", "?page=200", "?order=newest&page=200"):
        assert number(f"{large.url}{path}") == first <= 8  # Among them whether spam comes in a wave.
    assert number(f"{article.url}/comments/{few[1]}") <= 2
    assert number(f"{large.url}/comments/{many[9_990]}") <= 2
    assert number(f"{large.url}/comments/{many[9_990]}?order=newest") <= 4
