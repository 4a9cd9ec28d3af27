"""The article's page with its discussion, and the lists by section, tag and author."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from davidson.articles.cards import Link, Subject
from davidson.articles.lists import CardPage, author_page, has_articles, more_from_section, section_page, tag_page
from davidson.articles.queries import (
    author_by_slug,
    masthead_sections,
    section_by_slug,
    story_for_readers,
    tag_by_slug,
)
from davidson.articles.story import Story, TakenBack
from davidson.clock import utcnow
from davidson.comments.blank_forms import BlankForm
from davidson.comments.discussion import shown_discussion
from davidson.comments.forms import CommentForm
from davidson.comments.models import Comment
from davidson.comments.pages import Order
from davidson.comments.queries import approved_comment, approved_threads
from davidson.pagecache.decorator import cached_page
from davidson.pagecache.dependencies import due
from davidson.syndication.paper import this_paper
from davidson.syndication.structured import article_graph, author_graph, list_graph
from davidson.web.paging import asked_cursor
from davidson.web.signing import settings

bp = Blueprint("articles", __name__)

PAGE_NUMBER = re.compile("[1-9][0-9]{0,5}")
COMMENT_ID = re.compile("[1-9][0-9]{0,17}")


@dataclass(frozen=True)
class Masthead:
    """What the masthead shows as of `now`. The store is asked for the sections where a template shows them."""

    now: datetime

    @property
    def today(self) -> datetime:
        return self.now.astimezone(settings().time_zone)

    @cached_property
    def sections(self) -> tuple[Link, ...]:
        """None where the store does not answer."""
        if g.get("store_away"):
            return ()
        try:
            return masthead_sections(self.now)
        except SQLAlchemyError:
            current_app.logger.warning("the masthead is without sections: the store does not answer")
            return ()


@bp.app_context_processor
def furniture() -> dict[str, object]:
    """What every page's masthead shows."""
    masthead, base = Masthead(utcnow()), settings().base_url
    due(_midnight_after(masthead.today), after=masthead.now)
    return {
        "masthead": masthead,
        "canonical_url": f"{base}{quote(request.path)}" if base and request.url_rule else None,
    }


def _midnight_after(today: datetime) -> datetime:
    """When the date in the masthead is another: the next midnight of the site's zone, whatever its clocks do."""
    return datetime.combine(today.date() + timedelta(days=1), time(), tzinfo=today.tzinfo)


@bp.get("/articles/<slug>")
@cached_page(query=("page", "order", "reply"))
def article(slug: str) -> ResponseReturnValue:
    """An article, its approved comments and the comment form."""
    now = utcnow()
    story = story_for_readers(slug, now) or abort(404)
    if isinstance(story, TakenBack):
        return _gone(story)
    page = approved_threads(
        story.id, threads=story.thread_count, page=_page_number(), article_path=story.url, at=now, order=_order()
    ) or abort(404)
    return render_template(
        "articles/article.html",
        article=story,
        more=more_from_section(story, now),
        discussion=shown_discussion(story, page, now),
        form=_form(story),
        structured=article_graph(story, this_paper()),
    )


@bp.get("/sections/<slug>")
@cached_page(query=("before",))
def section(slug: str) -> ResponseReturnValue:
    """A section's articles, newest first."""
    found = section_by_slug(slug) or abort(404)
    now = utcnow()
    page = section_page(found, now, before=asked_cursor())
    if not page.cards and not has_articles(found, now):
        abort(404)  # Its name may be the news that is to come.
    return _list("section", found, page)


@bp.get("/tags/<slug>")
@cached_page(query=("before",))
def tag(slug: str) -> ResponseReturnValue:
    """The articles with a tag, newest first."""
    found = tag_by_slug(slug) or abort(404)
    return _list("tag", found, _something(tag_page(found, utcnow(), before=asked_cursor())))


@bp.get("/authors/<slug>")
@cached_page(query=("before",))
def author(slug: str) -> ResponseReturnValue:
    """An author's articles, newest first."""
    found = author_by_slug(slug) or abort(404)
    return _list("author", found, _something(author_page(found, utcnow(), before=asked_cursor())))


def _something(page: CardPage) -> CardPage:
    """The page, or 404 for none: a name that only an article still to come bears must not get out before it."""
    return page if page.cards else abort(404)


def _list(kind: str, subject: Subject, page: CardPage) -> str:
    place = Link(subject.name, quote(request.path))
    graph = author_graph if kind == "author" else list_graph
    return render_template(
        "articles/list.html",
        kind=kind,
        place=place,
        title=subject.name,
        description=subject.description,
        cards=page.cards,
        older_url=f"{place.url}?before={page.older}" if page.older else None,
        first_url=place.url if "before" in request.args else None,
        structured=graph(place, subject.description, page.cards, this_paper()),
    )


def _gone(article: TakenBack) -> Response:
    """410 with the reason: the article was taken back."""
    page = render_template(
        "articles/gone.html",
        headline=article.headline,
        reason=article.reason,
        retracted_at=article.retracted_at,
        canonical_url=None,
    )
    return make_response(page, 410)


def _form(article: Story) -> CommentForm | BlankForm:
    action, answered = f"{article.url}/comments", _answered(article)
    if answered is None:
        return BlankForm.on(article.slug, action=action)
    return CommentForm.on(article.slug, action=action, replying_to=answered)


def _page_number() -> int:
    """The page of comments that was asked for; 404 for what is no number from 1 on, written plainly."""
    text = request.args.get("page", "1")
    if not PAGE_NUMBER.fullmatch(text):
        abort(404)
    return int(text)


def _order() -> Order:
    """The order of the threads that was asked for; 404 for a name that is none."""
    text = request.args.get("order", Order.OLDEST)
    return Order(text) if text in set(Order) else abort(404)


def _answered(article: Story) -> Comment | None:
    """The approved comment that `?reply=` names; 404 for any other."""
    text = request.args.get("reply")
    if text is None:
        return None
    if not COMMENT_ID.fullmatch(text):
        abort(404)
    return approved_comment(int(text), article_id=article.id) or abort(404)
