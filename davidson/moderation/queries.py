"""The queue: a page of cards in a state, the counts of the tabs, and where a moderator goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import aliased

from davidson.accounts.models import Staff
from davidson.articles.cards import Link, article_path, section_path
from davidson.articles.models import Article, Section
from davidson.audit.models import AuditEntry
from davidson.comments.models import Comment
from davidson.comments.reasons import reason_label
from davidson.comments.states import subject_of
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation.cards import (
    Answered,
    QueueCard,
    findings_of,
    suggested_reason,
)
from davidson.moderation.decisions import ALLOWED, Decision
from davidson.moderation.evidence import (
    MOST_EVENTS,
    noted_columns,
    noted_in,
    recent_events,
    record_columns,
    record_in,
)
from davidson.moderation.filters import EVERYTHING, NETWORK, TOKEN, Filter, reference_to
from davidson.moderation.history import Event, event_of
from davidson.moderation.marking import segments_of
from davidson.moderation.narrowing import MOST_COUNTED, PLACED, counts_of, page_of, without
from davidson.moderation.ordering import cursor_at, first_in, later_in, next_in_tab, values_of
from davidson.moderation.requests import Waiting, all_counts, waiting_requests
from davidson.text.excerpt import excerpt
from davidson.web.filters import count
from davidson.web.paging import MOST, Cursor

PAGE_SIZE = 25
PARENT_LENGTH = 200
# Of a comment's log, what a card in the queue shows.
RECENT_EVENTS = 3

Parent = aliased(Comment)


@dataclass(frozen=True)
class QueuePage:
    """A page of one tab. `counts` holds every state, `waiting` what readers ask for; `following` is where the next page
    begins.

    `is_filtered` says whether some comments are left out; then none is counted further than MOST_COUNTED. `is_short`
    says that the page ends where looking for more that fit took too long.
    """

    status: CommentStatus
    counts: dict[CommentStatus, int]
    waiting: Waiting
    cards: tuple[QueueCard, ...] = ()
    following: Cursor | None = None
    is_filtered: bool = False
    is_short: bool = False

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def told(self) -> dict[CommentStatus, str]:
        """The counts as they are shown."""
        return {status: self._number(number, MOST_COUNTED) for status, number in self.counts.items()}

    @property
    def total_told(self) -> str:
        """All of them together, as it is shown: "1 comment", "1,204 comments", "1,000+ comments"."""
        is_more = self.is_filtered and any(number > MOST_COUNTED for number in self.counts.values())
        return f"{MOST_COUNTED:,}+ comments" if is_more else count(self.total, "comment")

    def _number(self, number: int, most: int) -> str:
        return f"{most:,}+" if self.is_filtered and number > most else f"{number:,}"


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


def queue_page(status: CommentStatus, *, after: Cursor | None, chosen: Filter = EVERYTHING) -> QueuePage:
    """One page of a tab: what waits, oldest first; else what was decided last, first; of what fits the filter."""
    if chosen:
        return _filtered_page(status, after, chosen)
    statement = _page(waiting=status is CommentStatus.PENDING, continued=after is not None)
    rows = db.session.execute(statement, values_of(status, after)).all()
    shown = rows[:PAGE_SIZE]
    # What was only sent tells nothing that its card does not, and most of what waits was only sent.
    versions = {row.id: row.version for row in shown if row.version > 1}
    counts, waiting = all_counts()
    return QueuePage(
        status=status,
        counts=counts,
        waiting=waiting,
        cards=_cards(shown, recent_events(versions, each=RECENT_EVENTS)),
        following=cursor_at(shown[-1]) if len(rows) > PAGE_SIZE else None,
    )


def empty_page(status: CommentStatus) -> QueuePage:
    """A page of a tab without cards, for where nothing is looked for yet."""
    return QueuePage(status, *all_counts())


def cards_of(ids: Sequence[int]) -> tuple[QueueCard, ...]:
    """The cards of some comments, in the order of the ids."""
    if not ids:
        return ()
    with without("seqscan"):
        by_id = {row.id: row for row in db.session.execute(_CARDS.where(Comment.id.in_(ids)))}
    rows = [by_id[comment_id] for comment_id in ids if comment_id in by_id]
    versions = {row.id: row.version for row in rows if row.version > 1}
    return _cards(rows, recent_events(versions, each=RECENT_EVENTS))


def next_fitting(comment_id: int, chosen: Filter) -> int | None:
    """The comment that comes after one where it stands now, of those that fit the filter."""
    row = db.session.execute(select(*PLACED).where(Comment.id == comment_id)).one_or_none()
    if row is None:
        return None
    return next(iter(page_of(chosen, row.status, after=cursor_at(row), size=1).ids), None)


def likeness_row(comment_id: int) -> Any | None:
    """What of a comment others are compared with; None where there is none, or its words are erased."""
    if not 0 < comment_id <= MOST:
        return None
    columns = (Comment.id, Comment.status, Comment.sender, Comment.source)
    row = db.session.execute(select(*columns).where(Comment.id == comment_id)).one_or_none()
    return row if row and row.status is not CommentStatus.DELETED else None


def card_with_history(comment_id: int) -> QueueCard | None:
    """One comment with all that ever happened to it."""
    if not 0 < comment_id <= MOST:
        return None
    row = db.session.execute(_CARDS.where(Comment.id == comment_id)).one_or_none()
    return _cards([row], recent_events({row.id: row.version}, each=MOST_EVENTS))[0] if row else None


def place_in_queue(comment_id: int) -> Place | None:
    """Where a comment stands now; None where there is no such comment."""
    if not 0 < comment_id <= MOST:
        return None
    row = db.session.execute(_PLACE, {"comment": comment_id}).one_or_none()
    return Place(*row) if row else None


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
    return LastAct(
        comment_id=comment_id,
        version=row.version,
        name=row.name,
        event=event_of(entry, row.staff_name),
        actor_id=entry.actor_id,
    )


def _filtered_page(status: CommentStatus, after: Cursor | None, chosen: Filter) -> QueuePage:
    found = page_of(chosen, status, after=after, size=PAGE_SIZE)
    return QueuePage(
        status=status,
        counts=counts_of(chosen),
        waiting=waiting_requests(),
        cards=cards_of(found.ids),
        following=found.following,
        is_filtered=True,
        is_short=found.is_short,
    )


@cache
def _page(*, waiting: bool, continued: bool) -> Select[*tuple[Any, ...]]:
    """The statement for a page of a tab, made once: to make it takes longer than to run it."""
    return (later_in if continued else first_in)(_CARDS, waiting=waiting).limit(PAGE_SIZE + 1)


# What cards are made of but for the log.
_CARDS = (
    select(
        Comment.id,
        Comment.version,
        Comment.status,
        Comment.reason,
        Comment.name,
        Comment.source,
        Comment.html,
        Comment.findings,
        Comment.created_at,
        Comment.edited_at,
        Comment.decided_at,
        Comment.parent_id,
        Comment.author_key,
        Comment.sender,
        Article.headline,
        Article.slug,
        Article.lang,
        Article.retracted_at,
        Section.name.label("section_name"),
        Section.slug.label("section_slug"),
        Parent.name.label("parent_name"),
        Parent.html.label("parent_html"),
        Parent.status.label("parent_status"),
        *record_columns(),
        *noted_columns(),
    )
    .join(Article, Article.id == Comment.article_id)
    .outerjoin(Section, Section.id == Article.section_id)
    .outerjoin(Parent, Parent.id == Comment.parent_id)
)
_PLACE = select(Comment.status, next_in_tab()).where(Comment.id == bindparam("comment"))


def _cards(rows: Sequence[Any], histories: Mapping[int, tuple[Event, ...]]) -> tuple[QueueCard, ...]:
    return tuple(_card(row, history=histories.get(row.id, ())) for row in rows)


def _card(row: Any, *, history: tuple[Event, ...]) -> QueueCard:
    findings = findings_of(row.findings)
    status: CommentStatus = row.status
    return QueueCard(
        id=row.id,
        version=row.version,
        status=status,
        reason=reason_label(row.reason),
        name=row.name,
        html=row.html,
        created_at=row.created_at,
        edited_at=row.edited_at,
        headline=row.headline,
        slug=row.slug,
        article_url=article_path(row.slug),
        article_lang=row.lang,
        is_taken_back=row.retracted_at is not None,
        section=Link(row.section_name, section_path(row.section_slug)) if row.section_slug else None,
        parent=_answered(row),
        segments=segments_of(row.source, (place for finding in findings for place in finding.places)),
        findings=findings,
        record=record_in(row),
        noted=noted_in(row),
        network=reference_to(NETWORK, row.id, row.sender),
        token=reference_to(TOKEN, row.id, row.author_key),
        suggested=suggested_reason(findings),
        history=history,
        decisions=tuple(decision for decision in Decision if status in ALLOWED[decision]),
        is_undoable=bool(history) and history[0].version == row.version and history[0].is_decision,
    )


def _answered(row: Any) -> Answered | None:
    if row.parent_id is None:
        return None
    return Answered(row.parent_id, row.parent_name, excerpt(row.parent_html, PARENT_LENGTH), row.parent_status)
