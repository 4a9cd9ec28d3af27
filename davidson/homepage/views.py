"""The homepage."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from davidson.articles.lists import front_cards, signed
from davidson.clock import utcnow
from davidson.homepage.lineup import PER_SECTION, SECONDS, line_up
from davidson.pagecache.decorator import cached_page

bp = Blueprint("homepage", __name__)

# From which the rails and the lead are chosen.
RECENT = 40


@bp.get("/")
@cached_page()
def index() -> ResponseReturnValue:
    """The front of the paper."""
    now = utcnow()
    # A section may lose as many cards to the places above as there are.
    recent, by_section = front_cards(now, recent=RECENT, each=PER_SECTION + SECONDS + 1)
    lineup = line_up(recent, by_section)
    return render_template("homepage/index.html", lineup=lineup.with_top(signed(lineup.top)))
