"""The page of the audit log, for everyone who moderates."""

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from davidson.accounts.guard import staff_blueprint
from davidson.accounts.models import Desk
from davidson.audit.queries import newest_entries
from davidson.web.paging import MOST

PAGE = 50

bp = staff_blueprint("audit", __name__, desk=Desk.MODERATION, at="/audit")


@bp.get("")
def log() -> ResponseReturnValue:
    """The newest entries, or those before `?before=ID`; of one row alone with `?subject=KIND:ID`."""
    subject = request.args.get("subject", "")
    if not subject.isprintable():
        abort(404)
    before = _before(request.args.get("before"))
    entries = newest_entries(before=before, subject=subject, most=PAGE + 1)
    older = url_for(".log", before=entries[PAGE - 1].id, subject=subject or None) if len(entries) > PAGE else None
    return render_template(
        "audit/log.html",
        entries=entries[:PAGE],
        subject=subject,
        older_url=older,
        first_url=url_for(".log", subject=subject or None) if before is not None else None,
    )


def _before(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= MOST):
        abort(404)
    return int(text)
