"""The queue narrowed to what fits a filter: in its address, with counts that are those of the lists, and bounded."""

from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text

from davidson.articles.models import Article, Section
from davidson.clock import utcnow
from davidson.comments.forgetting import forget_networks, forget_spam
from davidson.comments.models import Comment
from davidson.comments.status import CommentStatus
from davidson.comments.withdrawing import erase
from davidson.database import db
from davidson.moderation import narrowing
from davidson.moderation.filters import NETWORK, TOKEN, reference_to
from davidson.moderation.queries import PAGE_SIZE
from tests.bulk import _comment, fill_queue
from tests.desks import on_duty
from tests.factories import Made, comment_now, make_article, make_comment
from tests.moderation.test_queue import DESK, ids, tabs
from tests.pages import read


def found(client: FlaskClient, *, status: str = "pending", **asked: str) -> list[int]:
    """The comments of all pages of a tab under a filter; on each the tab's count is how many there are in all."""
    url, seen, told = f"{DESK}?{urlencode({'status': status} | asked)}", list[int](), set[int]()
    while url:
        page = read(client, url)
        assert page.status == 200
        seen += ids(page)
        told.add(tabs(page)[status.capitalize()])
        url = next((link.attributes["href"] for link in page.all("a.pager__link--forward")), "")
    assert told == {len(seen)}
    return seen


def reference(app: Flask, kind: str, comment: Made) -> str:
    row = comment_now(app, comment)
    with app.app_context():
        return reference_to(kind, comment.id, row.sender if kind == NETWORK else row.author_key) or ""


def with_values(app: Flask, comment: Made, **values: object) -> None:
    with app.app_context():
        row = db.session.get_one(Comment, comment.id)
        for name, value in values.items():
            setattr(row, name, value)
        db.session.commit()


def test_the_queue_is_narrowed_by_each_thing_and_by_all_at_once(app: Flask):
    one, other = make_article(app, section="City"), make_article(app, section="World")
    first = make_comment(app, one, status="pending", network="n-1_A", source="Cheap watches here.")
    second = make_comment(app, other, status="pending", network="n-1_A", source="On the café.")
    third = make_comment(app, one, status="pending", network="n-2", source="https://example.org/ is my site.")
    refused = make_comment(app, one, status="pending", network="n-2")
    with_values(app, first, author_key="key-One")
    with_values(app, second, author_key="key-One", created_at=utcnow() - timedelta(days=9))
    moderator = on_duty(app)
    card = read(moderator, f"{DESK}comments/{refused.id}")
    assert card.submit(".queue-card form", decision="reject", reason="off-topic").status == 303
    network, token = reference(app, NETWORK, first), reference(app, TOKEN, second)
    week_ago = f"{utcnow() - timedelta(days=7):%Y-%m-%d}"

    assert found(moderator, section="city") == [first.id, third.id]
    assert found(moderator, article=other.slug) == [second.id]
    assert found(moderator, article=f"https://news.example{other.url}?page=2#comments") == [second.id]
    assert found(moderator, rule="links") == [third.id]
    assert found(moderator, network=network) == [second.id, first.id]
    assert found(moderator, token=token) == [second.id, first.id]
    assert found(moderator, since=week_ago) == [first.id, third.id]
    assert found(moderator, until=week_ago) == [second.id]
    assert found(moderator, q="cafe") == [second.id]
    assert found(moderator, reason="off-topic") == []
    assert found(moderator, status="rejected", reason="off-topic") == [refused.id]
    assert found(moderator, status="rejected", reason="abuse") == []
    assert found(moderator, section="city", network=network, q="WATCHES -café", since=week_ago) == [first.id]


def test_words_are_sought_in_names_and_texts_as_they_are_thought_of(app: Flask):
    article = make_article(app)
    said = {
        "plain": make_comment(app, article, status="pending", name="Renée Dubois", source="The mayor said: Don't!"),
        "apart": make_comment(
            app, article, status="pending", name="Al", source="Said the mayor. See a.example.org/x-y"
        ),
        "other": make_comment(app, article, status="pending", name="Zoë", source="Ёжик и हिन्दी, spam_word v2"),
    }
    moderator = on_duty(app)

    def named(q: str) -> set[str]:
        those = found(moderator, q=q)
        return {name for name, comment in said.items() if comment.id in those}

    assert named("mayor") == {"plain", "apart"}
    assert named('"mayor said"') == {"plain"}
    assert named("mayor -see") == {"plain"}
    assert named("-mayor") == {"other"}
    assert named("renee dubois") == {"plain"}
    assert named("RENÉE") == {"plain"}
    assert named('"dubois the"') == set()  # No phrase reaches from the name into the text.
    assert named("don't") == {"plain"}
    assert named("example.org") == {"apart"}
    assert named("ёжик") == {"other"}
    assert named("हिन्दी") == {"other"}
    assert named("word") == {"other"}
    assert named("v2") == {"other"}
    assert named("may") == set()


ANYTHING = (
    *('"', '"a" OR "', "a AND", "NOT", "NEAR(a", "*", "name:a", "{name}:a", "^a", "--", "\\", "<->", "%"),
    *("a & b | !c", "a\x00b", "(" * 150, "a " * 99, "é" * 200, "\U0001f600 a", "a -a", '-"'),
)
FAULTY = [
    ({"q": "😀"}, "There is no word in this to look for."),
    ({"q": "x" * 10_000}, "Search for at most 200 characters."),
    ({"section": "nowhere"}, "There is no such section."),
    ({"article": "no/such' article"}, "There is no article with this address or headline."),
    ({"rule": "nonsense"}, "There is no such rule."),
    ({"reason": "nonsense"}, "There is no such reason."),
    ({"network": "12-AAAA"}, "This network is not known, or not any more."),
    ({"network": "203.0.113.7"}, "This network is not known, or not any more."),
    ({"token": f"{2**63}-A"}, "This author token is not known, or not any more."),
    ({"since": "yesterday"}, "Write a day such as 2026-11-23."),
    ({"since": "2026-11-23", "until": "2026-11-22"}, "This is before the day in “From”."),
]


def test_anything_may_be_sought(app: Flask):
    make_comment(app, make_article(app), status="pending")
    moderator = on_duty(app)
    for q in ANYTHING:
        page = read(moderator, f"{DESK}?{urlencode({'q': q})}")
        assert page.status in (200, 422)
        assert page.one("#q").attributes["value"] == q.replace("\x00", "").strip()


def test_what_makes_no_sense_is_said_beside_its_field_and_kept(app: Flask):
    make_comment(app, make_article(app), status="pending")
    moderator = on_duty(app)
    for asked, fault in FAULTY:
        page = read(moderator, f"{DESK}?{urlencode(asked)}")
        assert page.status == 422
        assert any(fault in told for told in page.texts("#filter-form .field__fault"))
        _, kept = page.form("#filter-form")
        assert kept.items() >= asked.items()
        assert ids(page) == []


def test_a_decision_leads_to_the_next_that_fits(app: Flask):
    article, other = make_article(app), make_article(app)
    first, _, third = (make_comment(app, about, status="pending") for about in (article, other, article))
    moderator = on_duty(app)
    page = read(moderator, f"{DESK}?article={article.slug}&q=comment")
    answer = page.submit(f"#comment-{first.id} form", decision="approve")
    assert answer.headers["Location"].endswith(f"#comment-{third.id}")
    page = answer.follow()
    assert ids(page) == [third.id]
    page = page.submit(".undo-line form", decision="undo").follow()
    assert ids(page) == [first.id, third.id]


def test_every_comment_that_is_not_final_is_in_one_tab_alone(app: Flask):
    article = make_article(app, section="City")
    made = {make_comment(app, article, status=status).id for status in CommentStatus}
    moderator = on_duty(app)
    for asked in ({}, {"section": "city"}):
        shown = [one for status in CommentStatus for one in found(moderator, status=status, **asked)]
        assert sorted(shown) == sorted(made)


def test_no_address_names_a_network_or_a_token(app: Flask):
    comment = make_comment(app, make_article(app), status="pending", network="secret-network")
    with_values(app, comment, author_key="secret-token")
    moderator = on_duty(app)
    page = read(moderator, DESK)
    assert "secret-" not in page.html
    link = next(link for link in page.all(".queue-like a") if "network=" in link.attributes["href"])
    assert ids(read(moderator, link.attributes["href"])) == [comment.id]
    with app.app_context():
        assert forget_networks(utcnow() + timedelta(days=1), most=9) == 1
        db.session.commit()
    assert read(moderator, link.attributes["href"]).status == 422


def test_words_that_are_erased_leave_the_index_at_once(app: Flask):
    article, now = make_article(app), utcnow()
    withdrawn = make_comment(app, article, name="Aldebaran", source="Betelgeuse.")
    forgotten = make_comment(app, article, status="spam", name="Aldebaran", source="Betelgeuse again.")
    changed = make_comment(app, article, status="pending", name="Somebody", source="Betelgeuse!")
    moderator = on_duty(app)
    everywhere = [found(moderator, status=status, q="betelgeuse") for status in ("approved", "spam", "pending")]
    assert everywhere == [[withdrawn.id], [forgotten.id], [changed.id]]
    with app.test_request_context():
        erase(db.session.get_one(Comment, withdrawn.id), now=now)
        db.session.commit()
        assert forget_spam(now + timedelta(days=1), now=now, most=9) == 1
        db.session.commit()
        db.session.get_one(Comment, changed.id).source = "Nothing."
        db.session.commit()
    assert words_kept(app) & {"aldebaran", "betelgeuse"} == set()
    for status in CommentStatus:
        for q in ("betelgeuse", "aldebaran"):
            assert found(moderator, status=status, q=q) == []
    assert found(moderator, status="deleted", article=article.slug) == [forgotten.id, withdrawn.id]


def words_kept(app: Flask) -> set[str]:
    """Every word that the index still has, read from the store itself."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            db.session.execute(text("CREATE VIRTUAL TABLE temp.kept USING fts5vocab(main, comment_search, row)"))
            return set(db.session.scalars(text("SELECT term FROM temp.kept")))
        return set(db.session.scalars(text("SELECT unnest(tsvector_to_array(words)) FROM comment_search")))


def test_a_change_that_is_rolled_back_changes_no_index(app: Flask):
    comment = make_comment(app, make_article(app), status="pending", source="Betelgeuse.")
    with app.app_context():
        db.session.get_one(Comment, comment.id).source = "Rigel."
        db.session.flush()
        db.session.rollback()
    moderator = on_duty(app)
    assert found(moderator, q="betelgeuse") == [comment.id]
    assert found(moderator, q="rigel") == []


def test_an_article_is_found_by_its_address_or_by_words_of_its_headline(app: Flask):
    one = make_article(app, headline="The old bridge is closed")
    make_article(app, headline="The old bridge falls", published_at=utcnow() + timedelta(hours=1))  # The news to come.
    named = [*(f"The harbour, part {number}" for number in range(6)), "A quay", "The quay"]
    others = [make_article(app, headline=headline) for headline in named]
    comment = make_comment(app, one, status="pending")
    moderator = on_duty(app)
    assert found(moderator, article=one.slug) == found(moderator, article="bridge OLD") == [comment.id]
    page = read(moderator, f"{DESK}?article=old+bridge")
    assert page.form("#filter-form")[1]["article"] == one.slug  # So the address is one to keep.
    assert page.texts(".queue-head__total") == ["1 comment fits the filter"]
    page = read(moderator, f"{DESK}?article=harbour&q=reader")
    assert page.status == 422 and "More than 5 headlines have these words" in page.one("#article-fault").text
    offered = page.all("ul.queue-filter__articles a")
    assert [link.text for link in offered] == [f"The harbour, part {number}" for number in range(5, 0, -1)]
    assert page.form("#filter-form")[1]["article"] == "harbour"
    chosen = read(moderator, offered[0].attributes["href"])
    assert chosen.status == 200
    assert chosen.form("#filter-form")[1] | {"article": others[5].slug, "q": "reader"} == chosen.form("#filter-form")[1]
    assert "2 headlines have these words" in read(moderator, f"{DESK}?article=quay").one("#article-fault").text
    for nothing in ("-harbour", "harbour bridge", '"', "x" * 3000, "%", "' OR 1"):
        page = read(moderator, f"{DESK}?article={quote(nothing)}")
        assert page.status == 422 and "There is no article" in page.one("#article-fault").text


def test_comments_follow_their_article_into_another_section(app: Flask):
    article = make_article(app, section="City")
    make_article(app, section="World")
    comment = make_comment(app, article, status="pending")
    with app.app_context():
        world = db.session.scalar(select(Section.id).where(Section.slug == "world"))
        db.session.get_one(Article, article.id).section_id = world
        db.session.commit()
    moderator = on_duty(app)
    assert found(moderator, section="city") == []
    assert found(moderator, section="world") == [comment.id]
    make_article(app, slug=article.slug, section="City")
    assert found(moderator, section="city") == [comment.id]


@pytest.mark.parametrize("status", ["pending", "spam"])
def test_pages_of_a_filter_follow_one_another_however_many_fit(
    app: Flask, monkeypatch: pytest.MonkeyPatch, status: str
):
    article, now = make_article(app), utcnow().replace(microsecond=0)
    fill_queue(app, 60)
    with app.app_context():
        rows = [
            _comment(article, number, now - timedelta(seconds=number // 3)) | {"status": CommentStatus(status)}
            for number in range(2 * PAGE_SIZE + 3)
        ]
        db.session.execute(insert(Comment), rows)
        db.session.commit()
        stored = db.session.scalars(select(Comment.id).where(Comment.article_id == article.id))
        made = sorted(stored, key=lambda one: (db.session.get_one(Comment, one).created_at, one))
    wanted = made if status == "pending" else made[::-1]
    moderator = on_duty(app)
    assert found(moderator, status=status, article=article.slug) == wanted
    # As if a thousand were few, and three thousand too.
    monkeypatch.setattr(narrowing, "MOST_COUNTED", 10)
    monkeypatch.setattr(narrowing, "STRIDES", (5, 20))
    url, seen = f"{DESK}?status={status}&article={article.slug}", list[int]()
    while url:
        page = read(moderator, url)
        seen += ids(page)
        url = next((link.attributes["href"] for link in page.all("a.pager__link--forward")), "")
    assert seen == wanted
