"""A discussion as a page shows it: threads whose replies stand up to three deep and say whom they answer."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from markupsafe import Markup

DEEPEST = 3
"""How deep replies are set in. What answers one of the deepest stands beside it, in the order of time."""

Key = tuple[int, ...]


class CommentRow(NamedTuple):
    """A comment as it comes from the store; `thread_id` is None for the one that began the thread.

    One that is not shown was removed, and is here because answers to it stay. `heated_until` counts for what began the
    thread alone. `is_above` is an editor's pick in its place above the threads.
    """

    id: int
    parent_id: int | None
    thread_id: int | None
    name: str
    html: Markup
    created_at: datetime
    by_staff: bool
    picked_at: datetime | None
    heated_until: datetime | None
    is_shown: bool
    is_above: bool


class Entry(NamedTuple):
    """What stands in one place of a thread: an approved comment, or a tombstone for one that was removed.

    A tombstone has an empty `anchor`. `depth` is 0 for what began the thread, for replies how deep they are set in;
    `opens_replies` is the first of them; `is_below_comment` is one below a comment, not below a tombstone. `url` is the
    comment's permanent address. `in_reply_to` and its anchor are empty where the comment that is answered was removed.
    """

    anchor: str = ""
    name: str = ""
    html: Markup = Markup()
    created_at: datetime | None = None
    url: str = ""
    reply_url: str = ""
    by_staff: bool = False
    is_pick: bool = False
    depth: int = 0
    opens_replies: bool = False
    is_below_comment: bool = False
    in_reply_to: str = ""
    in_reply_to_anchor: str = ""


class Thread(NamedTuple):
    """The first comment and the replies to it, oldest first; `reply_count` counts the replies that are shown.

    `heated_until` is the end of the time for which replies are slowed down, which may be over.
    """

    entries: tuple[Entry, ...]
    reply_count: int
    heated_until: datetime | None


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


def unknown_parents(rows: Collection[CommentRow]) -> set[int]:
    """The ids of the comments that some of the rows answer and that are not among them: they were removed."""
    known = {row.id for row in rows}
    return {row.parent_id for row in rows if row.parent_id is not None} - known


def _thread(head: CommentRow, replies: Sequence[CommentRow], article_path: str) -> Thread:
    first = _entry(head, article_path) if head.is_shown else Entry()
    entries = (first, *_entries(head, replies, article_path)) if replies else (first,)
    return Thread(entries, sum(row.is_shown for row in replies), head.heated_until)


def _entries(head: CommentRow, replies: Sequence[CommentRow], article_path: str) -> Iterator[Entry]:
    """The replies in the order in which they are read, with the places where some stood that were removed."""
    names = {row.id: row.name for row in (head, *replies) if row.is_shown}
    opens = True
    for key, row in _in_order(head, replies):
        answered = names.get(row.parent_id or 0, "") if row else ""
        entry = _entry(row, article_path) if row and row.is_shown else Entry()
        yield entry._replace(
            depth=len(key),
            opens_replies=opens,
            is_below_comment=head.is_shown,
            in_reply_to=answered if entry.anchor else "",
            in_reply_to_anchor=anchor_of(row.parent_id) if row and answered and row.parent_id else "",
        )
        opens = False


def _in_order(head: CommentRow, replies: Sequence[CommentRow]) -> list[tuple[Key, CommentRow | None]]:
    """Each reply with its key, by which they sort: as many numbers as it is deep. None for one that is not known.

    The replies come in the order of time.
    """
    known = {row.id for row in replies}
    keys: dict[int | None, Key] = {head.id: ()}
    placed: list[tuple[Key, CommentRow | None]] = []
    for number, row in enumerate(replies):
        if row.parent_id not in keys and row.parent_id not in known:
            keys[row.parent_id] = (number,)
            placed.append(((number,), None))
        # One that is older than what it answers, by the clock of wherever it was imported from, answers the first.
        above = keys.get(row.parent_id, ())
        key = keys[row.id] = (*above[: DEEPEST - 1], number)
        placed.append((key, row))
    return sorted(placed, key=_key_of)


def _key_of(place: tuple[Key, CommentRow | None]) -> Key:
    return place[0]


def _entry(row: CommentRow, article_path: str) -> Entry:
    return Entry(
        anchor_of(row.id),
        row.name,
        row.html,
        row.created_at,
        comment_path(article_path, row.id),
        f"{article_path}?reply={row.id}#comment-form",
        row.by_staff,
        row.picked_at is not None,
    )


def anchor_of(comment_id: int) -> str:
    """The id of the element that a comment is, with which its address ends."""
    return f"comment-{comment_id}"


def comment_path(article_path: str, comment_id: int) -> str:
    """A comment's permanent address, which leads to the page on which it stands."""
    return f"{article_path}/comments/{comment_id}"
