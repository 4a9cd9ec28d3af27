"""The readers' search."""

from typing import Any

from flask import abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from davidson.clock import utcnow
from davidson.database import db
from davidson.search.articles import (
    BadPlace,
    FoundPage,
    Order,
    Place,
    found_page,
    prepare_search,
)
from davidson.search.forms import SearchForm
from davidson.search.subjects import NO_SUBJECTS, Subjects, subjects_named
from davidson.search.turns import TURNS, NoTurn
from davidson.web.pages import private_blueprint
from davidson.web.sender import sender_network

# What somebody looks for is theirs alone, and there is no end of it: no cache keeps the answers.
bp = private_blueprint("search", __name__)

RETRY_AFTER = 2
TOO_DEAR = "This takes too long to find. Add a word that is less common, or narrow it to a section or some days."
BUSY = "Many are searching at this moment. Please search again in a few seconds."


@bp.get("/search")
def search() -> ResponseReturnValue:
    """The articles that fit what is looked for, or how to look for them."""
    after = _place(request.args.get("before"))
    now = utcnow()
    form = SearchForm(request.args)
    if not form.validate():
        return _page(form), 422
    if not (form.q.data or form.is_narrowed):
        return _page(form)
    try:
        with TURNS.take(sender_network(request)):
            prepare_search()
            page = found_page(form.wanted, now, order=form.chosen_order, after=after)
            subjects = NO_SUBJECTS if after else subjects_named(form.wanted.words, now)
    except NoTurn:
        answer = make_response(_page(form, problem=BUSY), 503)
        answer.headers["Retry-After"] = str(RETRY_AFTER)
        return answer
    except DBAPIError as fault:
        if not _is_out_of_time(fault):
            raise
        db.session.rollback()
        return _page(form, problem=TOO_DEAR), 422
    return _page(form, page, subjects, after=after)


def _page(
    form: SearchForm,
    page: FoundPage | None = None,
    subjects: Subjects = NO_SUBJECTS,
    *,
    after: Place | None = None,
    problem: str = "",
) -> str:
    form.offer()
    asked = form.in_address if not form.errors else {}
    return render_template(
        "search/search.html",
        form=form,
        page=page,
        subjects=subjects,
        most=form.wanted.most_counted if page else 0,
        problem=problem,
        is_first=after is None,
        words=[(word, url_for(".search", q=f'"{word}"' if " " in word else word)) for word in form.words_alone],
        orders=_orders(form, asked) if page and page.cards and form.wanted.has_order else (),
        all_url=url_for(".search", q=form.q.data) if form.q.data and form.is_narrowed else None,
        first_url=url_for(".search", **asked) if after else None,
        next_url=url_for(".search", **asked, before=str(page.following)) if page and page.following else None,
    )


def _orders(form: SearchForm, asked: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """The orders to choose from: name, address, and whether it is the one that is shown."""
    named = ((Order.BEST, "Best match"), (Order.NEWEST, "Newest"))
    others = {name: value for name, value in asked.items() if name != "order"}
    return [
        (
            name,
            url_for(".search", **others, order=order if order is not Order.BEST else None),
            order is form.chosen_order,
        )
        for order, name in named
    ]


def _place(text: str | None) -> Place | None:
    """Where the page that was asked for begins; 404 for a place that is none of ours."""
    try:
        return None if text is None else Place.parse(text)
    except BadPlace:
        abort(404)


def _is_out_of_time(fault: DBAPIError) -> bool:
    """Whether PostgreSQL ended a statement that took too long (SQLSTATE 57014, query_canceled)."""
    return getattr(fault.orig, "sqlstate", None) == "57014"
