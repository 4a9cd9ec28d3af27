"""The discussion below an article as its page shows it, as plain values."""

from dataclasses import dataclass
from datetime import datetime

from davidson.articles.story import Story
from davidson.comments.breaker import shown_wave
from davidson.comments.heat import PACE_MINUTES
from davidson.comments.pages import Order
from davidson.comments.picks import Pick
from davidson.comments.queries import ThreadPage
from davidson.comments.threads import Thread
from davidson.comments.treatment import treatment
from davidson.config import CommentsMode


@dataclass(frozen=True)
class Sorting:
    """An order that threads may have; without `url` it is that of the page."""

    name: str
    url: str | None


@dataclass(frozen=True)
class ShownDiscussion:
    """One page of an article's comments. `suffix` ends the permanent address of each, so that it keeps the order.

    `closes_at` is when comments close, or closed; None where they never do, or are closed whatever the moment is.
    `treatment` says what becomes of a comment that is sent.
    `sortings` is empty where there is nothing to sort. `now` is compared with the end of a thread's heat;
    meanwhile a network may reply there once in `heat_pace` minutes.
    """

    count: int
    picks: tuple[Pick, ...]
    threads: tuple[Thread, ...]
    page: int
    pages: int
    previous_url: str | None
    next_url: str | None
    sortings: tuple[Sorting, ...]
    suffix: str
    open: bool
    closes_at: datetime | None
    treatment: str
    now: datetime
    heat_pace: int = PACE_MINUTES


def shown_discussion(article: Story, page: ThreadPage, now: datetime) -> ShownDiscussion:
    """What the page of an article shows of its comments at that moment."""
    is_open = article.takes_comments(now)
    return ShownDiscussion(
        count=article.comment_count,
        picks=page.picks,
        threads=page.threads,
        page=page.page,
        pages=page.pages,
        previous_url=_page_url(article.url, page.page - 1, page.order) if page.page > 1 else None,
        next_url=_page_url(article.url, page.page + 1, page.order) if page.page < page.pages else None,
        sortings=_sortings(article, page) if article.thread_count > 1 else (),
        suffix="" if page.order is Order.OLDEST else f"?order={page.order}",
        open=is_open,
        closes_at=article.comments_close_at if article.mode is not CommentsMode.CLOSED else None,
        treatment=treatment(article.mode, shown_wave(now)) if is_open else "",
        now=now,
    )


def page_query(number: int, order: Order) -> str:
    """What stands behind an article's address for that page of its comments; nothing for the first one."""
    chosen = [f"order={order}"] if order is not Order.OLDEST else []
    chosen += [f"page={number}"] if number > 1 else []
    return f"?{'&'.join(chosen)}" if chosen else ""


def _page_url(path: str, number: int, order: Order) -> str:
    return f"{path}{page_query(number, order)}#comments"


def _sortings(article: Story, page: ThreadPage) -> tuple[Sorting, ...]:
    return tuple(
        Sorting(f"{order.capitalize()} first", None if order is page.order else _page_url(article.url, 1, order))
        for order in Order
    )
