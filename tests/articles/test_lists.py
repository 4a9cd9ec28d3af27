"""Section, tag and author pages: paged by key, nothing twice and nothing missing, and only cursors of ours."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from markupsafe import Markup

from davidson.articles.lists import PAGE_SIZE
from davidson.articles.models import Section
from davidson.clock import utcnow
from davidson.database import db
from tests.bulk import fill_articles, fill_comments
from tests.counting import queries_of
from tests.factories import make_article
from tests.pages import Page, read

LISTS = ("/sections/world", "/tags/filler", "/authors/ann-author")


def headlines(page: Page) -> list[str]:
    return page.texts("h2.card__headline")


def pages_from(client: FlaskClient, url: str | None) -> Iterator[Page]:
    """The list's pages, from link to link."""
    while url:
        page = read(client, url)
        yield page
        url = next((link.attributes["href"] for link in page.all("a[rel=next]")), None)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_shows_the_newest_first(app, client, path):
    now = utcnow()
    slugs = fill_articles(app, [now - timedelta(hours=hours) for hours in (3, 1, 2)])
    shown = headlines(read(client, path))
    assert shown == [f"Headline of {slugs[n]}" for n in (1, 2, 0)]


@pytest.mark.parametrize("path", LISTS)
def test_what_describes_a_list_to_search_engines_is_not_read_to_readers(app, client, path):
    fill_articles(app, [utcnow() - timedelta(hours=1)])
    page = read(client, path)
    assert page.one("meta[name=description]").attributes["content"]
    assert page.all(".list-head__text") == []


def test_what_a_section_says_of_itself_is_read_to_both(app, client):
    fill_articles(app, [utcnow() - timedelta(hours=1)])
    with app.app_context():
        db.session.scalars(db.select(Section).where(Section.slug == "world")).one().description = "What is far & near."
        db.session.commit()
    page = read(client, "/sections/world")
    assert page.texts(".list-head__text") == ["What is far & near."]
    assert page.one("meta[name=description]").attributes["content"] == "What is far & near."


@pytest.mark.parametrize("path", LISTS)
def test_no_article_is_twice_or_missing_though_many_share_one_moment(app, client, path):
    moment = utcnow().replace(microsecond=123456) - timedelta(hours=1)
    moments = [moment] * 30 + [moment - timedelta(microseconds=1)] * 7 + [moment - timedelta(days=1)] * 8
    slugs = fill_articles(app, moments)
    pages = list(pages_from(client, path))
    assert [len(headlines(page)) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 5]
    shown = [headline for page in pages for headline in headlines(page)]
    assert len(shown) == len(set(shown))
    assert set(shown) == {f"Headline of {slug}" for slug in slugs}


def test_a_list_of_exactly_one_page_has_no_older_one(app, client):
    fill_articles(app, [utcnow() - timedelta(hours=1)] * PAGE_SIZE)
    assert [len(headlines(page)) for page in pages_from(client, "/sections/world")] == [PAGE_SIZE]


def test_what_is_published_meanwhile_moves_nothing_between_pages(app, client):
    fill_articles(app, [utcnow() - timedelta(hours=hours) for hours in range(1, 31)])
    first = read(client, "/sections/world")
    fill_articles(app, [utcnow()] * 3, prefix="fresh")
    second = read(client, first.one("a[rel=next]").attributes["href"])
    assert len(set(headlines(first)) | set(headlines(second))) == 30
    assert second.one("a[rel=prev]").attributes["href"] == "/sections/world"


def test_articles_from_before_1970_are_paged_too(app, client):
    moon_landing = datetime(1969, 7, 20, 20, 17, tzinfo=UTC)
    fill_articles(app, [moon_landing - timedelta(days=days) for days in range(25)])
    assert [len(headlines(page)) for page in pages_from(client, "/sections/world")] == [PAGE_SIZE, 5]


def tampered_cursors(cursor: str) -> list[str]:
    packed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    micros, _, number = packed.partition(".")

    def encode(text: str) -> str:
        return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()

    return [
        "",
        "x",
        "1",
        "..",
        "é",
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
        cursor + "=",
        cursor + "==",
        cursor + "\n",
        " " + cursor,
        cursor[:4] + "\n" + cursor[4:],
        cursor.swapcase(),
        encode(packed + " "),
        encode("+" + packed),
        encode("0" + packed),
        encode(f"{micros}.0{number}"),
        encode(f"{micros}.-{number}"),
        encode(f"{micros}."),
        encode(f".{number}"),
        encode(f"-0.{number}"),
        encode(f"--1.{number}"),
        encode(f"{micros}.{number}.1"),
        encode(f"{micros}.{2**63}"),
        encode(f"{10**18}.{number}"),
        encode(f"-{10**18}.{number}"),
        encode(f"{'9' * 6000}.{number}"),
        encode(f"1e9.{number}"),
        encode(f"{micros}.٣"),
    ]


def test_a_cursor_that_is_none_of_ours_is_404(app, client):
    fill_articles(app, [utcnow() - timedelta(hours=hours) for hours in range(1, 31)])
    link = read(client, "/sections/world").one("a[rel=next]").attributes["href"]
    cursor = link.partition("?before=")[2]
    for path in LISTS:
        assert client.get(path, query_string={"before": cursor}).status_code == 200
        for other in tampered_cursors(cursor):
            assert client.get(path, query_string={"before": other}).status_code == 404, other


def test_a_cursor_beyond_the_oldest_article_lists_nothing(app, client):
    fill_articles(app, [utcnow() - timedelta(hours=1)])
    cursor = urlsafe_b64encode(b"1000.1").rstrip(b"=").decode()
    assert headlines(read(client, f"/sections/world?before={cursor}")) == []
    assert client.get(f"/tags/filler?before={cursor}").status_code == 404


@pytest.mark.parametrize("path", ["/sections/none", "/tags/none", "/authors/none", "/sections/", "/tags/World"])
def test_a_list_that_there_is_not_is_404(app, client, path):
    make_article(app, tags=("World",))
    assert client.get(path).status_code == 404


def test_names_of_any_script_have_their_pages(app, client):
    make_article(
        app, headline="مدينة", slug="مدينة", section="العالم", tags=("北京", "Ελλάδα"), authors=("Анна Иванова",)
    )
    for name, path in (
        ("العالم", "/sections/%D8%A7%D9%84%D8%B9%D8%A7%D9%84%D9%85"),
        ("北京", "/tags/北京"),
        ("Ελλάδα", "/tags/ελλάδα"),
        ("Анна Иванова", "/authors/анна-иванова"),
    ):
        page = read(client, path)
        assert page.one("h1").text == name
        assert page.one("h2.card__headline a").attributes["href"] == "/articles/%D9%85%D8%AF%D9%8A%D9%86%D8%A9"
    article = read(client, "/articles/مدينة")
    links = {link.attributes["href"] for link in article.all("a")}
    assert {"/tags/%E5%8C%97%E4%BA%AC", "/tags/%CE%B5%CE%BB%CE%BB%CE%AC%CE%B4%CE%B1"} <= links
    assert all(client.get(link).status_code == 200 for link in links if link.startswith("/"))


def test_an_older_page_of_a_list_with_a_foreign_name_is_found_through_its_link(app, client):
    now = utcnow() - timedelta(hours=1)
    for number in range(PAGE_SIZE + 1):
        make_article(app, tags=("北京",), published_at=now - timedelta(minutes=number))
    assert [len(headlines(page)) for page in pages_from(client, "/tags/北京")] == [PAGE_SIZE, 1]


def test_the_number_of_queries_does_not_grow_with_articles_and_comments(make_app):
    """With 24 articles, then with 324; with a comment, then with 171; nor from one page of them to the next."""
    app = make_app(page_memory=0)  # Each page is made anew.
    client = app.test_client()
    now = utcnow()
    article = make_article(app, slug="the-one", section="World", tags=("Filler",), authors=("Ann Author", "Bo Baker"))
    fill_articles(app, [now - timedelta(hours=hours) for hours in range(2, 25)])
    fill_comments(app, article, 1)
    older = [read(client, path).one("a[rel=next]").attributes["href"] for path in LISTS]
    paths = ("/", *LISTS, *older, article.url, f"{article.url}?page=1")

    def costs(*paths: str) -> dict[str, int]:
        counts = {}
        for path in paths:
            with queries_of(app) as statements:
                assert client.get(path).status_code == 200
            counts[path] = len(statements)
        return counts

    few = costs(*paths)
    fill_articles(app, [now - timedelta(minutes=minutes) for minutes in range(300)], prefix="more")
    fill_comments(app, article, 170)
    assert costs(*paths) == few
    assert [few[path] for path in LISTS] == [few[path] for path in older]
    assert set(costs(*(f"{article.url}?page={page}" for page in (2, 3, 4))).values()) == {few[article.url]}
    assert max(few.values()) <= 8, few  # The article: among them whether spam comes in a wave.


def test_a_hostile_name_is_text_in_every_list(app, client):
    name = 'A & "B" </script><script>alert(1)</script>'
    make_article(app, section=name, tags=(name,), authors=(name,), headline=name, standfirst=name, slug="hostile")
    for path in ("/", "/sections/a-b-script-script-alert-1-script", "/tags/a-b-script-script-alert-1-script"):
        page = read(client, path)
        assert name in page.texts("h2.card__headline") + page.texts("a.rail__headline")
        assert all({"src", "type"} & script.attributes.keys() for script in page.all("script"))
        assert Markup.escape(name) in page.html
