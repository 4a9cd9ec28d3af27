"""What is known of a comment's sender: how its comments fared, since when there are some, notes and bans.

Whatever there is of it is read from an index up to a bound, so that a network with a hundred thousand comments costs
what one with a hundred does.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Label, Select, bindparam, func, literal, select, union_all
from sqlalchemy.orm import aliased

from davidson.articles.cards import article_path
from davidson.articles.models import Article
from davidson.comments.bans import SenderKind
from davidson.comments.models import Comment
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation.bans import HeldBan, bans_on
from davidson.moderation.cards import Record
from davidson.moderation.history import state_told
from davidson.moderation.notes import Note, notes_on
from davidson.moderation.senders import KEYS
from davidson.moderation.timelines import in_time_order
from davidson.text.excerpt import excerpt

MOST_RECENT = 5
LENGTH = 100
# Of the source, for there may be marks that are not shown among its first characters.
CUT = 4 * LENGTH

Other = aliased(Comment)


@dataclass(frozen=True)
class SentBefore:
    """Another comment of the sender, in short; `text` is empty where it was withdrawn or erased."""

    id: int
    status: CommentStatus
    state: str
    created_at: datetime
    headline: str
    article_url: str
    text: str


@dataclass(frozen=True)
class SenderRecord:
    """What is known of an author token or of a network.

    `told` is its record in a few words. The moments are those of its first and its last comment. `recent` are the last
    others, the newest first.
    """

    kind: SenderKind
    told: str
    first_at: datetime
    last_at: datetime
    recent: tuple[SentBefore, ...]
    notes: Sequence[Note]
    ban: HeldBan | None


def seen_columns() -> list[Label[Any]]:
    """Columns beside a comment's own, for `records_in`: its sender's hashes, and its first and last moment by each."""
    keys = [column.label(f"key_{kind}") for kind, column in KEYS.items()]
    firsts = [_moment(kind, newest_first=False).label(f"first_{kind}") for kind in KEYS]
    return [*keys, *firsts, *(_moment(kind, newest_first=True).label(f"last_{kind}") for kind in KEYS)]


def records_in(row: Any, record: Record, *, now: datetime) -> tuple[SenderRecord, ...]:
    """What is known of the author token and of the network of a comment, of those that it has, in three queries.

    `row` is the comment's id with those columns, `record` that of its card.
    """
    values = row._mapping
    keys: dict[SenderKind, str] = {kind: values[f"key_{kind}"] for kind in KEYS if values[f"key_{kind}"] is not None}
    if not keys:
        return ()
    recent = _recent(row.id, keys)
    bans, notes = bans_on(keys.values(), now), notes_on(keys.values())
    return tuple(
        SenderRecord(
            kind=kind,
            told=record.token if kind is SenderKind.TOKEN else record.network,
            first_at=values[f"first_{kind}"],
            last_at=values[f"last_{kind}"],
            recent=tuple(recent[kind]),
            notes=notes.get(key, ()),
            ban=bans.get(key),
        )
        for kind, key in keys.items()
    )


def _moment(kind: SenderKind, *, newest_first: bool) -> Any:
    column = KEYS[kind]
    moments = in_time_order(select(Other.created_at), Other, column.key, column, newest_first=newest_first)
    return moments.limit(1).correlate(Comment).scalar_subquery()


def _recent(comment_id: int, keys: Mapping[SenderKind, str]) -> dict[SenderKind, list[SentBefore]]:
    found: dict[SenderKind, list[SentBefore]] = defaultdict(list)
    values = {_parameter(kind): keys.get(kind) for kind in KEYS}
    rows = db.session.execute(_RECENT, {"comment": comment_id} | values).all()
    for row in sorted(rows, key=lambda row: (row.created_at, row.id), reverse=True):
        found[SenderKind(row.kind)].append(
            SentBefore(
                id=row.id,
                status=row.status,
                state=state_told(row.status, is_erased=not row.begin),
                created_at=row.created_at,
                headline=row.headline,
                article_url=article_path(row.slug),
                text=excerpt(row.begin, LENGTH),
            )
        )
    return found


def _parameter(kind: SenderKind) -> str:
    return f"sender_{kind}"


def _last_sent(kind: SenderKind) -> Select[Any]:
    column = KEYS[kind]
    value = bindparam(_parameter(kind), type_=column.type)
    sent = in_time_order(select(Other.id), Other, column.key, value, newest_first=True)
    sent = sent.where(Other.id != bindparam("comment")).limit(MOST_RECENT)
    return select(literal(kind.value).label("kind"), sent.subquery().c.id)


def _with_words() -> Select[Any]:
    found = union_all(*(_last_sent(kind) for kind in KEYS)).subquery()
    begin = func.substr(Comment.source, 1, CUT).label("begin")
    return (
        select(
            found.c.kind,
            Comment.id,
            Comment.status,
            Comment.reason,
            Comment.created_at,
            begin,
            Article.headline,
            Article.slug,
        )
        .select_from(found)
        .join(Comment, Comment.id == found.c.id)
        .join(Article, Article.id == Comment.article_id)
    )


_RECENT = _with_words()
