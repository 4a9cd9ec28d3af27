"""The admins' desk: people, and the wording lists."""

from flask import Response, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from davidson.accounts.details import normal_email
from davidson.accounts.guard import on_duty, staff_blueprint
from davidson.accounts.models import Desk, Role, Staff
from davidson.accounts.passwords import LEAST_LENGTH, WeakPassword, hash_new
from davidson.accounts.queries import everybody, staff_by_id
from davidson.admin.dryrun import Tried, try_change
from davidson.admin.forms import ROLES, AddPersonForm, RoleForm, TermsForm
from davidson.admin.people import EmailTaken, LastAdmin, add_staff, change_role, disable, enable
from davidson.admin.queries import term_by_id, terms_of
from davidson.admin.words import (
    Added,
    BadTerms,
    add_starter_terms,
    add_terms,
    remove_term,
    with_terms,
    without_term,
)
from davidson.audit.log import Actor
from davidson.clock import unix_time, utcnow
from davidson.comments.draft import TermKind
from davidson.database import db, reading
from davidson.web.paging import MOST
from davidson.web.signing import settings

# No row has a larger id, and the stores refuse to look for one.
ROW_ID = f"int(max={MOST})"
LAST_ADMIN = "This is the last admin. Make another one first."

bp = staff_blueprint("admin", __name__, desk=Desk.ADMIN, at="/admin")


@bp.get("/")
def people() -> ResponseReturnValue:
    """Everybody, and a form for somebody new."""
    return _people_page(AddPersonForm(formdata=None), status=200)


@bp.post("/people")
def add() -> ResponseReturnValue:
    """Add somebody."""
    form = AddPersonForm()
    if not form.validate():
        return _people_page(form, status=form.error_status)
    person = _added(form)
    if person is None:
        db.session.rollback()
        return _people_page(form, status=422)
    db.session.commit()
    flash(f"{person.name} is added.")
    return redirect(url_for(".people"), 303)


@bp.post(f"/people/<{ROW_ID}:staff_id>/role")
def role(staff_id: int) -> ResponseReturnValue:
    """Give somebody another role."""
    form = RoleForm()
    if not form.validate():
        return _people_page(AddPersonForm(formdata=None), status=form.error_status, faults={staff_id: "Choose a role."})
    person = staff_by_id(staff_id) or abort(404)
    try:
        change_role(person, Role(form.role.data), actor=_actor(), now=utcnow())
    except LastAdmin:
        return _refused(staff_id)
    return _done(f"{person.name} is now {person.role}.")


@bp.post(f"/people/<{ROW_ID}:staff_id>/disable")
def disable_account(staff_id: int) -> ResponseReturnValue:
    """End somebody's account and sessions."""
    person = staff_by_id(staff_id) or abort(404)
    try:
        disable(person, actor=_actor(), now=utcnow())
    except LastAdmin:
        return _refused(staff_id)
    return _done(f"{person.name} is disabled and logged out everywhere.")


@bp.post(f"/people/<{ROW_ID}:staff_id>/enable")
def enable_account(staff_id: int) -> ResponseReturnValue:
    """Let somebody log in again."""
    person = staff_by_id(staff_id) or abort(404)
    enable(person, actor=_actor(), now=utcnow())
    return _done(f"{person.name} may log in again.")


@bp.get("/words")
def words() -> ResponseReturnValue:
    """Both lists, each with a form for more."""
    return _words_page({}, status=200)


@bp.post("/words/<any(banned, suspect):kind>")
def add_words(kind: str) -> ResponseReturnValue:
    """Put terms on a list, one a line."""
    form = TermsForm()
    if not form.validate():
        return _words_page({kind: form}, status=form.error_status)
    try:
        added = add_terms(form.terms.data or "", TermKind(kind), actor=_actor(), now=utcnow())
        db.session.commit()
    except BadTerms as fault:
        db.session.rollback()
        form.terms.errors = [str(fault)]
        return _words_page({kind: form}, status=422)
    except IntegrityError:
        abort(409)
    flash(_told(added, kind))
    return redirect(url_for(".words"), 303)


@bp.post("/words/<any(banned, suspect):kind>/try")
def try_words(kind: str) -> ResponseReturnValue:
    """What the terms would have done to the last weeks' comments, with the form as it was sent. Saves nothing."""
    form = TermsForm()
    if not form.validate():
        return _words_page({kind: form}, status=form.error_status)
    with reading():  # Nobody waits for the store's one writer meanwhile.
        try:
            tried = try_change(with_terms(form.terms.data or "", TermKind(kind)), utcnow(), clock=unix_time)
        except BadTerms as fault:
            form.terms.errors = [str(fault)]
            return _words_page({kind: form}, status=422)
        return _words_page({kind: form}, status=200, tried={kind: tried})


@bp.get(f"/words/<{ROW_ID}:term_id>")
def word(term_id: int) -> ResponseReturnValue:
    """One term, with what it does: what would have become of the last weeks' comments without it."""
    term = term_by_id(term_id) or abort(404)
    tried = try_change(without_term(term), utcnow(), clock=unix_time)
    return render_template("admin/word.html", term=term, tried=tried)


@bp.post("/words/starter")
def add_starter_words() -> ResponseReturnValue:
    """Fill the lists with the terms that come with the site."""
    try:
        added = add_starter_terms(actor=_actor(), now=utcnow())
        db.session.commit()
    except (BadTerms, IntegrityError):
        abort(409)
    flash(f"Added {added} terms.")
    return redirect(url_for(".words"), 303)


@bp.post(f"/words/<{ROW_ID}:term_id>/remove")
def remove_word(term_id: int) -> ResponseReturnValue:
    """Take a term off its list."""
    term = term_by_id(term_id) or abort(404)
    word = term.term
    remove_term(term, actor=_actor(), now=utcnow())
    db.session.commit()
    flash(f"Removed “{word}”.")
    return redirect(url_for(".words"), 303)


def _added(form: AddPersonForm) -> Staff | None:
    """The new person; None, with the reason beside its field, where the password or the address is not taken."""
    email = form.email.data or ""
    try:
        password_hash = hash_new(form.password.data or "", email=normal_email(email), site_name=settings().site_name)
        return add_staff(
            email,
            name=form.name.data or "",
            role=Role(form.role.data),
            password_hash=password_hash,
            actor=_actor(),
            now=utcnow(),
        )
    except WeakPassword as fault:
        form.password.errors = [str(fault)]
    except EmailTaken:
        form.email.errors = ["Somebody already has this address."]
    return None


def _actor() -> Actor:
    person = on_duty()
    return Actor(person.id, person.email)


def _done(message: str) -> ResponseReturnValue:
    db.session.commit()
    flash(message)
    return redirect(url_for(".people"), 303)


def _refused(staff_id: int) -> ResponseReturnValue:
    db.session.rollback()
    return _people_page(AddPersonForm(formdata=None), status=422, faults={staff_id: LAST_ADMIN})


def _people_page(form: AddPersonForm, *, status: int, faults: dict[int, str] | None = None) -> Response:
    page = render_template(
        "admin/people.html",
        form=form,
        people=everybody(),
        faulty=faults or {},
        roles=ROLES,
        least_length=LEAST_LENGTH,
    )
    return make_response(page, status)


def _told(added: Added, kind: str) -> str:
    parts = [f"{added.new} added to the {kind} terms"]
    if added.moved:
        parts.append(f"{added.moved} moved from the other list")
    if added.known:
        parts.append(f"{added.known} there already")
    return f"{', '.join(parts)}."


def _words_page(sent: dict[str, TermsForm], *, status: int, tried: dict[str, Tried] | None = None) -> Response:
    """The page, with the form that was just sent in its place, and what a trial of it gave."""
    lists = []
    for kind in TermKind:
        form = sent.get(kind) or TermsForm(formdata=None)
        form.terms.id = f"terms-{kind}"
        lists.append((kind, terms_of(kind), form))
    empty = not any(terms for _, terms, _ in lists)
    return make_response(render_template("admin/words.html", lists=lists, empty=empty, tried=tried or {}), status)
