"""How a mail looks: its headers, and plain text of 72 columns. Pure: no store, no server."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from typing import cast

from davidson.text.normalise import normalise

COLUMNS = 72
LONGEST_HEADER = 200


class _Whole:
    """A header that is one word, which must arrive as it is. `email` would encode one that is longer than a line."""

    max_count = 1
    parse = staticmethod(UnstructuredHeader.parse)

    def fold(self, *, policy: "Policy[EmailMessage]") -> str:
        """The header on one line, however long."""
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined] # It becomes a BaseHeader.


HEADERS = HeaderRegistry()
for _name in ("message-id", "list-id", "list-unsubscribe"):
    HEADERS.map_to_type(_name, cast("type[BaseHeader]", _Whole))
# Every server takes ASCII; what is more is encoded (RFC 2045 and 2047).
POLICY = SMTP.clone(cte_type="7bit", header_factory=HEADERS)


@dataclass(frozen=True)
class Link:
    """An address on a line of its own, which is never broken, under what it leads to."""

    label: str
    url: str


@dataclass(frozen=True)
class Quote:
    """Somebody's words, set off by `> `."""

    text: str


@dataclass(frozen=True)
class Letter:
    """What a mail says. A plain string is a paragraph; `unsubscribe_url` ends mails like it."""

    subject: str
    parts: Sequence[str | Link | Quote]
    unsubscribe_url: str = ""


@dataclass(frozen=True)
class Paper:
    """Who writes: the newsroom's name and origin, the address that mails come from, and the list they belong to.

    `list_id` is a name like that of a host (RFC 2919).
    """

    name: str
    origin: str
    sender: str
    list_id: str


def message_of(letter: Letter, paper: Paper, *, to: str, message_id: str, at: datetime) -> bytes:
    """The mail as a server takes it, with lines that end in CRLF. `to` is an address of ASCII characters alone."""
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(header_text(paper.name), addr_spec=paper.sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = header_text(letter.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    # RFC 3834: no machine answers this one.
    message["Auto-Submitted"] = "auto-generated"
    message["List-ID"] = f"<{paper.list_id}>"
    if letter.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        # RFC 8058 section 3.1 asks for HTTPS.
        if letter.unsubscribe_url.startswith("https://"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(body_of(letter, paper), charset="utf-8")
    return message.as_bytes()


def body_of(letter: Letter, paper: Paper) -> str:
    """The text of a mail, signed by the newsroom. Only an address is ever longer than 72 columns."""
    parts = "\n\n".join("\n".join(_lines(part)) for part in letter.parts)
    return f"{parts}\n\n-- \n{one_line(paper.name)}\n{paper.origin}\n"


def one_line(text: str) -> str:
    """A text without line ends, which would begin another header, and without what nobody sees."""
    return " ".join(normalise(text).split())


def header_text(text: str) -> str:
    """A text for a header.

    `email` decodes what looks encoded already (RFC 2047), and what comes out of that may hold a line end, and so one
    more header. Nor does it fold what has no space, and a line has at most 998 characters (RFC 5322 section 2.1.1).
    """
    return one_line(text).replace("=?", "= ?")[:LONGEST_HEADER]


def _lines(part: str | Link | Quote) -> Iterator[str]:
    match part:
        case Link(label, url):
            yield from _filled(label)
            yield url
        case Quote(text):
            yield from _filled(text, before="> ")
        case _:
            yield from _filled(part)


def _filled(text: str, *, before: str = "") -> list[str]:
    return textwrap.wrap(
        one_line(text), COLUMNS, initial_indent=before, subsequent_indent=before, break_on_hyphens=False
    )
