"""The homepage, and what all public pages share: the same bytes for everyone, validated by an ETag."""

from datetime import timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from PIL import Image

from davidson.articles.manuscript import ManuscriptPicture
from davidson.clock import utcnow
from tests.factories import make_article, make_comment
from tests.pages import read


@pytest.fixture
def picture() -> ManuscriptPicture:
    out = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG")
    return ManuscriptPicture(out.getvalue(), alt="A quay", credit="Anna Berg")


def headlines(page, selector: str) -> list[str]:
    return [heading.text for place in page.all(selector) for heading in place if heading.tag in ("h2", "h3")]


def test_an_empty_site_says_so(client):
    page = read(client, "/")
    assert page.status == 200
    assert page.one("h2.empty__title").text == "Nothing is published yet"
    assert page.all("article.card") + page.all("aside.rail") + page.all("nav.masthead__line") == []


def test_one_article_is_the_lead(app, client):
    article = make_article(app, headline="The only one", standfirst="All there is.")
    page = read(client, "/")
    assert headlines(page, "div.front__lead") == ["The only one"]
    assert page.one("div.front__lead p.card__standfirst").text == "All there is."
    assert page.all("div.front__seconds") + page.all("section.column") == []
    assert page.all("aside.rail") == []
    assert page.one("div.front__lead h2 a").attributes["href"] == article.url


def test_lead_seconds_sections_and_rails_are_filled_by_recency(app, client, picture):
    now = utcnow()
    for number in range(27):
        fields = {"section": "Arts" if number % 2 else "World", "picture": picture if number == 1 else None}
        made = make_article(app, headline=f"No. {number}", published_at=now - timedelta(hours=number + 1), **fields)
        for _ in range({4: 6, 17: 4, 20: 5}.get(number, 0)):
            make_comment(app, made)
    make_article(app, headline="Tomorrow’s", published_at=now + timedelta(hours=1))
    make_article(app, headline="A draft", published=False)
    page = read(client, "/")
    assert headlines(page, "div.front__lead") == ["No. 1"]
    assert page.one("div.front__lead img").attributes["alt"] == "A quay"
    assert headlines(page, "div.front__seconds") == ["No. 0", "No. 2"]
    columns = {column.one("h2").text: headlines(column, "div.column__cards") for column in page.all("section.column")}
    assert columns == {
        "World": ["No. 10", "No. 12", "No. 14", "No. 16"],
        "Arts": ["No. 11", "No. 13", "No. 15", "No. 19"],
    }
    rails = {rail.one("h2").text: rail.texts("a.rail__headline") for rail in page.all("aside.rail")}
    assert rails["Latest"] == [f"No. {number}" for number in (3, 5, 6, 7, 8, 9)]
    assert rails["Most discussed"] == ["No. 4", "No. 20", "No. 17"]
    assert page.texts("span.rail__fact") == ["6 comments", "5 comments", "4 comments"]
    links = [link.attributes for link in page.all("main a") if "/articles/" in link.attributes["href"]]
    linked = [link["href"] for link in links if "tabindex" not in link]
    assert len(linked) == len(set(linked)) == 20
    (picture,) = [link["href"] for link in links if "tabindex" in link]  # By keyboard the headline alone leads there.
    assert picture == page.one("div.front__lead h2 a").attributes["href"]
    assert "Tomorrow’s" not in page.html and "A draft" not in page.html


def test_the_latest_show_their_hour_in_the_sites_own_zone(make_app):
    app = make_app(time_zone=ZoneInfo("Asia/Tokyo"))
    with time_machine.travel("2026-11-24T08:00:00+09:00", tick=False):  # The 23rd, 23:00, in UTC.
        # Three stand above; a third of the other six is in the rail.
        for hours in (0, 0, 0, 2, 9, 10, 10, 10, 10):
            make_article(app, published_at=utcnow() - timedelta(hours=hours))
        page = read(app.test_client(), "/")
    assert page.texts("time.rail__fact") == ["06:00", "23 November 2026"]
    assert page.one("p.masthead__date").text == "Tuesday 24 November 2026"


@pytest.fixture
def paths(app) -> list[str]:
    """A page of each public kind."""
    article = make_article(app, tags=("Tag",), authors=("Ann Author",))
    make_comment(app, article)
    return ["/", article.url, f"{article.url}?page=1", "/sections/world", "/tags/tag", "/authors/ann-author"]


def test_every_public_page_is_the_same_bytes_for_everyone(make_app, app, client, paths):
    others = [
        {},
        {"User-Agent": "Mozilla/5.0", "Accept-Language": "de", "Accept-Encoding": "identity"},
        {"Cookie": "davidson_staff=forged; davidson_author=forged.forged; session=x"},
        {"Referer": "https://elsewhere.example/", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example"},
        {"Authorization": "Basic eDp5", "X-Requested-With": "XMLHttpRequest", "Accept": "application/json"},
    ]
    twin = make_app()
    for path in paths:
        answers = [client.get(path, headers=headers) for headers in others] + [twin.test_client().get(path)]
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.get_data() for answer in answers}) == 1, path
        assert len({answer.headers["ETag"] for answer in answers}) == 1
        for answer in answers:
            assert "Set-Cookie" not in answer.headers and answer.headers["Vary"] == "Accept-Encoding"
            assert answer.headers["Cache-Control"] == "public, no-cache"


def test_every_public_page_has_a_strong_etag_a_304_and_a_head(client, paths):
    for path in paths:
        page = client.get(path)
        etag = page.headers["ETag"]
        assert etag.startswith('"')
        for condition in (etag, f'"other", {etag}', f"W/{etag}", "*"):
            same = client.get(path, headers={"If-None-Match": condition})
            assert (same.status_code, same.get_data(), same.headers["ETag"]) == (304, b"", etag), condition
            assert same.headers["Cache-Control"] == "public, no-cache"
        assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
        head = client.head(path)
        assert (head.status_code, head.get_data(), head.headers["ETag"]) == (200, b"", etag)
        assert head.headers["Content-Length"] == str(len(page.get_data()))
        assert client.head(path, headers={"If-None-Match": etag}).status_code == 304


def test_a_hostile_site_name_is_text(make_app):
    app = make_app(site_name='The "A & B" </title><script>alert(1)</script>')
    article = make_article(app)
    for path in ("/", article.url, "/none"):
        page = read(app.test_client(), path)
        assert "<script>alert" not in page.html
        assert page.one("a.masthead__name").text == 'The "A & B" </title><script>alert(1)</script>'
