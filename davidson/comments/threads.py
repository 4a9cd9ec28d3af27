"""A discussion as a page shows it: threads whose replies are indented once and say whom they answer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class ShownComment:
    """An approved comment."""

    id: int
    name: str
    html: Markup
    created_at: datetime
    reply_url: str


@dataclass(frozen=True)
class Reply:
    """A comment below the first of its thread; `in_reply_to` is empty where the one it answers was removed.

    `comment` is None where it was removed itself and answers to it stay.
    """

    comment: ShownComment | None
    in_reply_to: str
    in_reply_to_id: int | None


@dataclass(frozen=True)
class Thread:
    """The first comment and its replies, oldest first; `comment` is None where it was removed and replies stay."""

    comment: ShownComment | None
    replies: tuple[Reply, ...]

    @property
    def reply_count(self) -> int:
        """How many replies are shown; a removed one is not."""
        return sum(reply.comment is not None for reply in self.replies)


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
    names = {row.id: row.name for row in replies}
    if head.is_shown:
        names[head.id] = head.name
    return Thread(
        comment=_shown(head, article_path) if head.is_shown else None,
        replies=tuple(_with_tombstones(replies, names, head_id=head.id, article_path=article_path)),
    )


def _with_tombstones(
    replies: Sequence[CommentRow], names: Mapping[int, str], *, head_id: int, article_path: str
) -> Iterator[Reply]:
    """The replies, and before the first answer to one that was removed the place where that one stood."""
    told: set[int | None] = {head_id, *names}
    for row in replies:
        if row.parent_id not in told:
            told.add(row.parent_id)
            yield Reply(comment=None, in_reply_to="", in_reply_to_id=None)
        yield Reply(
            comment=_shown(row, article_path),
            in_reply_to=names.get(row.parent_id or 0, ""),
            in_reply_to_id=row.parent_id if row.parent_id in names else None,
        )


def _shown(row: CommentRow, article_path: str) -> ShownComment:
    return ShownComment(
        id=row.id,
        name=row.name,
        html=row.html,
        created_at=row.created_at,
        reply_url=f"{article_path}?reply={row.id}#comment-form",
    )
