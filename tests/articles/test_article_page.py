"""The article's page: what it shows, and that nothing hostile gets out of its place."""

from datetime import timedelta

import pytest
from markupsafe import Markup

from davidson.clock import utcnow
from tests.bulk import fill_comments
from tests.factories import make_article, make_comment
from tests.pages import read

HOSTILE = 'A & "B" </script><script>alert(1)</script>'
LONG = "Parliament " + "y" * 118 + " reconvenes"


def test_a_headline_of_140_characters_is_shown_whole(app, client):
    assert len(LONG) == 140
    article = make_article(app, headline=LONG, slug="long")
    for path in ("/", "/sections/world", article.url):
        assert LONG in read(client, path).one("main").text
    page = read(client, article.url)
    assert page.one("h1").text == LONG
    assert page.one("title").text.startswith(LONG)


def test_a_hostile_headline_is_text_wherever_it_stands(app, client):
    """On its page, in meta elements, cards and rails, in a READ ALSO, on a receipt, in the form given back, gone."""
    article = make_article(app, headline=HOSTILE, standfirst=HOSTILE, slug="hostile")
    other = make_article(app, source="> **READ ALSO:** [x](/articles/hostile)")
    make_comment(app, article)
    page = read(client, article.url)
    returned = page.submit("#comment-form", name=HOSTILE, body="")
    receipt = page.submit("#comment-form", name=HOSTILE, body=HOSTILE).follow()
    for shown in (page, read(client, other.url), read(client, "/"), returned, receipt):
        assert HOSTILE in [element.text for element in shown.tree]
        assert all({"src", "type"} & script.attributes.keys() for script in shown.all("script"))
        assert "<script>alert" not in shown.html
    assert page.one("meta[property=og:title]").attributes["content"] == HOSTILE
    assert page.one("meta[name=description]").attributes["content"] == HOSTILE
    assert read(client, other.url).one("aside.read-also").attributes["aria-label"] == f"Read also: {HOSTILE}"


def test_curly_quotes_and_no_break_spaces_arrive_byte_for_byte(app, client):
    text = "“Nous\u00a0sommes\u202f?”, a\u2009dit l’homme\u00a0– ‘oui’…\u00a0Fin."
    article = make_article(app, headline=text, standfirst=text, source=f"{text}\n", slug="quotes")
    page = read(client, article.url)
    assert page.one("h1").raw_text() == text
    assert page.one("p.story__standfirst").raw_text() == text
    assert page.one("div.prose p").raw_text() == text
    assert Markup.escape(text) in page.html


def test_the_address_of_an_article_may_be_in_any_script(app, client):
    article = make_article(app, slug="μετά-το-τέλος-北京", headline="Μετά το τέλος")
    comment = make_comment(app, article, name="Ada")
    page = read(client, "/articles/μετά-το-τέλος-北京")
    assert page.one("h1").text == "Μετά το τέλος"
    action, _ = page.form("#comment-form")
    assert action.isascii()
    assert page.submit("#comment-form", name="Bo", body="Ευχαριστώ.").status == 303
    reply = page.one("a.comment__reply").attributes["href"]
    assert f"?reply={comment.id}" in reply and reply.isascii()
    assert read(client, reply).form("#comment-form")[1]["parent"] == str(comment.id)


def test_an_article_in_a_language_from_right_to_left_is_set_so(app, client):
    page = read(client, make_article(app, lang="ar", slug="rtl").url)
    assert (page.one("html").attributes["lang"], page.one("html").attributes["dir"]) == ("ar", "rtl")
    page = read(client, make_article(app, lang="pt-BR", slug="ltr").url)
    assert (page.one("html").attributes["lang"], page.one("html").attributes["dir"]) == ("pt-BR", "ltr")


def test_more_from_the_section_leaves_the_article_itself_out(app, client):
    article = make_article(app, slug="one", headline="This one")
    others = [make_article(app, headline=f"Other {number}").slug for number in range(6)]
    make_article(app, headline="Elsewhere", section="Arts")
    make_article(app, headline="Not yet", published_at=utcnow() + timedelta(days=1))
    shown = [link.attributes["href"] for link in read(client, article.url).one("section.more").all("h3 a")]
    assert shown == [f"/articles/{slug}" for slug in reversed(others)][:4]
    # Nor is an article named twice that the text leads to.
    leading = f"> **READ ALSO:** [One](/articles/{others[5]}) [Two](/articles/{others[3]}) [No](/articles/none)"
    make_article(app, slug="one", source=leading, published_at=utcnow() - timedelta(days=1))
    shown = [link.attributes["href"] for link in read(client, article.url).one("section.more").all("h3 a")]
    assert shown == [f"/articles/{others[number]}" for number in (4, 2, 1, 0)]


def test_an_article_alone_in_its_section_or_without_one_shows_no_more(app, client):
    alone = make_article(app, section="Alone")
    without = make_article(app, section="")
    assert [read(client, each.url).all("section.more") for each in (alone, without)] == [[], []]


def test_comments_are_paged_and_a_page_beyond_is_404(app, client):
    article = make_article(app)
    ids = fill_comments(app, article, 120)
    numbers = [50, 50, 20]
    shown: list[str] = []
    for number, expected in enumerate(numbers, start=1):
        page = read(client, f"{article.url}?page={number}")
        comments = page.all("article.comment")
        assert len(comments) == expected
        shown += [comment.attributes["id"] for comment in comments]
        assert page.one("h2#comments-heading").text == "120 comments"
    assert shown == [f"comment-{number}" for number in ids]
    assert client.get(f"{article.url}?page=4").status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "2", "x", "", "1.0", "01", "+1", " 1", "٢", "9" * 30, "1e0"])
def test_a_page_of_comments_that_there_is_not_is_404(app, client, number):
    article = make_article(app)
    assert client.get(article.url, query_string={"page": number}).status_code == 404


def test_an_article_without_comments_has_one_page(app, client):
    article = make_article(app)
    assert client.get(f"{article.url}?page=1").status_code == 200


def test_the_pages_of_comments_lead_to_each_other(app, client):
    article = make_article(app)
    fill_comments(app, article, 101)
    first = read(client, article.url)
    assert [link.attributes["href"] for link in first.all("a[rel=next]")] == [f"{article.url}?page=2#comments"]
    assert first.all("a[rel=prev]") == []
    middle = read(client, f"{article.url}?page=2")
    assert middle.one("a[rel=prev]").attributes["href"] == f"{article.url}#comments"
    assert middle.one("a[rel=next]").attributes["href"] == f"{article.url}?page=3#comments"
    assert read(client, f"{article.url}?page=3").all("a[rel=next]") == []


@pytest.mark.parametrize("reply", ["0", "-1", "x", "", "01", "9" * 30, "999999", "٣"])
def test_a_reply_to_nothing_is_404(app, client, reply):
    article = make_article(app)
    assert client.get(article.url, query_string={"reply": reply}).status_code == 404


def test_an_unknown_article_is_404(client):
    for slug in ("none", "NONE", "..", "%2e%2e", "a%2Fb", "x" * 3000):
        assert client.get(f"/articles/{slug}").status_code == 404, slug


def test_a_nul_in_an_address_is_refused(client):
    for place in ("articles", "sections", "tags", "authors"):
        assert client.get(f"/{place}/a%00b").status_code in (400, 404)
