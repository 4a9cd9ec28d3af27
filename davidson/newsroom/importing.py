"""Taking an article from a Markdown file with a YAML front matter, as `davidson article add` is given one.

Every fault is told with the file, the line and what is expected there.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from davidson.articles.manuscript import Manuscript, ManuscriptPicture
from davidson.media.renditions import MAX_BYTES, Focus, focus_from
from davidson.newsroom.citing import sources_of
from davidson.newsroom.frontmatter import WORD, BadManuscript, Front, is_null
from davidson.text.markdown import MAX_ARTICLE_LENGTH
from davidson.text.slug import is_slug, slugify

KEYS = ("title", "slug", "standfirst", "section", "tags", "authors", "published_at", "lang", "image", "sources")
IMAGE_KEYS = ("file", "alt", "caption", "credit", "focus")
MAX_FILE_BYTES = 2 * 1024 * 1024
# The first newspaper was printed in 1605; a year beyond these is a slip of the hand, and no zone can show it.
YEARS = range(1600, 9990)
LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")


def read_manuscript(path: Path, *, zone: tzinfo) -> Manuscript:
    """Read an article from a Markdown file; a time without a zone is meant in `zone`.

    Raises BadManuscript.
    """
    front, body, first_line = _front_and_body(path)
    headline = front.text("title")
    if not headline:
        raise front.fault(front.nodes.get("title"), "a title is expected: `title: The headline`")
    slug = front.checked("slug", _slug, "lower-case letters, digits and single hyphens, 80 characters at most")
    if not slug and not WORD.search(headline):
        raise front.fault(front.nodes.get("title"), "a slug is expected too, for this title has no letter or digit")
    manuscript = Manuscript(
        headline=headline,
        slug=slug or slugify(headline),
        source=body,
        standfirst=front.text("standfirst"),
        section=front.name("section"),
        tags=front.names("tags"),
        authors=front.names("authors"),
        published_at=front.checked(
            "published_at", lambda text: _moment(text, zone), "a date and time such as 2026-11-23T10:00:00Z"
        ),
        lang=front.checked("lang", _language, "a language code such as en or pt-BR"),
        sources=sources_of(front),
        first_line=first_line,
    )
    return replace(manuscript, picture=_picture(front))


def _front_and_body(path: Path) -> tuple[Front, str, int]:
    """The front matter, the text, and the line of the file with which that begins."""
    lines = _text_of(path).split("\n")
    if lines[0].rstrip() != "---":
        raise BadManuscript(f"{path}, line 1: a front matter between two lines of --- is expected")
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.rstrip() == "---"), None)
    if end is None:
        raise BadManuscript(f"{path}, line {len(lines)}: a line of --- is expected after the front matter")
    text = "\n".join(lines[end + 1 :])
    body = text.strip("\n") + "\n"
    if len(body) > MAX_ARTICLE_LENGTH:
        expected = f"a text of at most {MAX_ARTICLE_LENGTH} characters is expected, not {len(body)}"
        raise BadManuscript(f"{path}, line {end + 2}: {expected}")
    return Front.read(path, lines[1:end], KEYS), body, end + 2 + len(text) - len(text.lstrip("\n"))


def _text_of(path: Path) -> str:
    """The file's text with line ends as LF."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BadManuscript(f"{path}, line 1: a file of at most {MAX_FILE_BYTES // 1024 // 1024} MB is expected")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadManuscript(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadManuscript(f"{path}, line {line}: text in UTF-8 is expected") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    before, nul, _ = text.partition("\0")
    if nul:
        raise BadManuscript(f"{path}, line {before.count(chr(10)) + 1}: text is expected, not a NUL character")
    return text


def _slug(text: str) -> str:
    if text and not is_slug(text):
        raise ValueError(text)
    return text


def _moment(text: str, zone: tzinfo) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    if moment.year not in YEARS:
        raise ValueError(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _language(text: str) -> str:
    if text and not LANGUAGE.fullmatch(text):
        raise ValueError(text)
    return text or "en"


def _picture(front: Front) -> ManuscriptPicture | None:
    node = front.nodes.get("image")
    if node is None or is_null(node):
        return None
    image = front.mapping(node, IMAGE_KEYS, f"image takes {', '.join(IMAGE_KEYS)}")
    name = image.text("file")
    if not name:
        raise image.fault(image.nodes.get("file"), "image takes a file, relative to this one")
    file = front.path.parent / name
    try:
        if file.stat().st_size > MAX_BYTES:
            raise image.fault(image.nodes["file"], f"a picture of at most {MAX_BYTES // 1024 // 1024} MB is expected")
        data = file.read_bytes()
    except OSError as error:
        raise image.fault(image.nodes["file"], f"a picture is expected at {file}: {error.strerror}") from None
    places = {key: image.place(image.nodes.get(key) or image.nodes["file"]) for key in ("file", "alt", "credit")}
    return ManuscriptPicture(
        data,
        alt=image.text("alt"),
        caption=image.text("caption"),
        credit=image.text("credit"),
        focus=image.checked("focus", _focus, "two numbers from 0 to 100, percent from the left and the top: 50 40"),
        file_name=file.name,
        place=places["file"],
        alt_place=places["alt"],
        credit_place=places["credit"],
    )


def _focus(text: str) -> Focus | None:
    return focus_from(text) if text else None
