"""Log-in and log-out, and everyone's own account."""

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from davidson.accounts.agents import device
from davidson.accounts.attempts import Attempt
from davidson.accounts.forms import LoginForm, PasswordForm
from davidson.accounts.guard import (
    on_duty,
    own_path,
    session_secret,
    staff_blueprint,
    take_session,
    whoever_is_signed_in,
)
from davidson.accounts.passwords import LEAST_LENGTH, WeakPassword, hash_new, rehashed
from davidson.accounts.proving import proven
from davidson.accounts.queries import sessions_of
from davidson.admin.entry import change_own_password, end_one_session, end_other_sessions, sign_in, sign_out
from davidson.clock import utcnow
from davidson.database import db
from davidson.web.csrf import comes_from_this_site
from davidson.web.paging import MOST
from davidson.web.sender import sender_address, sender_network
from davidson.web.signing import settings

WRONG = "This e-mail address and this password do not belong together."
NOT_CURRENT = "This is not your current password."

# The only pages of the staff area that are open to everyone.
entrance = Blueprint("entrance", __name__, url_prefix="/staff")
bp = staff_blueprint("accounts", __name__, desk=None, at="")


@entrance.get("/login")
def login() -> ResponseReturnValue:
    """The log-in form; those who are in already go on to where they wanted."""
    way_on = own_path(request.args.get("next", "")) or ""
    if whoever_is_signed_in() is not None:
        return redirect(way_on or url_for("accounts.home"), 303)
    return _login_page(LoginForm(next=way_on), status=200)


@entrance.post("/login")
def log_in() -> ResponseReturnValue:
    """Begin a session for a right password; anything else gives the form back with the same words."""
    form = LoginForm()
    if not comes_from_this_site(request):
        abort(400)
    if not form.validate():
        return _login_page(form, status=form.error_status)
    email, password = form.email.data or "", form.password.data or ""
    attempt = _attempt(email)
    wait = attempt.seconds_to_wait()
    if wait:
        return _told_to_wait(_login_page(form, status=429, problem=_patience(wait)), wait)
    proof = proven(email, password)
    secret = proof and sign_in(
        proof,
        rehashed=rehashed(password, proof.password_hash),
        old_secret=session_secret(),
        agent=request.user_agent.string,
        network=sender_network(request),
        now=utcnow(),
    )
    if not secret:
        return _login_page(form, status=422, problem=WRONG)
    db.session.commit()
    attempt.succeeded()
    take_session(secret)
    return redirect(own_path(form.next.data or "") or url_for("accounts.home"), 303)


@bp.get("/")
def home() -> ResponseReturnValue:
    """Everyone's own desk."""
    return redirect(f"/staff/{on_duty().desks[0]}/", 303)


@bp.post("/logout")
def log_out() -> ResponseReturnValue:
    """End this session, here and in the store."""
    sign_out(on_duty(), now=utcnow())
    db.session.commit()
    session.clear()
    flash("You are logged out.")
    return redirect(url_for("entrance.login"), 303)


@bp.get("/account")
def account() -> ResponseReturnValue:
    """One's own sessions and password."""
    return _account_page(PasswordForm(formdata=None), status=200)


@bp.post("/account/password")
def set_password() -> ResponseReturnValue:
    """Change one's own password; every session ends and this browser gets a new one."""
    form = PasswordForm()
    if not form.validate():
        return _account_page(form, status=form.error_status)
    attempt = _attempt(on_duty().email)
    wait = attempt.seconds_to_wait()
    if wait:
        form.current.errors = [_patience(wait)]
        return _told_to_wait(_account_page(form, status=429), wait)
    secret = _new_session_for(form)
    if not secret:
        return _account_page(form, status=422)
    db.session.commit()
    attempt.succeeded()
    take_session(secret)
    flash("Your password is changed. You are logged out everywhere else.")
    return redirect(url_for(".account"), 303)


@bp.post(f"/account/sessions/<int(max={MOST}):session_id>/end")
def end(session_id: int) -> ResponseReturnValue:
    """End one of one's own sessions."""
    if not end_one_session(on_duty(), session_id, now=utcnow()):
        abort(404)
    db.session.commit()
    flash("That browser is logged out.")
    return redirect(url_for(".account"), 303)


@bp.post("/account/sessions/end-others")
def end_others() -> ResponseReturnValue:
    """End all of one's own sessions but this one."""
    end_other_sessions(on_duty(), now=utcnow())
    db.session.commit()
    flash("You are logged out everywhere else.")
    return redirect(url_for(".account"), 303)


def _new_session_for(form: PasswordForm) -> str | None:
    """Change the password if the current one is right and the new one good; else say beside the field what is not."""
    person = on_duty()
    proof = proven(person.email, form.current.data or "")
    if proof is None:
        form.current.errors = [NOT_CURRENT]
        return None
    try:
        password_hash = hash_new(form.new.data or "", email=person.email, site_name=settings().site_name)
    except WeakPassword as fault:
        form.new.errors = [str(fault)]
        return None
    secret = change_own_password(
        proof,
        password_hash,
        agent=request.user_agent.string,
        network=sender_network(request),
        now=utcnow(),
    )
    if secret is None:
        form.current.errors = [NOT_CURRENT]
    return secret


def _attempt(email: str) -> Attempt:
    return Attempt(email, address=sender_address(request), network=sender_network(request))


def _patience(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return f"Too many tries. Please wait {minutes} {'minute' if minutes == 1 else 'minutes'} and try again."


def _login_page(form: LoginForm, *, status: int, problem: str = "") -> Response:
    if form.errors.get("csrf_token"):
        problem = "This page was open for too long, or your browser keeps no cookies. Please try again."
    return make_response(render_template("accounts/login.html", form=form, problem=problem), status)


def _account_page(form: PasswordForm, *, status: int) -> Response:
    person = on_duty()
    page = render_template(
        "accounts/account.html",
        form=form,
        least_length=LEAST_LENGTH,
        sessions=[
            (session, device(session.agent), session.id == person.session_id)
            for session in sessions_of(person.id, now=utcnow())
        ],
    )
    return make_response(page, status)


def _told_to_wait(response: Response, seconds: int) -> Response:
    response.headers["Retry-After"] = str(seconds)
    return response
