"""What was changed after publication, and why: the history of an article, and the corrections of all."""

import re

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from davidson.articles.cards import Link
from davidson.articles.history import corrections_page, history_of
from davidson.articles.queries import story_for_readers
from davidson.articles.story import TakenBack
from davidson.clock import utcnow
from davidson.pagecache.decorator import cached_page
from davidson.syndication.paper import this_paper
from davidson.syndication.structured import page_graph
from davidson.web.paging import asked_cursor

bp = Blueprint("history", __name__)

CORRECTIONS = Link("Corrections", "/corrections")
NUMBER = re.compile("[1-9][0-9]{0,17}")


@bp.get("/articles/<slug>/history")
@cached_page(query=("before",))
def history(slug: str) -> ResponseReturnValue:
    """What was changed in an article since readers could see it; of one that was taken back its own page tells."""
    story = story_for_readers(slug, utcnow()) or abort(404)
    if isinstance(story, TakenBack):
        return redirect(f"/articles/{slug}", 303)
    page = history_of(story.id, before=_before()) or abort(404)
    return render_template(
        "articles/history.html",
        article=story,
        changes=page.changes,
        older_url=f"{story.url}/history?before={page.older}" if page.older else None,
        newest_url=f"{story.url}/history" if "before" in request.args else None,
    )


@bp.get("/corrections")
@cached_page(query=("before",))
def corrections() -> ResponseReturnValue:
    """What was wrong in articles, newest first."""
    page = corrections_page(utcnow(), before=asked_cursor())
    return render_template(
        "articles/corrections.html",
        corrections=page.corrections,
        older_url=f"{CORRECTIONS.url}?before={page.older}" if page.older else None,
        newest_url=CORRECTIONS.url if "before" in request.args else None,
        structured=page_graph(CORRECTIONS, this_paper()),
    )


def _before() -> int | None:
    """The number before which a page of changes begins; 404 for what is none."""
    text = request.args.get("before")
    if text is None:
        return None
    return int(text) if NUMBER.fullmatch(text) else abort(404)
