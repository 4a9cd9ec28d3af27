"""Each page that readers find says in a sentence what it is about, for those who only see a link to it."""

from davidson.articles.story import SUMMARY
from tests.browser.article_pages import a_picture
from tests.factories import make_article
from tests.pages import Page, read


def description(page: Page) -> str:
    (meta,) = page.all("meta[name=description]")
    return meta.attributes["content"]


def test_pages_say_what_they_are_about(app, client):
    fields = {"section": "World", "tags": ("Rivers",), "authors": ("Ada Byron",)}
    make_article(app, headline="Mayor resigns", standfirst="After a year.", slug="mayor", **fields)
    source = f"A *first* paragraph with [a link](https://e.example/) & more.\n\n{'Much text. ' * 50}"
    make_article(app, headline="Bridge falls", source=source, slug="bridge", **fields)
    assert {path: description(read(client, path)) for path in ("/articles/mayor", "/articles/bridge")} == {
        "/articles/mayor": "After a year.",
        "/articles/bridge": "A first paragraph with a link & more.",
    }
    long = make_article(app, headline="Long", source="Some words " * 50, section=None)
    said = description(read(client, long.url))
    assert said.startswith("Some words Some") and len(said) <= SUMMARY
    assert description(read(client, "/")) == "Davidson News today: Long; Bridge falls; Mayor resigns."
    assert description(read(client, "/sections/world")) == "World: the newest articles from Davidson News."
    assert description(read(client, "/tags/rivers")) == "Articles about Rivers in Davidson News, the newest first."
    assert (
        description(read(client, "/authors/ada-byron")) == "Articles by Ada Byron in Davidson News, the newest first."
    )


def test_the_first_picture_of_a_list_does_not_wait(app, client):
    for _ in range(2):
        make_article(app, picture=a_picture(400, 300))
    first, second = read(client, "/sections/world").all("article.card img")
    assert (first.attributes.get("fetchpriority"), first.attributes.get("loading")) == ("high", None)
    assert (second.attributes.get("fetchpriority"), second.attributes.get("loading")) == (None, "lazy")
