"""A discussion as a page shows it: threads whose replies are indented once and say whom they answer."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from markupsafe import Markup


class CommentRow(NamedTuple):
    """A comment as it comes from the store; `thread_id` is None for the one that began the thread.

    One that is not shown was removed, and is here because answers to it stay.
    """

    id: int
    parent_id: int | None
    thread_id: int | None
    name: str
    html: Markup
    created_at: datetime
    is_shown: bool


class Entry(NamedTuple):
    """What stands in one place of a thread: an approved comment, or a tombstone for one that was removed.

    A tombstone has an empty `anchor`. `is_reply` tells the replies from what began the thread; `opens_replies` is the
    first of them; `is_below_comment` is one below a comment, not below a tombstone. `in_reply_to` and its anchor are
    empty where the comment that is answered was removed.
    """

    anchor: str = ""
    name: str = ""
    html: Markup = Markup()
    created_at: datetime | None = None
    reply_url: str = ""
    is_reply: bool = False
    opens_replies: bool = False
    is_below_comment: bool = False
    in_reply_to: str = ""
    in_reply_to_anchor: str = ""


class Thread(NamedTuple):
    """The first comment and the replies to it, oldest first; `reply_count` counts the replies that are shown."""

    entries: tuple[Entry, ...]
    reply_count: int


def threads_of(rows: Iterable[CommentRow], *, article_path: str) -> tuple[Thread, ...]:
    """The threads, oldest first like the replies in each; the rows are heads and replies in any order."""
    heads: list[CommentRow] = []
    below: dict[int, list[CommentRow]] = {}
    for row in sorted(rows, key=attrgetter("created_at", "id")):
        if row.thread_id is None:
            heads.append(row)
        else:
            below.setdefault(row.thread_id, []).append(row)
    return tuple(_thread(head, below.get(head.id, ()), article_path) for head in heads)


def _thread(head: CommentRow, replies: Sequence[CommentRow], article_path: str) -> Thread:
    first = _entry(head, article_path) if head.is_shown else Entry()
    return Thread((first, *_entries(head, replies, article_path)) if replies else (first,), len(replies))


def _entries(head: CommentRow, replies: Sequence[CommentRow], article_path: str) -> Iterator[Entry]:
    """The replies, and before the first answer to one that was removed the place where that one stood."""
    names = {row.id: row.name for row in replies}
    if head.is_shown:
        names[head.id] = head.name
    told: set[int | None] = {head.id, *names}
    opens = True
    for row in replies:
        if row.parent_id not in told:
            told.add(row.parent_id)
            yield Entry(is_reply=True, opens_replies=opens)
            opens = False
        answered = names.get(row.parent_id or 0, "")
        yield _entry(row, article_path)._replace(
            is_reply=True,
            opens_replies=opens,
            is_below_comment=head.is_shown,
            in_reply_to=answered,
            in_reply_to_anchor=anchor_of(row.parent_id) if answered and row.parent_id else "",
        )
        opens = False


def _entry(row: CommentRow, article_path: str) -> Entry:
    return Entry(anchor_of(row.id), row.name, row.html, row.created_at, f"{article_path}?reply={row.id}#comment-form")


def anchor_of(comment_id: int) -> str:
    """The id of the element that a comment is, with which its address ends."""
    return f"comment-{comment_id}"
