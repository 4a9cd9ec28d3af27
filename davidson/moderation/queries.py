"""The queue: a page of cards in a state, the counts of the tabs, and where a moderator goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import aliased

from davidson.accounts.models import Staff
from davidson.articles.cards import Link, article_path, section_path
from davidson.articles.models import Article, Section
from davidson.audit.models import AuditEntry
from davidson.comments.models import Comment
from davidson.comments.states import subject_of
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation.cards import (
    TABS,
    Answered,
    QueueCard,
    Record,
    findings_of,
    record_of,
    suggested_reason,
)
from davidson.moderation.decisions import ALLOWED, Decision
from davidson.moderation.evidence import MOST_EVENTS, counts_by, others, recent_events
from davidson.moderation.history import Event, event_of, reason_label
from davidson.moderation.marking import segments_of
from davidson.tally import comments_tally, tallies
from davidson.text.excerpt import excerpt
from davidson.web.paging import MOST, Cursor

PAGE_SIZE = 25
PARENT_LENGTH = 200
# Of a comment's log, what a card in the queue shows.
RECENT_EVENTS = 3

Parent = aliased(Comment)


@dataclass(frozen=True)
class QueuePage:
    """A page of one tab. `counts` holds every state; `following` is where the next page begins."""

    status: CommentStatus
    counts: dict[CommentStatus, int]
    cards: tuple[QueueCard, ...]
    following: Cursor | None

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Place:
    """Where a comment stands in the queue: in which tab, and which comment comes after it there."""

    status: CommentStatus
    next_id: int | None


@dataclass(frozen=True)
class LastAct:
    """The last thing that happened to a comment, and by whom of the staff."""

    comment_id: int
    version: int
    name: str
    event: Event
    actor_id: int | None


def queue_page(status: CommentStatus, *, after: Cursor | None) -> QueuePage:
    """One page of a tab: what waits, oldest first; else what was decided last, first."""
    statement = _in_order(_cards_with_all(), status).where(Comment.status == status)
    if after:
        statement = _beyond(statement, status, after)
    rows = db.session.execute(statement.limit(PAGE_SIZE + 1)).all()
    shown = rows[:PAGE_SIZE]
    return QueuePage(
        status=status,
        counts=status_counts(),
        cards=_cards(shown, events=RECENT_EVENTS),
        following=_cursor(shown[-1].Comment) if len(rows) > PAGE_SIZE else None,
    )


def card_with_history(comment_id: int) -> QueueCard | None:
    """One comment with all that ever happened to it."""
    if not 0 < comment_id <= MOST:
        return None
    row = db.session.execute(_cards_with_all().where(Comment.id == comment_id)).one_or_none()
    return _cards([row], events=MOST_EVENTS)[0] if row else None


def status_counts() -> dict[CommentStatus, int]:
    """How many comments there are in each state."""
    numbers = tallies()
    return {status: numbers.get(comments_tally(status), 0) for status in TABS}


def place_in_queue(comment_id: int) -> Place | None:
    """Where a comment stands now; None where there is no such comment."""
    if not 0 < comment_id <= MOST:
        return None
    comment = db.session.get(Comment, comment_id)
    if comment is None:
        return None
    waiting = _in_order(select(Comment.id).where(Comment.status == comment.status), comment.status)
    next_id = db.session.scalar(_beyond(waiting, comment.status, _cursor(comment)).limit(1))
    return Place(comment.status, next_id)


def last_act(comment_id: int) -> LastAct | None:
    """What was done last to a comment; None where there is no such comment, or nothing is written of it."""
    if not 0 < comment_id <= MOST:
        return None
    row = db.session.execute(
        select(Comment.name, Comment.version, AuditEntry, Staff.name.label("staff_name"))
        .join(AuditEntry, AuditEntry.version == Comment.version)
        .outerjoin(Staff, Staff.id == AuditEntry.actor_id)
        .where(Comment.id == comment_id, AuditEntry.subject == subject_of(comment_id))
    ).one_or_none()
    if row is None:
        return None
    entry = row.AuditEntry
    names = {entry.actor_id: row.staff_name} if row.staff_name else {}
    return LastAct(
        comment_id=comment_id,
        version=row.version,
        name=row.name,
        event=event_of(entry, names),
        actor_id=entry.actor_id,
    )


def _cards_with_all() -> Select[*tuple[Any, ...]]:
    """What cards are made of but for the log and the senders' records."""
    return (
        select(
            Comment,
            Article.headline,
            Article.slug,
            Article.lang,
            Article.retracted_at,
            Section.name.label("section_name"),
            Section.slug.label("section_slug"),
            Parent.name.label("parent_name"),
            Parent.html.label("parent_html"),
            Parent.status.label("parent_status"),
        )
        .join(Article, Article.id == Comment.article_id)
        .outerjoin(Section, Section.id == Article.section_id)
        .outerjoin(Parent, Parent.id == Comment.parent_id)
    )


def _in_order(statement: Select[*tuple[Any, ...]], status: CommentStatus) -> Select[*tuple[Any, ...]]:
    if status is CommentStatus.PENDING:
        return statement.order_by(Comment.created_at, Comment.id)
    return statement.order_by(Comment.decided_at.desc(), Comment.id.desc())


def _beyond(statement: Select[*tuple[Any, ...]], status: CommentStatus, place: Cursor) -> Select[*tuple[Any, ...]]:
    """What comes after that place in the order of a tab."""
    if status is CommentStatus.PENDING:
        return statement.where(tuple_(Comment.created_at, Comment.id) > tuple_(place.at, place.id))
    return statement.where(tuple_(Comment.decided_at, Comment.id) < tuple_(place.at, place.id))


def _cursor(comment: Comment) -> Cursor:
    moment = comment.created_at if comment.status is CommentStatus.PENDING else comment.decided_at
    return Cursor(moment, comment.id)


def _cards(rows: Sequence[Any], *, events: int) -> tuple[QueueCard, ...]:
    """Make cards; the number of queries does not depend on how many."""
    comments = [row.Comment for row in rows]
    histories = recent_events(comments, each=events)
    with_token = counts_by(Comment.author_key, comments)
    from_network = counts_by(Comment.sender, comments)
    return tuple(
        _card(
            row,
            record=record_of(
                others(with_token, row.Comment.author_key, row.Comment.status),
                others(from_network, row.Comment.sender, row.Comment.status),
            ),
            history=histories[row.Comment.id],
        )
        for row in rows
    )


def _card(row: Any, *, record: Record, history: tuple[Event, ...]) -> QueueCard:
    comment: Comment = row.Comment
    findings = findings_of(comment.findings)
    return QueueCard(
        id=comment.id,
        version=comment.version,
        status=comment.status,
        reason=reason_label(comment.reason),
        name=comment.name,
        html=comment.html,
        created_at=comment.created_at,
        edited_at=comment.edited_at,
        headline=row.headline,
        article_url=article_path(row.slug),
        article_lang=row.lang,
        is_taken_back=row.retracted_at is not None,
        section=Link(row.section_name, section_path(row.section_slug)) if row.section_slug else None,
        parent=_answered(row),
        segments=segments_of(comment.source, (place for finding in findings for place in finding.places)),
        findings=findings,
        record=record,
        suggested=suggested_reason(findings),
        history=history,
        decisions=tuple(decision for decision in Decision if comment.status in ALLOWED[decision]),
        is_undoable=bool(history) and history[0].version == comment.version and history[0].is_decision,
    )


def _answered(row: Any) -> Answered | None:
    parent_id = row.Comment.parent_id
    if parent_id is None:
        return None
    return Answered(parent_id, row.parent_name, excerpt(row.parent_html, PARENT_LENGTH), row.parent_status)
