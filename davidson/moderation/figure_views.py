"""The figures of moderation for moderators: how it stands now, and how it went, as charts with a table behind each."""

from datetime import timedelta

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from davidson.accounts.guard import staff_blueprint
from davidson.accounts.models import Desk
from davidson.clock import utcnow
from davidson.comments.status import CommentStatus
from davidson.moderation.days import day_figures, last_counted
from davidson.moderation.figures import sum_of
from davidson.moderation.ordering import waiting_since
from davidson.moderation.requests import status_counts
from davidson.moderation.steps import SPANS, Span, brief, steps_of
from davidson.moderation.trends import charts_of

bp = staff_blueprint("figures", __name__, desk=Desk.MODERATION, at="/moderation")

DEFAULT = "30"


@bp.get("/figures")
def figures() -> ResponseReturnValue:
    """What waits now, and charts of the days up to the last one that is over."""
    span = _span(request.args.get("days", DEFAULT)) or abort(404)
    last = last_counted()
    days = day_figures(last - timedelta(days=span.days - 1), last) if last else {}
    oldest = waiting_since()
    return render_template(
        "moderation/figures.html",
        spans=[(each.name, url_for(".figures", days=days), each is span) for days, each in SPANS.items()],
        span=span,
        waiting=status_counts()[CommentStatus.PENDING],
        oldest=brief((utcnow() - oldest).total_seconds()) if oldest else None,
        figures=sum_of(days.values()),
        brief=brief,
        last=last,
        charts=charts_of(steps_of(days, span, last=last.date()), span) if last else (),
    )


def _span(days: str) -> Span | None:
    return next((span for number, span in SPANS.items() if str(number) == days), None)
