"""A comment's permanent address, which leads to the page on which it stands now."""

from flask import Blueprint, Response, abort, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from davidson.articles.cards import article_path
from davidson.clock import utcnow
from davidson.comments.discussion import page_query
from davidson.comments.pages import Order, page_from_newest, page_of_thread
from davidson.comments.queries import standpoint
from davidson.comments.threads import anchor_of
from davidson.web.paging import MOST

bp = Blueprint("places", __name__)


@bp.after_request
def ask_again(response: Response) -> Response:
    """The page on which a comment stands is another when older ones come or go."""
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/articles/<slug>/comments/<int:comment_id>")
def place(slug: str, comment_id: int) -> BaseResponse:
    """302 to the page of the discussion with that comment, in the order that was asked for."""
    order = request.args.get("order", Order.OLDEST)
    if comment_id > MOST or order not in set(Order):
        abort(404)
    found = standpoint(slug, comment_id, utcnow()) or abort(404)
    newest = order == Order.NEWEST
    page = page_from_newest(found.head, threads=found.threads) if newest else page_of_thread(found.head)
    return redirect(f"{article_path(found.slug)}{page_query(page, Order(order))}#{anchor_of(comment_id)}", code=302)
