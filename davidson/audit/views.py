"""The page of the audit log, for everyone who moderates, and the same entries as a file."""

from flask import Response, abort, make_response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from davidson.accounts.guard import staff_blueprint
from davidson.accounts.models import Desk
from davidson.audit.csvfile import csv_of
from davidson.audit.forms import LogForm
from davidson.audit.models import AuditEntry
from davidson.audit.queries import (
    entries_newest_first,
    known_actions,
    known_actors,
    names_of_staff,
    newest_entries,
    place_of,
)
from davidson.audit.telling import ACTORS, Told, action_label, told
from davidson.clock import utcnow
from davidson.comments.reasons import LABELS
from davidson.web.paging import asked_cursor

PAGE = 50
REASONS = {reason.value: label for reason, label in LABELS.items()}

bp = staff_blueprint("audit", __name__, desk=Desk.MODERATION, at="/audit")


@bp.get("")
def log() -> ResponseReturnValue:
    """The newest entries that the address asks for, or those before `?before=CURSOR`."""
    form = LogForm(request.args)
    before = asked_cursor()
    is_valid = form.validate()
    entries = newest_entries(form.wanted, before=before, most=PAGE + 1) if is_valid else []
    form.offer(
        [(actor, ACTORS.get(actor, actor)) for actor in known_actors()],
        [(action, action_label(action)) for action in known_actions()],
    )
    asked = form.in_address if is_valid else {}
    older = str(place_of(entries[PAGE - 1])) if len(entries) > PAGE else None
    page = render_template(
        "audit/log.html",
        form=form,
        entries=_told(entries[:PAGE]),
        asked=asked,
        older_url=url_for(".log", **asked, before=older) if older else None,
        first_url=url_for(".log", **asked) if before else None,
    )
    return make_response(page, 200 if is_valid else 422)


@bp.get("/entries.csv")
def download() -> ResponseReturnValue:
    """All entries that the address asks for, newest first, as they are read."""
    form = LogForm(request.args)
    if not form.validate():
        abort(404)
    pieces = csv_of(entries_newest_first(form.wanted))
    answer = Response(stream_with_context(pieces), content_type="text/csv; charset=utf-8; header=present")
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-log-{utcnow():%Y-%m-%d}.csv"'
    return answer


def _told(entries: list[AuditEntry]) -> list[tuple[AuditEntry, Told]]:
    names = names_of_staff({entry.actor_id for entry in entries if entry.actor_id is not None})
    return [(entry, told(entry, names=names, reasons=REASONS)) for entry in entries]
