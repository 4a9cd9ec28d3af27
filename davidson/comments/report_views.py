"""The page on which a reader without an account reports a comment."""

from flask import abort, g, render_template, request
from flask.typing import ResponseReturnValue

from davidson.articles.cards import article_path
from davidson.clock import utcnow
from davidson.comments.queries import Reported, reported_comment
from davidson.comments.reasons import LABELS
from davidson.comments.report_forms import ReportForm
from davidson.comments.reports import REPORTABLE, NotReportable, report
from davidson.comments.threads import comment_path
from davidson.database import db, reading
from davidson.web.errors import RETRY_AFTER, STORE_AWAY, log_store_fault
from davidson.web.limits import seconds_to_wait
from davidson.web.pages import BUSY, FOREIGN, private_blueprint
from davidson.web.paging import MOST
from davidson.web.sender import sender_address, sender_network
from davidson.web.signing import settings

bp = private_blueprint("reports", __name__)

REASONS = tuple((reason.value, LABELS[reason]) for reason in REPORTABLE)


@bp.get("/articles/<slug>/comments/<int:comment_id>/report")
def ask(slug: str, comment_id: int) -> ResponseReturnValue:
    """Ask why the comment should not be there."""
    return _page(_known(slug, comment_id), _form(slug, comment_id))


@bp.post("/articles/<slug>/comments/<int:comment_id>/report")
def send(slug: str, comment_id: int) -> ResponseReturnValue:
    """Store the report; a second one from a network is thanked for like its first."""
    try:
        return _send(slug, comment_id)
    except STORE_AWAY as fault:
        db.session.rollback()
        log_store_fault(fault)
        g.store_away = True
        return _page(None, _form(slug, comment_id), BUSY), 503, {"Retry-After": str(RETRY_AFTER)}


def _send(slug: str, comment_id: int) -> ResponseReturnValue:
    with reading():
        comment = _known(slug, comment_id)
        db.session.rollback()
    form = _form(slug, comment_id)
    if not form.validate_on_submit():
        return _page(comment, form, FOREIGN if form.csrf_token.errors else ""), form.error_status
    wait = seconds_to_wait(settings().report_limit, "report", sender_address(request))
    if wait:
        problem = f"You have reported several comments. Please wait {wait} seconds."
        return _page(comment, form, problem), 429, {"Retry-After": str(wait)}
    try:
        report(comment_id, form.chosen, network=sender_network(request), now=utcnow())
    except NotReportable:
        db.session.rollback()
        abort(404)
    db.session.commit()
    return _page(comment, form, is_sent=True)


def _form(slug: str, comment_id: int) -> ReportForm:
    return ReportForm.on(comment_id, action=f"{comment_path(article_path(slug), comment_id)}/report")


def _known(slug: str, comment_id: int) -> Reported:
    """The comment that readers see below that article; 404 for any other."""
    found = reported_comment(slug, comment_id, utcnow()) if 0 < comment_id <= MOST else None
    return found or abort(404)


def _page(comment: Reported | None, form: ReportForm, problem: str = "", *, is_sent: bool = False) -> str:
    """The form, or thanks; without the comment where the store does not answer."""
    article_url = article_path(comment.slug) if comment else ""
    with reading():
        return render_template(
            "comments/report.html",
            comment=comment,
            article_url=article_url,
            comment_url=comment_path(article_url, comment.id) if comment else "",
            reasons=REASONS,
            form=form,
            problem=problem,
            is_sent=is_sent,
        )
