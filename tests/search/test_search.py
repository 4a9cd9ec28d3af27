"""What readers find, in which order and how it looks; from outside, on both stores."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from flask.testing import FlaskClient
from sqlalchemy import select, text

from davidson.articles.models import Author
from davidson.articles.publishing import article_to_change, retract
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.database import db
from davidson.search.articles import PAGE_SIZE
from tests.factories import make_article
from tests.pages import Page, read

NINE = "\n\n".join([f"Paragraph number {number} of a long text." for number in range(8)])


def search(client: FlaskClient, typed: str, **more: str) -> Page:
    return read(client, f"/search?{urlencode({'q': typed, **more})}")


def headlines(page: Page) -> list[str]:
    return page.texts("h2.card__headline")


def found(client: FlaskClient, typed: str, **more: str) -> list[str]:
    return headlines(search(client, typed, **more))


def pages_from(client: FlaskClient, page: Page) -> Iterator[Page]:
    """The page and those after it, from link to link."""
    while True:
        yield page
        following = page.all("a[rel=next]")
        if not following:
            return
        page = read(client, following[0].attributes["href"])


def ago(**span: int) -> datetime:
    return utcnow() - timedelta(**span)


def test_words_are_found_wherever_they_stand_and_headlines_count_most(app, client):
    make_article(app, headline="Old pelican news", published_at=ago(days=900))
    make_article(app, headline="Pelican returns", published_at=ago(days=9))
    make_article(app, headline="Birds", standfirst="A pelican and others.", published_at=ago(days=5))
    make_article(app, headline="Harbour", source=f"{NINE}\n\nA *peli*can sat there.", published_at=ago(days=3))
    make_article(app, headline="Nothing of it", published_at=ago(days=1))
    page = search(client, "PELICAN")
    assert headlines(page) == ["Pelican returns", "Old pelican news", "Birds", "Harbour"]
    assert page.one(".found__number").text == "4 articles"
    assert page.texts("mark") == ["Pelican", "pelican", "pelican", "pelican"]
    assert "A pelican sat there." in page.texts(".card__standfirst")[-1]
    assert found(client, "pelican", order="newest") == ["Harbour", "Birds", "Pelican returns", "Old pelican news"]
    assert page.texts(".found__orders a[aria-current=true]") == ["Best match"]


def test_accents_phrases_and_exclusions(app, client):
    make_article(app, headline="Café crème", source="The mayor of the old town resigns.")
    make_article(app, headline="Town hall", source="The old mayor stays in town.")
    for typed, wanted in (
        ("cafe CREME", ["Café crème"]),
        ("mayor -resigns", ["Town hall"]),
        ('"old town"', ["Café crème"]),
        ("“old mayor”", ["Town hall"]),
        ('mayor -"old mayor"', ["Café crème"]),
        ("town -mayor", []),  # Though it is missing from the headline.
        ("-cafe", ["Town hall"]),
        ('"crème the mayor"', []),  # No phrase reaches from one part into the next.
        ("section1", []),
        ("inthepaper", []),
        ("old AND town OR nothing", []),
    ):
        assert found(client, typed) == wanted, typed


def test_scripts_of_every_kind_are_found(app, client):
    make_article(app, headline="東京都知事が辞任", source="東京の天気は晴れです。", lang="ja")
    make_article(app, headline="العمدة يستقيل", source="استقال عمدة المدينة.", lang="ar")
    make_article(app, headline="Мэр уходит", source="Ёж ушёл.", lang="ru")
    make_article(app, headline="서울에서", source="시장이 사임했다.", lang="ko")
    for typed, wanted in (
        ("知事", "東京都知事が辞任"),
        ("天気", "東京都知事が辞任"),
        ("المدينة", "العمدة يستقيل"),
        ("ЁЖ", "Мэр уходит"),
        ("서울", "서울에서"),
    ):
        assert found(client, typed) == [wanted], typed
    assert search(client, "知事").texts("mark") == ["知事"]
    assert found(client, "都東") == []


def test_what_the_page_quotes_is_escaped_and_marked(app, client):
    make_article(app, headline='<b>A & "pelican"', source=f'{NINE} `<script>alert(1)</script>` & a pelican\'s "nest".')
    page = search(client, "pelican script")
    assert headlines(page) == ['<b>A & "pelican"']
    assert "<script>alert(1)</script> & a pelican’s" in page.one(".card__standfirst").text
    assert set(page.texts("mark")) == {"pelican", "script"}
    assert page.all("ol.river script") == []


def test_drafts_and_articles_to_come_are_never_found_and_what_changes_is_at_once(app, client):
    make_article(app, headline="Draft pelican", published=False)
    make_article(app, headline="Pelican tomorrow", published_at=utcnow() + timedelta(hours=1), section="Tomorrow")
    assert found(client, "pelican") == found(client, "pelican", order="newest") == []
    made = make_article(app, slug="the-bird", headline="Pelican", source="With a heron.", authors=("Ann Author",))
    assert found(client, "heron") == ["Pelican"]
    make_article(app, slug="the-bird", headline="Stork", source="With an ibis.", section="Science")
    assert found(client, "heron") == found(client, "pelican") == found(client, "ibis", section="world") == []
    assert found(client, "stork ibis", section="science") == ["Stork"]
    with app.app_context():  # Past every act, as an object.
        article_to_change(made.slug).headline = "Crane"
        db.session.commit()
    assert found(client, "stork") == [] and found(client, "crane") == ["Crane"]
    with app.app_context():
        article_to_change(made.slug).headline = "Never said"
        db.session.rollback()
    assert found(client, "crane") == ["Crane"]
    with app.app_context():
        retract(article_to_change(made.slug), reason="Wrong.", actor=SHELL, now=utcnow())
        db.session.commit()
    assert found(client, "crane") == found(client, "", section="world") == []
    make_article(app, slug="the-bird", headline="Crane", source="Back again.")
    assert found(client, "crane") == ["Crane"]
    with app.app_context():
        if db.engine.dialect.name == "sqlite":  # The index says what the table says, and nothing else.
            check = "INSERT INTO article_search (article_search, rank) VALUES ('integrity-check', 1)"
            db.session.execute(text(check))


def test_filters_narrow_by_section_author_and_day(app, client):
    day = datetime(2024, 2, 29, 12, tzinfo=UTC)
    for days, section, author in ((0, "World", "Ann Author"), (1, "Science", "Ann Author"), (2, "World", "Bo Bakér")):
        make_article(
            app, headline=f"Pelican {days}", section=section, authors=(author,), published_at=day + timedelta(days)
        )
    make_article(app, headline="Moon", published_at=datetime(1969, 7, 20, tzinfo=UTC))
    for asked, wanted in (
        ({"section": "world"}, ["Pelican 2", "Pelican 0"]),
        ({"author": "ann author"}, ["Pelican 1", "Pelican 0"]),
        ({"author": "Bo Bakér", "section": "world"}, ["Pelican 2"]),
        ({"since": "2024-03-01"}, ["Pelican 2", "Pelican 1"]),
        ({"until": "2024-02-29"}, ["Pelican 0"]),
        ({"since": "2024-03-01", "until": "2024-03-01", "author": "ann-author"}, ["Pelican 1"]),
    ):
        assert found(client, "pelican", **asked) == wanted, asked
        assert found(client, "pelican -moon", order="newest", **asked) == wanted, asked
    assert found(client, "", until="1970-01-01") == ["Moon"]
    with app.app_context():
        renamed = db.session.scalars(select(Author).where(Author.slug == "bo-baker")).one()
        renamed.name = "Cy Ö. Newname"
        db.session.commit()
    for name in ("Cy Ö. Newname", "cY Ö. newname", "Bo Bakér", "bo-baker"):
        assert found(client, "pelican", author=name) == ["Pelican 2"], name
    assert found(client, "-pelican", section="world") == ["Moon"]
    page = search(client, "heron", section="science", author="Ann Author")
    assert page.form("#search-form")[1] == {
        "q": "heron",
        "section": "science",
        "author": "Ann Author",
        "since": "",
        "until": "",
    }
    assert read(client, page.one(".empty a").attributes["href"]).one("#q").attributes["value"] == "heron"


def test_no_article_is_twice_or_missing_while_others_are_published(app, client):
    moment = ago(days=1).replace(microsecond=0)
    for number in range(PAGE_SIZE + 5):
        make_article(app, headline=f"Pelican {number}", published_at=moment)
    make_article(app, headline="In the standfirst", standfirst="Pelican.", published_at=moment)
    for number in range(3):
        make_article(app, headline=f"In the text {number}", source="Pelican.", published_at=moment - timedelta(number))
    pages = pages_from(client, search(client, "pelican"))
    shown = headlines(next(pages))
    make_article(app, headline="Fresh pelican")
    rest = list(pages)
    shown += [headline for page in rest for headline in headlines(page)]
    assert shown == [
        *(f"Pelican {number}" for number in reversed(range(PAGE_SIZE + 5))),
        "In the standfirst",
        *(f"In the text {number}" for number in range(3)),
    ]
    assert rest[-1].one("a[rel=prev]").attributes["href"] == "/search?q=pelican"
    for order in ("", "newest"):
        every = [one for page in pages_from(client, search(client, "pelican", order=order)) for one in headlines(page)]
        assert len(every) == len(set(every)) == len(shown) + 1
