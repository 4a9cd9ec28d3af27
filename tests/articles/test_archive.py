"""The archive: a page a day in the site's zone, the days of a month, and the months of all years."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask.testing import FlaskClient

from davidson.articles.lists import PAGE_SIZE
from davidson.articles.publishing import article_to_change, retract
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.database import db
from tests.bulk import fill_articles
from tests.counting import queries_of
from tests.factories import make_article
from tests.pages import Page, read

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TODAY = "/archive/2026-11-26"
# No days and no months, or written otherwise than in their addresses; "२" is a digit too.
RUBBISH = (
    *("2026-11-31", "2026-02-29", "2026-13-01", "2026-00-10", "0000-01-01", "9999-12-31", "2026-11-27"),
    *("2026-1-1", "20261126", "2026-11-2 ", "२०२६-११-२६", "yesterday-", "2026-W48-4", "2026-11-26x", "2026-11-26/"),
    *("2026-13", "2026-00", "2026-12", "9999-12", "0000-01", "26-11-1", "2026"),
)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def headlines(page: Page) -> list[str]:
    return page.texts("h2.card__headline")


def day_links(page: Page) -> list[str]:
    """Where the links to the day before and after lead, as they stand."""
    (nav,) = [nav for nav in page.all("nav.pager") if "before and after" in nav.attributes["aria-label"]] or [None]
    return [link.attributes["href"] for link in nav.all("a")] if nav else []


def calendar(page: Page) -> dict[str, str]:
    """The days that a month's calendar leads to, by their numbers."""
    return {link.text.split()[0]: link.attributes["href"] for link in page.all("table.calendar a")}


def test_a_day_has_a_page_that_leads_to_the_days_with_articles_around_it(app, client):
    for slug, moment in (
        ("old", datetime(2024, 2, 29, 8, tzinfo=UTC)),
        ("first", datetime(2026, 11, 20, 0, 0, tzinfo=UTC)),
        ("last", datetime(2026, 11, 20, 23, 59, 59, 999999, tzinfo=UTC)),
        ("fresh", datetime(2026, 11, 26, 9, 30, tzinfo=UTC)),
        ("due", datetime(2026, 11, 27, 9, tzinfo=UTC)),
    ):
        make_article(app, slug=slug, headline=f"The {slug} one", published_at=moment)
    make_article(app, headline="A draft", published=False, published_at=None)
    page = read(client, "/archive/2026-11-20")
    assert page.one("h1").text == "Friday 20 November 2026"
    assert headlines(page) == ["The last one", "The first one"]
    assert page.texts("time.river__time") == ["23:59", "00:00"]
    assert day_links(page) == ["/archive/2024-02-29", TODAY]
    assert day_links(read(client, TODAY)) == ["/archive/2026-11-20"]
    assert day_links(read(client, "/archive/2024-02-29")) == ["/archive/2026-11-20"]
    missing = ("2026-11-19", "2026-11-21", "2026-11-27", "2026-11-28")
    assert {client.get(f"/archive/{day}").status_code for day in missing} == {404}
    month = read(client, page.one("header.list-head .kicker a").attributes["href"])
    assert month.one("h1").text == "November 2026"
    assert calendar(month) == {"20": "/archive/2026-11-20", "26": TODAY}
    assert day_links(month) == ["/archive/2024-02"]
    assert day_links(read(client, "/archive/2024-02")) == ["/archive/2026-11"]
    assert client.get("/archive/2025-01").status_code == 404
    index = read(client, month.one("header.list-head .kicker a").attributes["href"])
    assert index.texts("h2.year__number") == ["2026", "2024"]
    assert [link.attributes["href"] for link in index.all("ul.year__months a")] == [
        "/archive/2026-11",
        "/archive/2024-02",
    ]


def test_an_empty_paper_has_an_archive_and_every_page_leads_there(client):
    page = read(client, read(client, "/").one("footer a[href=/archive]").attributes["href"])
    assert page.status == 200
    assert page.texts("section.year") == []
    assert "Nothing is published here yet" in page.html


def test_what_is_no_day_is_404(app, client, make_app):
    make_article(app, published_at=datetime(1, 1, 2, tzinfo=UTC))
    assert client.get("/archive/0001-01-02").status_code == 200
    for text in RUBBISH:
        assert client.get(f"/archive/{text}").status_code == 404, text
    east = make_app(time_zone=ZoneInfo("Asia/Tokyo")).test_client()
    assert east.get("/archive/0001-01-01").status_code == 404, "it began before the first year in UTC"


@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Kolkata", "America/St_Johns"])
def test_days_are_those_of_the_sites_zone_whatever_its_clocks_do(make_app, zone):
    app = make_app(time_zone=ZoneInfo(zone))
    client = app.test_client()
    for day in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1), date(2026, 3, 8)):
        begin, end = (datetime.combine(day + timedelta(days=n), time(), ZoneInfo(zone)).astimezone(UTC) for n in (0, 1))
        moments = {"before": begin - timedelta(seconds=1), "begin": begin, "end": end - timedelta(seconds=1)}
        for name, moment in moments.items():
            make_article(app, headline=f"{name} {day}", published_at=moment)
        assert headlines(read(client, f"/archive/{day}")) == [f"end {day}", f"begin {day}"]
        assert str(day.day) in calendar(read(client, f"/archive/{day.isoformat()[:7]}"))


def test_a_long_day_is_paged_by_key_and_nothing_is_twice_or_missing(app, client):
    moment = NOW - timedelta(hours=3)
    slugs = fill_articles(app, [moment] * 30 + [moment - timedelta(minutes=1)] * 12)
    fill_articles(app, [moment - timedelta(days=1)] * 3, prefix="day-before")
    fill_articles(app, [moment - timedelta(days=3)] * 3, prefix="earlier")
    pages: list[Page] = [read(client, TODAY)]
    while older := [link for link in pages[-1].all("a[rel=next]") if "?before=" in link.attributes["href"]]:
        pages.append(read(client, older[0].attributes["href"]))
    assert [len(headlines(page)) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 2]
    shown = [headline for page in pages for headline in headlines(page)]
    assert sorted(shown) == sorted(f"Headline of {slug}" for slug in slugs)
    assert [day_links(page) for page in pages] == [["/archive/2026-11-25"]] * 3
    cursor = older_cursor(pages[0])
    assert len(headlines(read(client, f"/archive/2026-11-25?before={cursor}"))) == 3
    assert client.get(f"{TODAY}?before={older_cursor(read(client, '/sections/world'))}x").status_code == 404
    early = older_cursor(pages[1])
    assert client.get(f"/archive/2026-11-27?before={early}").status_code == 404


def older_cursor(page: Page) -> str:
    (link,) = [link for link in page.all("a[rel=next]") if "?before=" in link.attributes["href"]]
    return link.attributes["href"].partition("?before=")[2]


def test_a_scheduled_article_joins_the_archive_at_its_second(app, client, clock):
    make_article(app, headline="There already", published_at=NOW - timedelta(days=60))
    moment = datetime(2026, 12, 1, 6, tzinfo=UTC)
    make_article(app, slug="due", headline="Embargoed", published_at=moment)
    kept = ("/archive", "/archive/2026-09-27", "/archive/2026-09")

    def told() -> list[bool]:
        pages = [read(client, path) for path in kept]
        return ["2026-12" in page.html.partition("<main")[2] for page in pages]

    for before in (timedelta(days=5), timedelta(hours=7), timedelta(microseconds=1)):
        clock.move_to(moment - before)
        assert told() == [False] * 3
        assert client.get("/archive/2026-12-01").status_code == 404
        assert client.get("/archive/2026-12").status_code == 404
    clock.move_to(moment)
    assert told() == [True] * 3
    assert headlines(read(client, "/archive/2026-12-01")) == ["Embargoed"]
    assert calendar(read(client, "/archive/2026-12")) == {"1": "/archive/2026-12-01"}


def test_what_is_taken_back_leaves_the_archive_at_once(app, client):
    make_article(app, headline="Stays", published_at=NOW - timedelta(days=40))
    made = make_article(app, slug="wrong", headline="Was wrong", published_at=NOW - timedelta(days=1))
    paths = ("/archive", "/archive/2026-10-17", "/archive/2026-10")
    assert all("2026-11" in read(client, path).html.partition("<main")[2] for path in paths)
    assert headlines(read(client, "/archive/2026-11-25")) == ["Was wrong"]
    with app.app_context():
        article = article_to_change(made.slug)
        assert article is not None
        retract(article, reason="It was not true.", actor=SHELL, now=utcnow())
        db.session.commit()
    assert client.get("/archive/2026-11-25").status_code == 404
    assert client.get("/archive/2026-11").status_code == 404
    assert not any("2026-11" in read(client, path).html.partition("<main")[2] for path in paths)


def test_centuries_without_news_are_leapt_over(app, client):
    years = (1605, 1702, 1848, 1969, 1970, 2026)
    for year in years:
        make_article(app, published_at=datetime(year, 5, 4, tzinfo=UTC))
    assert read(client, "/archive").texts("h2.year__number") == [str(year) for year in reversed(years)]


def test_no_page_of_the_archive_asks_more_where_there_is_more(make_app):
    app = make_app(page_memory=0)  # Each page is made anew.
    client: FlaskClient = app.test_client()
    fill_articles(app, [NOW - timedelta(days=day, hours=1) for day in range(40) for _ in range(25)])
    older = f"{TODAY}?before={older_cursor(read(client, TODAY))}"
    paths = (TODAY, older, "/archive/2026-11", "/archive/2026-10-20", "/archive")

    def costs() -> list[int]:
        counts = []
        for path in paths:
            with queries_of(app) as statements:
                assert client.get(path).status_code == 200
            counts.append(len(statements))
        return counts

    few = costs()
    fill_articles(app, [NOW - timedelta(days=2 * day, hours=2) for day in range(1000)], prefix="more")
    assert costs() == few
    assert max(few) <= 8, few
