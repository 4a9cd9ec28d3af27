"""What articles are written with beyond CommonMark becomes safe HTML that everybody can use."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from markupsafe import Markup

from davidson.text.figures import SIZES, UPRIGHT_SIZES
from davidson.text.links import with_addresses
from davidson.text.markdown import render_article
from tests.hostile import hostile_text
from tests.pages import Element, parse
from tests.text.elements import assert_article_subset

DIGEST = "0123456789abcdef0123"
NAME = f"/media/{DIGEST}-abcdef"


@dataclass(frozen=True)
class Source:
    type: str = "image/avif"
    srcset: str = f"{NAME}-320.avif 320w, {NAME}-800.avif 800w"


@dataclass(frozen=True)
class Picture:
    """A picture as the store would give it."""

    src: str = f"{NAME}-800.jpg"
    srcset: str = f"{NAME}-320.jpg 320w, {NAME}-800.jpg 800w"
    width: int = 800
    height: int = 600
    tone: str = "369"
    credit: str = "The file’s own"
    sources: tuple[Source, ...] = (Source(),)


def shown(source: str, **fields: int | str) -> Element:
    """The tree of an article's body, in which that picture is kept."""
    (html,) = render_article(source, {DIGEST: Picture(**fields)}).parts
    assert_article_subset(html)
    return parse(html)


@pytest.mark.parametrize(
    "source",
    [
        "> **PULL QUOTE:** We always\n> *have*.\n> — Ada Byron",
        "> **Pull quote**\n> We always\n> *have*.\n>\n> – Ada Byron",
        "> **PULLQUOTE:**\n>\n> We always\n> *have*.\n>\n> — Ada Byron",
    ],
)
def test_a_pull_quote_is_a_figure_with_who_said_it(source):
    figure = shown(source).one("figure.pull-quote")
    assert figure.one("blockquote").text == "We always have."
    assert figure.one("blockquote em").text == "have"
    assert figure.one("figcaption").text == "Ada Byron"
    assert shown(source).one("figure").text == "We always have. Ada Byron"


def test_a_quote_without_the_words_or_without_a_text_stays_one():
    for source in ("> Said.\n> — Ada", "> **PULL QUOTE:**", "> *PULL QUOTE:* x", "1. > **PULL QUOTE:** x"):
        tree = shown(source)
        assert tree.all("figure") == [] and len(tree.all("blockquote")) == 1
    assert shown("> **PULL QUOTE:** Nobody said it").all("figcaption") == []
    assert shown("> **PULL QUOTE:**\n>\n> — Ada").one("blockquote").text.endswith("— Ada")


def test_a_link_alone_in_a_paragraph_is_a_card_with_the_host_and_nothing_of_it():
    card = shown('[A *study*](https://www.example.org:8080/a?b=c "Of bridges, 2024")').one("figure.link-card")
    assert card.one("a").attributes == {"href": "https://www.example.org:8080/a?b=c", "rel": "noopener"}
    assert card.one("a").text == "A study"
    assert card.one("figcaption").text == "Of bridges, 2024 example.org"
    bare = shown("Before.\n\nhttps://www.example.org/video/?id=1\n\nAfter.").one("figure.link-card")
    assert (bare.one("a").text, bare.one("figcaption").text) == ("example.org/video?id=1", "example.org")
    for source in ("See https://example.org/", "[In](/articles/x)", "[Mail](mailto:a@b.example)", "<https://a.b>, yes"):
        assert shown(source).all("figure") == []


def test_a_table_scrolls_in_a_region_of_its_own_name():
    table = "| Year | *Tons* |\n|---|--:|\n| 2024 | 1 |"
    tree = shown(f"Table: Wheat, by year\n\n{table}\n\n{table}\n\n{table}\n\nTable: no table follows")
    regions = tree.all("div.table")
    assert [region.attributes["aria-label"] for region in regions] == [
        *("Wheat, by year", "Year, Tons", "Year, Tons (2)"),
    ]
    for region in regions:
        assert (region.attributes["role"], region.attributes["tabindex"]) == ("region", "0")
        assert len(region.all("table")) == 1
    assert tree.texts("caption") == ["Wheat, by year"]
    assert tree.texts("p") == ["Table: no table follows"]
    assert [cell.attributes.get("class") for cell in regions[0].all("td")] == [None, "align-right"]


def test_a_picture_alone_in_a_paragraph_stands_with_its_caption_and_credit():
    source = f'![Ferries in "fog"]({NAME}-320.avif "The quay | Anna Berg / HT")'
    figure = shown(source).one("figure.figure")
    image = figure.one("img").attributes
    assert (image["width"], image["height"], image["loading"]) == ("800", "600", "lazy")
    assert (image["src"], image["srcset"]) == (Picture().src, Picture().srcset)
    assert (image["sizes"], image["class"], image["alt"]) == (SIZES, "picture tone-369", 'Ferries in "fog"')
    assert figure.one("source").attributes == {"type": "image/avif", "srcset": Source().srcset, "sizes": SIZES}
    assert figure.texts("span") == ["The quay", "Anna Berg / HT"]


@pytest.mark.parametrize(
    ("title", "texts"),
    [
        ("", ["The file’s own"]),
        (' "The quay"', ["The quay", "The file’s own"]),
        (' "| Anna Berg"', ["Anna Berg"]),
        (' "The quay |"', ["The quay"]),
        (' "One | two | Anna Berg"', ["One | two", "Anna Berg"]),
    ],
)
def test_without_a_credit_a_picture_has_the_one_of_its_file(title, texts):
    source = f"![Ferries]({NAME}-800.jpg{title})"
    assert shown(source).one("figure.figure").texts("span") == texts
    (said,) = render_article(source, {DIGEST: Picture()}).pictures
    assert (said.alt, said.line) == ("Ferries", 0)


def test_an_upright_picture_is_drawn_narrower_and_one_in_a_line_stays_there():
    figure = shown(f"![Mast]({NAME}-800.jpg)", width=800, height=1000, tone="").one("figure")
    assert "figure--upright" in figure.attributes["class"]
    assert figure.one("img").attributes["sizes"] == UPRIGHT_SIZES
    assert "class" not in figure.one("img").attributes
    inline = shown(f"A ![mast]({NAME}-800.jpg) in a line.")
    assert inline.one("p picture img").attributes["srcset"] == Picture().srcset
    assert inline.all("figure") == []


def test_a_picture_that_is_not_kept_is_shown_as_it_is_named():
    assert render_article("![a](/media/x.webp)").parts == (
        '<figure class="figure"><img src="/media/x.webp" alt="a" loading="lazy"></figure>\n',
    )


def test_footnotes_have_names_for_who_cannot_see_where_they_stand():
    tree = shown("a[^x] b[^x] c^[Inline.]\n\n[^x]: Note.")
    links = tree.all("sup.footnote-ref a")
    assert [(link.text, link.attributes["aria-label"]) for link in links] == [
        *(("1", "Note 1"), ("1", "Note 1"), ("2", "Note 2")),
    ]
    notes = tree.one("section.footnotes")
    assert (notes.attributes["role"], notes.attributes["aria-label"]) == ("doc-endnotes", "Notes")
    backs = [link.attributes["aria-label"] for link in notes.all("a.footnote-backref")]
    assert backs == ["Back to note 1", "Back to note 1, place 2", "Back to note 2"]


def test_for_readers_elsewhere_every_file_of_a_picture_has_its_whole_address():
    (html,) = render_article(f"![Mast]({NAME}-800.jpg)", {DIGEST: Picture()}).parts
    told = with_addresses(html, page_url="https://a.example/articles/x", origin="https://a.example")
    assert told.count("https://a.example/media/") == told.count("/media/") == 5


@settings(max_examples=150, deadline=None)
@given(hostile_text())
def test_hostile_words_in_any_of_these_are_harmless(text):
    line = " ".join(text.split())
    sources = (
        f"> **PULL QUOTE:** {text}\n> — {line}",
        f'[{line}](https://example.org/ "{line}")',
        f"Table: {line}\n\n| {line} | b |\n|--|--|\n| {line} | 2 |",
        f'![{line}]({NAME}-800.jpg "{line} | {line}")',
    )
    for source in sources:
        for part in render_article(source, {DIGEST: Picture()}).parts:
            assert_article_subset(part)
            assert isinstance(part, Markup)
