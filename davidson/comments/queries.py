"""What is asked of comments: an article's approved threads, a comment with what waits, what is kept too long."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
)

from davidson.articles.models import Article
from davidson.articles.queries import is_public
from davidson.comments.models import (
    IN_THREAD_HEADS,
    IS_PICKED,
    NETWORK_KEPT,
    Appeal,
    Comment,
    PageBegin,
    Proposal,
    Report,
)
from davidson.comments.pages import THREADS_PER_PAGE, Order, Place, Stretch, number_of_pages, stretch_of
from davidson.comments.picks import MOST_PICKS, Pick, picks_of
from davidson.comments.status import CommentStatus
from davidson.comments.threads import CommentRow, Thread, threads_of, unknown_parents
from davidson.database import db
from davidson.pagecache.dependencies import due, shows
from davidson.pagecache.tags import tag_of
from davidson.statements import Statement

APPROVED = Comment.status == CommentStatus.APPROVED


def _page(*begin: ColumnElement[bool], cut: bool = False) -> CompoundSelect[*tuple[Any, ...]]:
    """The comments of one page: the heads of its threads, the approved replies to them, and the picks above.

    `cut` is for a page that begins within one of those whose beginnings are kept, and may be short.
    """
    comment = Comment.__table__.c
    heads = (
        select(comment.id, comment.reply_count)
        .where(comment.article_id == bindparam("article_id"), IN_THREAD_HEADS, *begin)
        .order_by(comment.created_at, comment.id)
    )
    # What is passed over is less than a page.
    heads = (
        heads.limit(bindparam("number", type_=Integer())).offset(bindparam("skip", type_=Integer()))
        if cut
        else heads.limit(literal_column(str(THREADS_PER_PAGE)))
    )
    chosen = heads.cte("heads")
    shown = (
        *(comment.id, comment.parent_id, comment.thread_id, comment.name, comment.html, comment.created_at),
        comment.staff_id.is_not(None).label("by_staff"),
        comment.picked_at,
        comment.heated_until,
    )
    is_approved = comment.status == CommentStatus.APPROVED
    answered = select(chosen.c.id).where(chosen.c.reply_count > 0)
    # Unordered, for SQLite would take an order of both parts from an index of all comments; and `IS TRUE` keeps it from
    # the index of states, which holds nearly all of them too.
    return union_all(
        select(*shown, is_approved.label("is_shown"), false().label("is_above")).where(
            comment.id.in_(select(chosen.c.id))
        ),
        select(*shown, true(), false()).where(comment.thread_id.in_(answered), is_approved.is_(true())),
        select(*shown, true(), true()).where(comment.id.in_(select(_picks().c.id))),
    )


def _picks() -> CTE:
    """The ids of the article's last picks: together with its threads, for a query of their own costs more."""
    comment = Comment.__table__.c
    return (
        select(comment.id)
        .where(comment.article_id == bindparam("article_id"), IS_PICKED, comment.status == CommentStatus.APPROVED)
        .order_by(comment.picked_at.desc(), comment.id.desc())
        .limit(literal_column(str(MOST_PICKS)))
        .cte("picks")
    )


def _begin_of_page() -> ColumnElement[bool]:
    """Whether a comment stands on the page or after it."""
    page = PageBegin.__table__.c
    here = and_(page.article_id == bindparam("article_id"), page.number == bindparam("page"))
    first_at, first_id = (select(column).where(here).scalar_subquery() for column in (page.first_at, page.first_id))
    return tuple_(Comment.__table__.c.created_at, Comment.__table__.c.id) >= tuple_(first_at, first_id)


FIRST_PAGE, LATER_PAGE = Statement(_page()), Statement(_page(_begin_of_page()))
_HEAD = Comment.__table__.alias("head")
_SEEN = and_(
    Article.__table__.c.slug == bindparam("slug"),
    Comment.__table__.c.id == bindparam("comment_id"),
    Comment.__table__.c.status == CommentStatus.APPROVED,
    is_public(bindparam("at")),
)
_BELOW = Article.__table__.join(Comment.__table__, Comment.__table__.c.article_id == Article.__table__.c.id)
_STANDPOINT = Statement(
    select(
        Article.__table__.c.slug,
        Article.__table__.c.thread_count,
        _HEAD.c.article_id,
        _HEAD.c.created_at,
        _HEAD.c.id,
    )
    .select_from(_BELOW.join(_HEAD, _HEAD.c.id == func.coalesce(Comment.__table__.c.thread_id, Comment.__table__.c.id)))
    .where(_SEEN)
)
_REPORTED = Statement(
    select(
        Article.__table__.c.slug,
        Article.__table__.c.headline,
        Comment.__table__.c.id,
        Comment.__table__.c.name,
        Comment.__table__.c.html,
    )
    .select_from(_BELOW)
    .where(_SEEN)
)
CUT_FROM_FIRST, CUT_FROM_LATER = Statement(_page(cut=True)), Statement(_page(_begin_of_page(), cut=True))


@dataclass(frozen=True)
class ThreadPage:
    """One page of an article's discussion; `pages` is at least 1. Picks stand above the first page alone."""

    picks: tuple[Pick, ...]
    threads: tuple[Thread, ...]
    page: int
    pages: int
    order: Order


def approved_threads(
    article_id: int, *, threads: int, page: int, article_path: str, at: datetime, order: Order = Order.OLDEST
) -> ThreadPage | None:
    """The page of that number, counted from 1, of a discussion of so many threads; None where there is no such page."""
    shows(tag_of("article", article_id))
    pages = number_of_pages(threads)
    if not 1 <= page <= pages:
        return None
    rows = _rows(article_id, stretch_of(page, order, threads=threads)) if threads else []
    due(*(row.heated_until for row in rows), after=at)
    above = [row for row in rows if row.is_above] if page == 1 else []
    found = threads_of((row for row in rows if not row.is_above), article_path=article_path)
    return ThreadPage(
        picks=picks_of(above, article_path=article_path),
        threads=found if order is Order.OLDEST else found[::-1],
        page=page,
        pages=pages,
        order=order,
    )


def _rows(article_id: int, stretch: Stretch) -> list[Any]:
    """The rows of these threads, with the removed replies that are answered in them."""
    if stretch.skip or stretch.number < THREADS_PER_PAGE:
        cut = CUT_FROM_FIRST if stretch.page == 1 else CUT_FROM_LATER
        rows = cut.all(article_id=article_id, page=stretch.page, skip=stretch.skip, number=stretch.number)
    else:
        rows = (FIRST_PAGE if stretch.page == 1 else LATER_PAGE).all(article_id=article_id, page=stretch.page)
    removed = unknown_parents([row for row in rows if not row.is_above])
    return [*rows, *_tombstones(removed)] if removed else rows


def _tombstones(removed: Collection[int]) -> Iterator[CommentRow]:
    """Where replies stood that were removed and answered, without a word of them."""
    columns = (Comment.id, Comment.parent_id, Comment.thread_id, Comment.created_at)
    for row in db.session.execute(select(*columns).where(Comment.id.in_(removed), Comment.thread_id.is_not(None))):
        yield CommentRow(*row[:3], "", Markup(""), row.created_at, False, None, None, is_shown=False, is_above=False)


class Standpoint(NamedTuple):
    """Where a comment that readers see stands: under which article, in which thread, of how many."""

    slug: str
    head: Place
    threads: int


def standpoint(slug: str, comment_id: int, at: datetime) -> Standpoint | None:
    """Where an approved comment stands below the article with that slug, if readers see that at that moment."""
    row = _STANDPOINT.first(slug=slug, comment_id=comment_id, at=at)
    return Standpoint(row.slug, Place(row.article_id, row.created_at, row.id), row.thread_count) if row else None


class Reported(NamedTuple):
    """A comment that may be reported, as the form shows it."""

    slug: str
    headline: str
    id: int
    name: str
    html: Markup


def reported_comment(slug: str, comment_id: int, at: datetime) -> Reported | None:
    """An approved comment below the article with that slug, if readers see that at that moment."""
    row = _REPORTED.first(slug=slug, comment_id=comment_id, at=at)
    return Reported(*row) if row else None


def approved_comment(comment_id: int, *, article_id: int) -> Comment | None:
    """That comment, if it is approved and stands under that article."""
    return db.session.scalar(
        select(Comment).where(Comment.id == comment_id, Comment.article_id == article_id, APPROVED)
    )


def article_by_slug(slug: str) -> Article | None:
    """The article alone, without what its page shows."""
    return db.session.scalar(select(Article).where(Article.slug == slug))


def comment_by_receipt(receipt_hash: str) -> Comment | None:
    """The comment whose receipt has that hash."""
    return db.session.scalar(select(Comment).where(Comment.receipt_hash == receipt_hash))


def proposal_for(comment_id: int) -> Proposal | None:
    """The text that waits to take the place of an approved comment's, as the store has it now."""
    return db.session.get(Proposal, comment_id, populate_existing=True)


def appeal_about(comment_id: int) -> Appeal | None:
    """The appeal against a comment's refusal, as the store has it now."""
    return db.session.get(Appeal, comment_id, populate_existing=True)


def old_networks(until: datetime, *, most: int) -> Select[int]:
    """The comments sent until then whose network is still kept, oldest first, that nobody else holds just now."""
    sent = select(Comment.id).where(NETWORK_KEPT, Comment.created_at <= until)
    return sent.order_by(Comment.created_at, Comment.id).limit(most).with_for_update(skip_locked=True)


def old_reports(until: datetime, *, most: int) -> Select[int, str]:
    """The keys of reports made until then, oldest first, that nobody else holds just now."""
    made = select(Report.comment_id, Report.network).where(Report.created_at <= until)
    return made.order_by(Report.created_at).limit(most).with_for_update(skip_locked=True)


def old_spam(until: datetime, *, most: int) -> Select[int]:
    """The comments that are spam since then or longer, oldest first, that nobody else holds just now."""
    spam = select(Comment.id).where(Comment.status == CommentStatus.SPAM, Comment.decided_at <= until)
    return spam.order_by(Comment.decided_at, Comment.id).limit(most).with_for_update(skip_locked=True)
