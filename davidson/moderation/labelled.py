"""Files of labelled comments: CSV with the columns CONTENT, AUTHOR and CLASS, 1 for spam and 0 for none.

That is the form of the YouTube Spam Collection (Alberto, Lochter and Almeida, "TubeSpam", ICMLA 2015). Its texts come
as an interface gave them out: with HTML for line ends, links and some characters, and with an invisible mark at most
ends. None of that is what a person typed, and whether it is there tells of the file and not of the comment, so it is
taken out.
"""

import csv
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from davidson.comments.screening.features import digest_of_text
from davidson.text.normalise import normalise

COLUMNS = ("CONTENT", "AUTHOR", "CLASS")
MOST_ROWS = 200_000
LONGEST_TEXT = 100_000
"""Characters of one field; a stray quote mark would otherwise swallow the rest of a file."""

_CLASSES = {"0": False, "1": True}
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:a|b|i|s|u|em|strong|span|p)(?:\s[^<>]{0,2000})?>", re.IGNORECASE)


class BadFile(ValueError):
    """The file is none of labelled comments; the message says what is wrong in one line, without the file's name."""


@dataclass(frozen=True)
class Labelled:
    """A comment as it was typed, the name of who sent it, and whether it is spam."""

    text: str
    name: str
    is_spam: bool


def read_labelled(path: Path) -> list[Labelled]:
    """The comments of a file in its order. Raises BadFile, and OSError where it cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            comments = list(_comments(lines))
    except UnicodeDecodeError:
        raise BadFile("is not text in UTF-8") from None
    except csv.Error as fault:
        raise BadFile(f"is no CSV file: {fault}") from None
    if not comments:
        raise BadFile("holds no comments")
    return comments


def different(comments: list[Labelled]) -> list[tuple[str, Labelled]]:
    """The comments with their digests, each text once a label: copies would teach the same many times over."""
    once = {(digest_of_text(comment.text), comment.is_spam): comment for comment in reversed(comments)}
    return [(digest, comment) for (digest, _), comment in reversed(once.items())]


def as_typed(text: str) -> str:
    """A text without the HTML that an interface put into it."""
    lines = _TAG.sub("", _BREAK.sub("\n", text))
    return normalise(html.unescape(html.unescape(lines))).strip()


def _comments(lines: Iterator[str]) -> Iterator[Labelled]:
    csv.field_size_limit(LONGEST_TEXT)
    rows = csv.DictReader(lines, strict=True)
    if missing := [column for column in COLUMNS if column not in (rows.fieldnames or ())]:
        raise BadFile(f"has no column {' and no '.join(missing)}; it takes {', '.join(COLUMNS)}")
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise BadFile(f"holds more than {MOST_ROWS:,} comments")
        content, author, label = (row[column] for column in COLUMNS)
        if content is None or author is None or label not in _CLASSES:
            raise BadFile(f"line {rows.line_num}: CLASS is 1 for spam or 0 for none, not {(label or '')[:20]!r}")
        yield Labelled(as_typed(content), as_typed(author), _CLASSES[label])
