"""What machines read of a page: JSON-LD, Open Graph and the links in its head."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from davidson.text.scriptdata import script_data
from tests.factories import make_article, make_comment
from tests.pages import Page, parse, read
from tests.syndication.reading import HOSTILE, ORIGIN, a_picture


def graph(page: Page) -> dict[str, Any]:
    """The nodes of the page's JSON-LD by their type."""
    [script] = page.all("script[type=application/ld+json]")
    told = json.loads(script.raw_text())
    assert told["@context"] == "https://schema.org"
    return {node["@type"]: node for node in told["@graph"]}


def og(page: Page) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in page.all("meta"):
        if "property" in element.attributes:
            found.setdefault(element.attributes["property"], []).append(element.attributes["content"])
    return found


def test_an_article_says_what_it_is(app, client):
    article = make_article(
        app,
        headline="Mayor resigns",
        standfirst="At noon.",
        source="One two three.\n\n> **READ ALSO:** [x](/articles/x)\n\nFour *five*.",
        tags=("City hall", "Rivers"),
        authors=("Ada Byron", "Bo Bell"),
        lang="en-GB",
        picture=a_picture(),
    )
    make_comment(app, article)
    page = read(client, article.url)
    told = graph(page)
    node, url = told["NewsArticle"], f"{ORIGIN}{article.url}"
    assert [node[name] for name in ("@id", "url", "mainEntityOfPage")] == [url] * 3
    assert (node["headline"], node["description"], node["inLanguage"]) == ("Mayor resigns", "At noon.", "en-GB")
    assert node["datePublished"] == node["dateModified"] == page.all("time")[1].attributes["datetime"]
    assert node["author"] == [
        {"@type": "Person", "name": "Ada Byron", "url": f"{ORIGIN}/authors/ada-byron"},
        {"@type": "Person", "name": "Bo Bell", "url": f"{ORIGIN}/authors/bo-bell"},
    ]
    assert (node["articleSection"], node["keywords"]) == ("World", ["City hall", "Rivers"])
    assert (node["wordCount"], node["commentCount"], node["isAccessibleForFree"]) == (5, 1, True)
    sizes = [(image["width"], image["height"]) for image in node["image"]]
    assert [round(width / height, 2) for width, height in sizes] == [1.78, 1.33, 1.0]
    image = node["image"][1]
    assert (image["width"], image["height"], image["creditText"], image["caption"]) == (
        400,
        300,
        "Bo Bell",
        "The old quay",
    )
    publisher = told["NewsMediaOrganization"]
    assert node["publisher"] == {"@id": publisher["@id"]}
    assert publisher["name"] == "Davidson News"
    for address in (
        image["url"],
        publisher["logo"]["url"],
        node["thumbnailUrl"],
        publisher["actionableFeedbackPolicy"],
    ):
        assert client.get(address.removeprefix(ORIGIN)).status_code == 200, address
    trail = [place["item"] for place in told["BreadcrumbList"]["itemListElement"]]
    assert trail == [f"{ORIGIN}/", f"{ORIGIN}/sections/world", url]


def test_what_an_article_lacks_is_left_out(app, client):
    node = graph(read(client, make_article(app, section="").url))["NewsArticle"]
    assert not {"description", "articleSection", "keywords", "image", "thumbnailUrl"} & node.keys()
    assert node["author"] == node["publisher"]


def test_open_graph_says_the_same(app, client):
    article = make_article(
        app,
        headline="Mayor resigns",
        tags=("Rivers", "Lakes"),
        authors=("Ada Byron",),
        lang="pt-BR",
        picture=a_picture(),
    )
    page = read(client, article.url)
    found = og(page)
    image, url = graph(page)["NewsArticle"]["thumbnailUrl"], f"{ORIGIN}{article.url}"
    assert {name: values for name, values in found.items() if name.startswith("og:")} == {
        "og:type": ["article"],
        "og:site_name": ["Davidson News"],
        "og:title": ["Mayor resigns"],
        "og:locale": ["pt_BR"],
        "og:url": [url],
        "og:image": [image],
        "og:image:type": ["image/jpeg"],
        "og:image:width": ["400"],
        "og:image:height": ["300"],
        "og:image:alt": ["A quay"],
    }
    assert (found["article:section"], found["article:tag"]) == (["World"], ["Rivers", "Lakes"])
    assert found["article:author"] == [f"{ORIGIN}/authors/ada-byron"]
    assert page.one("meta[name=twitter:card]").attributes["content"] == "summary_large_image"
    assert page.one("link[rel=canonical]").attributes["href"] == url
    assert page.one("link[hreflang=pt-BR]").attributes["href"] == url
    assert page.one("meta[name=robots]").attributes["content"] == "max-image-preview:large"


def test_a_hostile_headline_comes_back_equal_and_is_no_markup(app, client):
    article = make_article(app, headline=HOSTILE, standfirst=HOSTILE, tags=(HOSTILE,), authors=(HOSTILE,))
    page = read(client, article.url)
    node = graph(page)["NewsArticle"]
    assert (node["headline"], node["description"], node["keywords"]) == (HOSTILE, HOSTILE, [HOSTILE])
    assert (og(page)["og:title"], og(page)["article:tag"]) == ([HOSTILE], [HOSTILE])
    assert "<script>" not in page.html


def test_lists_say_what_they_list(app, client):
    article = make_article(app, tags=("Rivers",), authors=("Ada Byron",))
    listed = [{"@type": "ListItem", "position": 1, "url": f"{ORIGIN}{article.url}"}]
    for path, name in (("/", "Davidson News"), ("/sections/world", "World"), ("/tags/rivers", "Rivers")):
        node = graph(read(client, path))["CollectionPage"]
        assert (node["url"], node["name"]) == (f"{ORIGIN}{path}", name)
        assert node["mainEntity"]["itemListElement"] == listed
    told = graph(read(client, "/authors/ada-byron"))
    assert told["ProfilePage"]["mainEntity"]["name"] == "Ada Byron"
    assert told["ProfilePage"]["hasPart"]["itemListElement"] == listed
    assert graph(read(client, "/"))["WebSite"]["url"] == f"{ORIGIN}/"


def test_every_page_says_where_it_stands(app, client):
    make_article(app, tags=("Rivers",), authors=("Ada Byron",))
    for path in ("/sections/world", "/tags/rivers", "/authors/ada-byron", "/about/moderation"):
        page = read(client, path)
        front, here = graph(page)["BreadcrumbList"]["itemListElement"]
        assert (front["item"], here["item"]) == (f"{ORIGIN}/", f"{ORIGIN}{path}")
        assert here["name"] == page.one("h1").text


def test_without_an_address_nothing_is_said_that_needs_one(make_app):
    app = make_app()
    article = make_article(app, picture=a_picture(), authors=("Ada Byron",))
    page = read(app.test_client(), article.url, headers={"Host": "evil.example"})
    assert not {"og:url", "og:image", "article:author"} & og(page).keys()
    assert graph(page)["NewsArticle"]["url"] == article.url
    assert "evil" not in page.html


@given(st.text())
def test_any_text_is_the_same_inside_a_script_as_outside(text):
    written = script_data({"text": text, text: [text]})
    assert not set("<>&\u2028\u2029") & set(written)
    [script] = parse(f'<script type="application/ld+json">{written.encode("utf-8", "replace").decode()}</script>').all(
        "script"
    )
    assert json.loads(script.raw_text()) == json.loads(written.encode("utf-8", "replace").decode())
    assert json.loads(written) == {"text": text, text: [text]} if text != "text" else True
