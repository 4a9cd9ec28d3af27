"""The pages of a discussion: where each begins is kept, so that the last page costs what the first does.

A page holds THREADS_PER_PAGE threads, oldest first. Counting to the page that is asked for would walk all before it.
So `article.thread_count` and, for each page from the second on, the comment that begins it are kept in step by the
transactions that let a thread appear or go. Most of those touch the last page alone.

With the newest first the last page is the one that may be short, so pages lie across two of those, with less than one
page to pass over: that is bounded, and nothing more has to be kept.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, bindparam, delete, func, insert, literal, select, tuple_

from davidson.articles.models import Article
from davidson.comments.models import IN_THREAD_HEADS, Comment, PageBegin
from davidson.database import db
from davidson.statements import Statement

THREADS_PER_PAGE = 50

_BEGIN = PageBegin.__table__.c
_FIRST = tuple_(_BEGIN.first_at, _BEGIN.first_id)
_HEAD = tuple_(bindparam("head_at", type_=_BEGIN.first_at.type), bindparam("head_id", type_=_BEGIN.first_id.type))
_LAST_BEGUN = (
    select(_BEGIN.number)
    .where(_BEGIN.article_id == bindparam("article_id"))
    .order_by(_BEGIN.first_at.desc(), _BEGIN.first_id.desc())
    .limit(1)
)
_BEGUN_BEFORE = Statement(_LAST_BEGUN.where(_FIRST < _HEAD))
_BEGUN_WITH = Statement(_LAST_BEGUN.where(_FIRST <= _HEAD))


class Order(StrEnum):
    """Which threads come first; the values are those of addresses."""

    OLDEST = "oldest"
    NEWEST = "newest"


@dataclass(frozen=True)
class Stretch:
    """Threads that follow each other, by age: `number` of them after `skip` others, from the beginning of a `page`.

    The page is one of those with the oldest thread first, and `skip` is less than it holds.
    """

    page: int
    skip: int
    number: int


@dataclass(frozen=True)
class Place:
    """Where a thread stands in a discussion: the article, and the moment and id of the comment that begins it."""

    article_id: int
    created_at: datetime
    id: int


def number_of_pages(threads: int) -> int:
    """How many pages so many threads take; a discussion without any has one too."""
    return max(1, -(-threads // THREADS_PER_PAGE))


def stretch_of(page: int, order: Order, *, threads: int) -> Stretch:
    """The threads on the page of that number, from 1 on, of a discussion of so many threads."""
    if order is Order.OLDEST:
        return Stretch(page, 0, THREADS_PER_PAGE)
    end = threads - (page - 1) * THREADS_PER_PAGE
    begin = max(0, end - THREADS_PER_PAGE)
    return Stretch(begin // THREADS_PER_PAGE + 1, begin % THREADS_PER_PAGE, end - begin)


def page_of(comment: Comment) -> int:
    """The number of the discussion's page on which a comment stands, a reply with the thread that it is in."""
    head = comment if comment.thread_id is None else db.session.get_one(Comment, comment.thread_id)
    return page_of_thread(_place_of(head))


def page_of_thread(head: Place) -> int:
    """The number of the page on which a thread stands that is shown, the oldest thread first."""
    return _last_page_begun(head, or_with_it=True)


def page_from_newest(head: Place, *, threads: int) -> int:
    """The number of that page with the newest of so many threads first."""
    page = page_of_thread(head)
    before = (page - 1) * THREADS_PER_PAGE + _number_before(head, page)
    return (threads - 1 - before) // THREADS_PER_PAGE + 1


def _number_before(head: Place, page: int) -> int:
    """How many threads stand before that one on the page, which is less than the page holds."""
    heads = and_(
        Comment.article_id == head.article_id,
        IN_THREAD_HEADS,
        tuple_(Comment.created_at, Comment.id) < tuple_(head.created_at, head.id),
    )
    if page > 1:
        start = select(PageBegin.first_at, PageBegin.first_id)
        begin = db.session.execute(start.where(PageBegin.article_id == head.article_id, PageBegin.number == page)).one()
        heads &= tuple_(Comment.created_at, Comment.id) >= tuple_(*begin)
    return db.session.scalar(select(func.count()).select_from(select(Comment.id).where(heads).subquery())) or 0


def count_thread(article: Article, head: Comment, change: int) -> None:
    """Let the pages follow a thread that appears (1) or goes (-1), which `head` begins.

    The caller has locked the article.
    """
    before = article.thread_count
    article.thread_count += change
    follow_thread(_place_of(head), threads=max(before, article.thread_count))


def follow_thread(head: Place, *, threads: int) -> None:
    """Let the pages alone follow a thread that appeared or went; `threads` is the larger of the counts around that."""
    last = number_of_pages(threads)
    if last == 1:
        return
    # Not the page that the thread itself begins: where it goes, another thread begins that.
    unchanged = _last_page_begun(head, or_with_it=False)
    if unchanged < last:
        _lay_out(head.article_id, after=unchanged)


def _place_of(head: Comment) -> Place:
    return Place(head.article_id, head.created_at, head.id)


def lay_out(article: Article) -> None:
    """Count an article's threads and find all its pages, after many comments were stored at once."""
    heads = select(func.count()).select_from(Comment).where(Comment.article_id == article.id, IN_THREAD_HEADS)
    article.thread_count = db.session.execute(heads).scalar_one()
    _lay_out(article.id, after=1)


def _last_page_begun(head: Place, *, or_with_it: bool) -> int:
    """The last page that begins before a thread, or with it; the first one has no row, for it begins with the first."""
    statement = _BEGUN_WITH if or_with_it else _BEGUN_BEFORE
    found = statement.first(article_id=head.article_id, head_at=head.created_at, head_id=head.id)
    return int(found[0]) if found else 1


def _lay_out(article_id: int, *, after: int) -> None:
    """Find anew where the pages after that one begin, by a walk that starts with it."""
    db.session.flush()
    heads = and_(Comment.article_id == article_id, IN_THREAD_HEADS)
    if after > 1:
        start = select(PageBegin.first_at, PageBegin.first_id)
        begin = db.session.execute(start.where(PageBegin.article_id == article_id, PageBegin.number == after)).one()
        heads &= tuple_(Comment.created_at, Comment.id) >= tuple_(*begin)
    place = (func.row_number().over(order_by=(Comment.created_at, Comment.id)) - 1).label("place")
    walk = select(place, Comment.created_at, Comment.id).where(heads).subquery()
    begins = select(
        literal(article_id), literal(after) + walk.c.place // THREADS_PER_PAGE, walk.c.created_at, walk.c.id
    ).where(walk.c.place > 0, walk.c.place % THREADS_PER_PAGE == 0)
    gone = delete(PageBegin).where(PageBegin.article_id == article_id, PageBegin.number > after)
    db.session.execute(gone, execution_options={"synchronize_session": False})
    db.session.execute(insert(PageBegin).from_select(["article_id", "number", "first_at", "first_id"], begins))
