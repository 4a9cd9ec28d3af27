"""The homepage."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from davidson.clock import utcnow
from davidson.homepage.queries import front_at
from davidson.pagecache.decorator import cached_page
from davidson.syndication.paper import this_paper
from davidson.syndication.structured import front_graph

bp = Blueprint("homepage", __name__)


@bp.get("/")
@cached_page()
def index() -> ResponseReturnValue:
    """The front of the paper."""
    lineup = front_at(utcnow()).lineup
    structured = front_graph((*lineup.top, *lineup.latest), this_paper())
    return render_template("homepage/index.html", lineup=lineup, structured=structured)
