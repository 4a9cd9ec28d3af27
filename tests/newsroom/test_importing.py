"""Reading a manuscript: every fault names the file, the line and what is expected there."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from davidson.newsroom.credits import names_no_owner
from davidson.newsroom.frontmatter import BadManuscript
from davidson.newsroom.importing import MAX_FILE_BYTES, read_manuscript
from davidson.text.markdown import MAX_ARTICLE_LENGTH
from tests.newsroom.seed import MANUSCRIPT, write_manuscript

OSLO = ZoneInfo("Europe/Oslo")


def read_text(folder: Path, text: str | bytes, zone: ZoneInfo = OSLO):
    path = folder / "article.md"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_manuscript(path, zone=zone)


def fault_of(folder: Path, text: str | bytes) -> str:
    with pytest.raises(BadManuscript) as caught:
        read_text(folder, text)
    message = str(caught.value)
    assert "\n" not in message
    return message.removeprefix(f"{folder / 'article.md'}, ")


def test_everything_in_a_manuscript_is_read(tmp_path):
    read = read_manuscript(write_manuscript(tmp_path), zone=OSLO)
    assert read.headline.startswith("Harbour and Railway Sign “Long Pact”")
    assert read.slug == "harbour-and-railway-sign-long-pact"
    assert (read.section, read.tags, read.authors) == ("World", ("Harbour", "Railway", "Winter Timetable"), ())
    assert (read.published_at, read.lang) == (None, "en")
    assert read.source == MANUSCRIPT.split("---\n", 2)[2].strip("\n") + "\n"
    assert read.picture is not None
    assert read.picture.data == (tmp_path / "photo.png").read_bytes()
    assert (read.picture.alt, read.picture.caption) == ("Placeholder for a photo", "")
    assert read.picture.credit == "Photo from Google"
    assert read.picture.place == f"{tmp_path / 'article.md'}, line 13"


def test_a_title_is_all_that_a_manuscript_needs(tmp_path):
    read = read_text(tmp_path, "---\ntitle: “Over” at last, no\u00a0more\n---\n")
    assert (read.headline, read.slug) == ("“Over” at last, no\u00a0more", "over-at-last-no-more")
    assert (read.picture, read.published_at, read.section, read.tags) == (None, None, "", ())


@pytest.mark.parametrize(
    ("front", "fault"),
    [
        ("slug: x", "line 2: a title is expected"),
        ("slug: x\ntitle:", "line 3: a title is expected"),
        ("title: ''", "line 2: a title is expected"),
        ('title: "\\u200b\\0"', "line 2: a title is expected"),
        ("title: [a, b]", "line 2: title takes one text"),
        ("title: {a: b}", "line 2: title takes one text"),
        (f"title: {'x' * 301}", "line 2: title takes at most 300 characters, not 301"),
        ("title: A\ntitle: B", "line 3: title stands here twice"),
        ("title: '!?'", "line 2: a slug is expected too"),
        ("title: A\nTitle: B", "line 3: unknown key 'Title'; expected is one of title, slug,"),
        ("title: A\ndate: 2026-11-23", "line 3: unknown key 'date'"),
        ("title: A\n? [x, y]\n: z", "line 3: a front matter of `key: value` lines is expected"),
        ("title: A\nslug: Not A Slug", "line 3: slug takes lower-case letters, digits and single hyphens"),
        ("title: A\nslug: ../../etc", "line 3: slug takes"),
        (f"title: A\nslug: {'x' * 81}", "line 3: slug takes"),
        ("title: A\nslug: a--b", "line 3: slug takes"),
        ("title: A\npublished_at: tomorrow", "line 3: published_at takes a date and time such as"),
        ("title: A\npublished_at: 2026-13-01", "line 3: published_at takes"),
        ("title: A\npublished_at: 2026-11-23T25:00", "line 3: published_at takes"),
        ("title: A\npublished_at: 23.11.2026", "line 3: published_at takes"),
        ("title: A\npublished_at: 0001-01-01T00:00:00+14:00", "line 3: published_at takes"),
        ("title: A\npublished_at: 9999-12-31T23:59:59-12:00", "line 3: published_at takes"),
        ("title: A\npublished_at: [2026-11-23]", "line 3: published_at takes one text"),
        ("title: A\nlang: english", "line 3: lang takes a language code such as"),
        ("title: A\nlang: 'en\" onload='", "line 3: lang takes"),
        ("title: A\nsection: [World]", "line 3: section takes one text"),
        ("title: A\nsection: '!'", "line 3: section takes names with a letter or digit"),
        ("title: A\ntags:\n  - B\n  - [C]", "line 5: tags takes names"),
        ("title: A\ntags:\n  - B\n  - ''", "line 5: tags takes names"),
        ("title: A\ntags:\n  - B\n  -", "line 5: tags takes names"),
        ("title: A\ntags: {a: b}", "line 3: tags takes one text"),
        ("title: A\nauthors:\n- '???'", "line 4: authors takes names"),
        (f"title: A\nauthors: {'x' * 201}", "line 3: authors takes at most 200 characters"),
        ("title: A\nimage: photo.png", "line 3: image takes file, alt, caption, credit"),
        ("title: A\nimage: [photo.png]", "line 3: image takes file"),
        ("title: A\nimage:\n  alt: B", "line 4: image takes a file"),
        ("title: A\nimage:\n  alt: B\n  file:", "line 5: image takes a file"),
        ("title: A\nimage:\n  src: photo.png", "line 4: unknown key 'src'; expected is one of file, alt,"),
        ("title: A\nimage:\n  file: none.png", "line 4: a picture is expected at"),
        ("title: A\nimage:\n  file: .", "line 4: a picture is expected at"),
        ('title: A\nimage:\n  file: "a\\0b"', "line 4: a picture is expected at"),
        (f"title: A\nimage:\n  file: {'x' * 200}/{'y' * 100}", "line 4: file takes at most"),
        ("- a list", "line 2: a front matter of `key: value` lines is expected"),
        ("just text", "line 2: a front matter of `key: value` lines is expected"),
        ("title: A: B", "line 2: YAML is expected, in which a value with a colon needs quotes"),
        ("title: 'open", "line 3: YAML is expected"),
        ("title: A\n\tslug: b", "line 3: YAML is expected"),
        ("title: *nobody", "line 2: YAML is expected"),
        ("title: A\x01", "line 2: text is expected, not a control character"),
        (f"title: {'[' * 5000}", "line 1: a front matter of `key: value` lines is expected"),
    ],
)
def test_a_fault_in_the_front_matter_names_its_line_and_what_is_expected(tmp_path, front, fault):
    assert fault_of(tmp_path, f"---\n{front}\n---\n\nText.\n").startswith(fault)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "line 1: a front matter between two lines of --- is expected"),
        ("Text.", "line 1: a front matter between"),
        ("\n---\ntitle: A\n---\n", "line 1: a front matter between"),
        ("---\ntitle: A\n\nText.", "line 4: a line of --- is expected after the front matter"),
        (b"---\ntitle: A\n---\n\nText \xff.\n", "line 5: text in UTF-8 is expected"),
        (b"\xef\xbb\xbf---\ntitle: \xe9\n---\n", "line 2: text in UTF-8 is expected"),
        ("---\ntitle: A\n---\n\nText.\0\n", "line 5: text is expected, not a NUL character"),
        ("---\n---\n", "line 1: a title is expected"),
        ("---\ntitle: A\n---\n" + "x" * (MAX_ARTICLE_LENGTH + 1), "line 4: a text of at most 200000 characters"),
        ("---\ntitle: A\n---\n" + "x" * MAX_FILE_BYTES, "line 1: a file of at most 2 MB is expected"),
    ],
)
def test_a_fault_in_the_file_names_its_line_and_what_is_expected(tmp_path, text, fault):
    assert fault_of(tmp_path, text).startswith(fault)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    for path in (tmp_path / "none.md", tmp_path):
        with pytest.raises(BadManuscript, match=f"^{path}.*: cannot be read: "):
            read_manuscript(path, zone=OSLO)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-23T10:00:00Z", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("2026-11-23T10:00:00+02:00", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("2026-11-23 10:00", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-07-23 10:00", datetime(2026, 7, 23, 8, tzinfo=UTC)),
        ("'2026-11-23'", datetime(2026, 11, 22, 23, tzinfo=UTC)),
        ("1969-07-20T20:17:40Z", datetime(1969, 7, 20, 20, 17, 40, tzinfo=UTC)),
        ("", None),
        ("null", None),
    ],
)
def test_a_time_without_a_zone_is_the_sites_own(tmp_path, written, meant):
    assert read_text(tmp_path, f"---\ntitle: A\npublished_at: {written}\n---\n").published_at == meant


def test_values_are_one_line_without_what_nobody_sees(tmp_path):
    front = 'title: "  A\\tB \\n C\\u202e\\0\\ud800D  "\nstandfirst: >\n  Folded\n  text.\ntags: Only one\n'
    read = read_text(tmp_path, f"---\n{front}---\n")
    assert (read.headline, read.standfirst, read.tags) == ("A B CD", "Folded text.", ("Only one",))


def test_what_looks_like_another_type_is_text(tmp_path):
    read = read_text(tmp_path, "---\ntitle: 1984\nsection: on\ntags: [2026, yes, 1.5]\n---\n")
    assert (read.headline, read.slug, read.section, read.tags) == ("1984", "1984", "on", ("2026", "yes", "1.5"))


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_and_a_byte_order_mark_are_taken(tmp_path, ends):
    text = "---\ntitle: A\nlang: fr\n---\n\n\nOne.\n\n---\n\nTwo.\n\n".replace("\n", ends)
    read = read_text(tmp_path, b"\xef\xbb\xbf" + text.encode())
    assert (read.headline, read.lang, read.source) == ("A", "fr", "One.\n\n---\n\nTwo.\n")


def test_a_fault_below_unusual_line_ends_counts_lines_as_an_editor_does(tmp_path):
    assert fault_of(tmp_path, "---\r\ntitle: A\r\nslug: b\r\nwhat: c\r\n---\r\n").startswith("line 4: unknown key")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=200))
def test_any_front_matter_is_read_or_refused_in_one_line(tmp_path, text):
    try:
        read = read_text(tmp_path, f"---\n{text}\n---\nBody.\n".encode("utf-8", "replace"))
    except BadManuscript as fault:
        assert len(str(fault).splitlines()) == 1
    else:
        assert read.headline


@pytest.mark.parametrize(
    "credit",
    [
        "Photo from Google",
        "Internet",
        "Facebook",
        "facebook.com",
        "www.google.com",
        "Google Images",
        "Image: Google search",
        "Photo: Internet",
        "from the internet",
        "Taken from Instagram",
        "Twitter/X",
        "X",
        "WhatsApp",
        "Social media",
        "Screenshot from YouTube",
        "Courtesy",
        "Unknown",
        "File photo",
        "Photo by unknown",
        "Pinterest user",
        "The web",
        "Wikipedia",
        "©",
    ],
)
def test_a_credit_of_places_alone_names_no_owner(credit):
    assert names_no_owner(credit)


@pytest.mark.parametrize(
    "credit",
    [
        "Anna Berg",
        "Anna Berg via Facebook",
        "Photo: Anna Web / Harbour Times",
        "Reuters",
        "NASA",
        "AP Photo/Jane Doe",
        "Jane Doe, CC BY 2.0, via Wikimedia Commons",
        "Courtesy of the Smith family",
        "Maxar / Google Earth",
        "張三",
        "Фото: Анна",
    ],
)
def test_a_credit_with_a_name_has_an_owner(credit):
    assert not names_no_owner(credit)
