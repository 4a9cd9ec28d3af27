"""An article's Markdown becomes safe HTML, and its typography arrives unchanged."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from markupsafe import Markup

from davidson.text.bounds import TextTooLong
from davidson.text.markdown import MAX_ARTICLE_LENGTH, render_article
from davidson.text.readalso import Reference, join, split
from tests.hostile import HOSTILE, hostile_text
from tests.text.elements import assert_article_subset, elements_of, text_of

SEED = Path(__file__).parents[3] / "shared" / "data" / "seed-article.md"


def html_of(source: str) -> Markup:
    """Give the HTML of an article without references."""
    rendered = render_article(source)
    assert rendered.references == ()
    return rendered.parts[0]


def words(text: str) -> list[str]:
    """Give the words between breaks that a browser would see; no-break spaces are no breaks."""
    return [word for word in text.replace("\n", " ").split(" ") if word]


@pytest.mark.parametrize("attack", HOSTILE, ids=range(len(HOSTILE)))
def test_an_attack_in_an_article_is_harmless(attack):
    for part in render_article(attack).parts:
        assert_article_subset(part)


@settings(max_examples=300, deadline=None)
@given(hostile_text())
def test_a_hostile_article_leaves_only_the_subset_and_its_parts_fit(source):
    rendered = render_article(source)
    for part in rendered.parts:
        assert_article_subset(part)
    assert len(rendered.parts) == len(rendered.references) + 1
    assert split(join(rendered.parts)) == rendered.parts


@pytest.mark.skipif(not SEED.is_file(), reason="the seed article is not beside this checkout")
def test_the_seed_article_arrives_word_for_word():
    body = SEED.read_text(encoding="utf-8").split("\n---\n", 1)[1]
    rendered = render_article(body)
    plain = "\n".join(line.removeprefix("## ") for line in body.splitlines() if not line.startswith(">"))
    assert words(text_of("".join(rendered.parts))) == words(plain)
    assert [element.tag for element in elements_of("".join(rendered.parts))].count("h2") == 2
    assert [reference.slug for reference in rendered.references] == [
        "natos-response-to-russian-security-proposals",
        "nato-braces-for-possible-conflict-with-russia",
    ]
    assert rendered.references[0].label.startswith("NATO’s Response to Russian Security Proposals: ")


def test_curly_quotes_and_no_break_spaces_pass_unchanged():
    text = "“A ‘b’\u00a0c”, d’e – f\u202fg — (c) 5(c) … ... -- 3\u00a0%"
    assert html_of(text) == f"<p>{text}</p>\n"


def test_straight_quotes_become_curly():
    assert html_of("\"It's\" 'so'") == "<p>“It’s” ‘so’</p>\n"


def test_code_keeps_its_straight_quotes():
    assert html_of('`"x"`') == '<p><code>"x"</code></p>\n'


def test_the_highest_heading_is_an_h2_and_no_level_is_skipped():
    assert [element.tag for element in elements_of(html_of("# a\n## b\n#### c\n###### d\n# e"))] == [
        *("h2", "h3", "h4", "h4", "h2"),
    ]
    assert [element.tag for element in elements_of(html_of("### a\n##### b"))] == ["h2", "h3"]
    assert [element.tag for element in elements_of(html_of("## a\n\n## b"))] == ["h2", "h2"]


def test_html_in_markdown_is_shown_as_text():
    assert html_of("<b>x</b>\n\n<script>y</script>") == (
        "<p>&lt;b&gt;x&lt;/b&gt;</p>\n<p>&lt;script&gt;y&lt;/script&gt;</p>\n"
    )


@pytest.mark.parametrize(
    ("source", "html"),
    [
        (
            "At https://ok.example/a_b_c.",
            'At <a href="https://ok.example/a_b_c" rel="noopener">https://ok.example/a_b_c</a>.',
        ),
        ("At [x](https://ok.example)", 'At <a href="https://ok.example" rel="noopener">x</a>'),
        ("[x](/articles/y)", '<a href="/articles/y">x</a>'),
        ("[x](mailto:a@b.example)", '<a href="mailto:a@b.example">x</a>'),
        ("[x](//evil.example)", "x"),
        ("[x](y/z)", "x"),
        ("a.example www.a.example a@b.example ftp://a.example", "a.example www.a.example a@b.example ftp://a.example"),
    ],
)
def test_links(source, html):
    assert html_of(source) == f"<p>{html}</p>\n"


def test_a_picture_of_another_site_is_its_text():
    assert html_of("![a *b* <c>](https://evil.example/x.png) ![d](e.png)") == "<p>a b &lt;c&gt; d</p>\n"


def test_a_table_is_aligned_by_classes():
    html = html_of("|a|b|c|\n|:-|:-:|-:|\n|1|2|3|")
    assert [dict(element.attributes).get("class") for element in elements_of(html) if element.tag == "td"] == [
        *("align-left", "align-center", "align-right"),
    ]
    assert "style" not in html


def test_footnotes_lead_there_and_back():
    html = html_of("a[^x] b[^x]\n\n[^x]: Note.")
    attributes = [dict(element.attributes) for element in elements_of(html)]
    ids = [found["id"] for found in attributes if "id" in found]
    targets = [found["href"].removeprefix("#") for found in attributes if "href" in found]
    assert sorted(ids) == sorted(set(ids)) == sorted(set(targets))


def test_lists_quotes_rules_and_code_come_out():
    html = html_of("3. a\n4. b\n\n> q\n\n---\n\n```python\n<x>\n```\n\n~~s~~ *e* **t**")
    assert [element.tag for element in elements_of(html)] == [
        *("ol", "li", "li", "blockquote", "p", "hr", "pre", "code", "p", "s", "em", "strong"),
    ]
    assert '<ol start="3">' in html


def test_an_article_over_its_length_is_refused():
    with pytest.raises(TextTooLong):
        render_article("x" * (MAX_ARTICLE_LENGTH + 1))


def test_a_read_also_is_cut_out_between_two_parts():
    rendered = render_article("a\n\n> **READ ALSO:** [It's *here*](/articles/b)\n\nc")
    assert rendered.references == (Reference("b", "It’s here"),)
    assert rendered.parts == ("<p>a</p>\n", "<p>c</p>\n")
