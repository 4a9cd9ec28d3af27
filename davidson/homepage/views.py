"""The homepage."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from davidson.clock import utcnow
from davidson.homepage.queries import front_at
from davidson.pagecache.decorator import cached_page

bp = Blueprint("homepage", __name__)


@bp.get("/")
@cached_page()
def index() -> ResponseReturnValue:
    """The front of the paper."""
    return render_template("homepage/index.html", lineup=front_at(utcnow()).lineup)
