"""READ ALSO is recognised, and nothing in an article can pretend to be its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from davidson.text.markdown import render_article
from davidson.text.readalso import SEPARATOR, Reference, SeparatorInPart, join, split
from davidson.text.sanitise import sanitise_article_html, sanitise_comment_html


def references_of(source: str) -> tuple[Reference, ...]:
    """Give the references of an article."""
    return render_article(source).references


def test_several_links_in_one_quote_are_several_references():
    rendered = render_article("> **Read also:** [A](/articles/a), [B](/articles/b/)\n>\n> - [C](/articles/γ)")
    assert rendered.references == (Reference("a", "A"), Reference("b", "B"), Reference("γ", "C"))
    assert rendered.parts == ("", "", "", "")


def test_two_quotes_keep_their_places():
    rendered = render_article("a\n\n> **READ ALSO:** [A](/articles/a)\n\nb\n\n> **READ ALSO:** [B](/articles/b)\n\nc")
    assert [part.strip() for part in rendered.parts] == ["<p>a</p>", "<p>b</p>", "<p>c</p>"]


@pytest.mark.parametrize("kicker", ["**READ ALSO:**", "**READ ALSO**:", "**Read also**", "__READ ALSO:__"])
def test_the_kicker_may_be_spelled_in_several_ways(kicker):
    assert references_of(f"> {kicker} [A](/articles/a)") == (Reference("a", "A"),)


@pytest.mark.parametrize(
    "source",
    [
        "> READ ALSO: [A](/articles/a)",
        "> See **READ ALSO:** [A](/articles/a)",
        "> **READ ALSO:** nothing",
        "> **READ ALSO:** [A](https://ok.example/articles/a)",
        "> **READ ALSO:** [A](/articles/a) [B](https://ok.example)",
        "> **READ ALSO:** [A](/articles/../staff)",
        "> **READ ALSO:** [A](/articles/%2e%2e%2fstaff)",
        "**READ ALSO:** [A](/articles/a)",
    ],
)
def test_any_other_quote_stays_in_the_text(source):
    assert references_of(source) == ()
    assert render_article(source).parts != ("",)


def test_footnotes_stay_whole_around_a_reference():
    rendered = render_article("a[^1]\n\n> **READ ALSO:** [A](/articles/a)\n\nb\n\n[^1]: Note.")
    assert 'href="#fn1"' in rendered.parts[0]
    assert 'id="fn1"' in rendered.parts[1]


@given(st.lists(st.text().map(sanitise_article_html), min_size=1))
def test_what_was_joined_is_split_again(parts):
    assert split(join(parts)) == tuple(parts)
    assert all(isinstance(part, Markup) for part in split(join(parts)))


@pytest.mark.parametrize(
    "forged",
    [
        SEPARATOR,
        f'<img src="/media/x.png" alt="{SEPARATOR}">',
        f"<p title='{SEPARATOR}'>x</p>",
        f"<a href='https://ok.example/{SEPARATOR}'>x</a>",
        "<!-<!--x-->-read-also-->",
        "<pre>&lt;!--read-also--&gt;</pre>",
    ],
)
def test_no_sanitised_html_holds_the_separator(forged):
    for html in (sanitise_article_html(forged), sanitise_comment_html(forged), *render_article(forged).parts):
        assert len(split(html)) == 1


def test_a_part_with_the_separator_is_refused():
    with pytest.raises(SeparatorInPart):
        join((Markup("a"), SEPARATOR))
