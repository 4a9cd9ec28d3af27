"""The admins' desk: the wording lists."""

from flask import Response, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from davidson.accounts.guard import on_duty, staff_blueprint
from davidson.accounts.models import Desk
from davidson.admin.forms import TermsForm
from davidson.admin.queries import term_by_id, terms_of
from davidson.admin.words import Added, BadTerms, add_starter_terms, add_terms, remove_term
from davidson.audit.log import Actor
from davidson.clock import utcnow
from davidson.comments.draft import TermKind
from davidson.database import db

bp = staff_blueprint("words", __name__, desk=Desk.ADMIN, at="/admin/words")


@bp.get("")
def lists() -> ResponseReturnValue:
    """Both lists, each with a form for more."""
    return _lists_page({}, status=200)


@bp.post("/<any(banned, suspect):kind>")
def add(kind: str) -> ResponseReturnValue:
    """Put terms on a list, one a line."""
    form = TermsForm()
    if not form.validate():
        return _lists_page({kind: form}, status=form.error_status)
    try:
        added = add_terms(form.terms.data or "", TermKind(kind), actor=_actor(), now=utcnow())
        db.session.commit()
    except BadTerms as fault:
        db.session.rollback()
        form.terms.errors = [str(fault)]
        return _lists_page({kind: form}, status=422)
    except IntegrityError:
        abort(409)
    flash(_told(added, kind))
    return redirect(url_for(".lists"), 303)


@bp.post("/starter")
def starter() -> ResponseReturnValue:
    """Fill the lists with the terms that come with the site."""
    try:
        added = add_starter_terms(actor=_actor(), now=utcnow())
        db.session.commit()
    except (BadTerms, IntegrityError):
        abort(409)
    flash(f"Added {added} terms.")
    return redirect(url_for(".lists"), 303)


@bp.post("/<int:term_id>/remove")
def remove(term_id: int) -> ResponseReturnValue:
    """Take a term off its list."""
    term = term_by_id(term_id) or abort(404)
    word = term.term
    remove_term(term, actor=_actor(), now=utcnow())
    db.session.commit()
    flash(f"Removed “{word}”.")
    return redirect(url_for(".lists"), 303)


def _actor() -> Actor:
    person = on_duty()
    return Actor(person.id, person.email)


def _told(added: Added, kind: str) -> str:
    parts = [f"{added.new} added to the {kind} terms"]
    if added.moved:
        parts.append(f"{added.moved} moved from the other list")
    if added.known:
        parts.append(f"{added.known} there already")
    return f"{', '.join(parts)}."


def _lists_page(sent: dict[str, TermsForm], *, status: int) -> Response:
    """The page, with the form that was just sent in its place."""
    lists = []
    for kind in TermKind:
        form = sent.get(kind) or TermsForm(formdata=None)
        form.terms.id = f"terms-{kind}"
        lists.append((kind, terms_of(kind), form))
    empty = not any(terms for _, terms, _ in lists)
    return make_response(render_template("admin/words.html", lists=lists, empty=empty), status)
