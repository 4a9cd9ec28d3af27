"""The one guard of the staff area. Every blueprint of it is made here, and so closed until somebody is let in."""

import re
from collections.abc import Set
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf, validate_csrf
from werkzeug.wrappers import Response as BaseResponse
from wtforms.validators import ValidationError

from davidson.accounts.models import Desk, Role
from davidson.accounts.queries import SignedIn, signed_in
from davidson.accounts.sessions import mark_seen
from davidson.clock import utcnow
from davidson.database import db, reading
from davidson.web.csrf import comes_from_this_site
from davidson.web.pages import private_page

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SECRET = "sid"  # noqa: S105 - the name of the place in the cookie.
# Noting each request would make every one of them write.
SEEN_EVERY_SECONDS = 300
# Werkzeug holds two chunks of a file, of 64 KiB each, against the limit for fields, whose default here is one.
CHUNKS = 256 * 1024
OWN_PATH = re.compile(r"/staff/(?:[\w-]+/)*[\w-]*(?:\?[\w=&%.+-]*)?", re.ASCII)
MOST_PATH = 300


def staff_blueprint(
    name: str,
    import_name: str,
    *,
    desk: Desk | None,
    at: str,
    roles: Set[Role] = frozenset(Role),
    most_sent: int | None = None,
) -> Blueprint:
    """A blueprint below /staff, guarded: for people of `desk`, or for everyone signed in where that is None.

    `at` is its place, such as "/moderation"; `roles` are those of the desk that may enter, and `most_sent` is how many
    bytes a request may have where files are taken; nobody else's are read. Its views find the person with `on_duty()`,
    its templates `staff` and `csrf_token()`; each form of a template must send the field `csrf_token`.
    """
    blueprint = Blueprint(name, import_name, url_prefix=f"/staff{at}")
    blueprint.before_request(lambda: _admit(desk, roles, most_sent))
    blueprint.context_processor(_context)
    return blueprint


def init_staff(app: Flask) -> None:
    """Set up the cookie of the staff area, and keep every answer from there out of caches and search engines."""
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # A form left open over lunch still works; the session is the limit.
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    app.session_interface = StaffCookie()
    app.after_request(_keep_private)


def on_duty() -> SignedIn:
    """The member of staff who sent this request. Only in views of a `staff_blueprint`."""
    return cast(SignedIn, g.staff)


def still_on_duty(roles: Set[Role]) -> SignedIn:
    """The same person as the store has them now, for views whose work takes long; asked in the view's transaction.

    Answers as the guard does where their session ended meanwhile, or where they have none of these roles any more.
    """
    person = signed_in(session_secret() or "", now=utcnow())
    if person is None:
        abort(_to_log_in())
    if person.role not in roles:
        abort(403)
    return person


def whoever_is_signed_in() -> SignedIn | None:
    """The member of staff whose session cookie came with this request, looked up in the store, or None.

    Ends the transaction that it reads in, unless the request only reads anyway: a view may still ask for a limit or
    begin to write.
    """
    secret = session_secret()
    if secret is None:
        return None
    with reading():
        person = signed_in(secret, now=utcnow())
        if request.method not in SAFE_METHODS:
            db.session.rollback()
    return person


def session_secret() -> str | None:
    """What the cookie of this request says is its session's secret."""
    secret = session.get(SECRET)
    return secret if isinstance(secret, str) else None


def take_session(secret: str) -> None:
    """Give this browser a new session: nothing of the cookie it came with stays, its CSRF token neither."""
    session.clear()
    session[SECRET] = secret
    session.permanent = True


def own_path(path: str) -> str | None:
    """The path if it lies in the staff area and is plain enough that no browser takes it for another site's."""
    plain = len(path) <= MOST_PATH and OWN_PATH.fullmatch(path)
    return path if plain and not path.startswith(("/staff/login", "/staff/logout")) else None


class StaffCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, sent back over HTTPS alone wherever the request itself came over HTTPS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return super().get_cookie_secure(app) or request.is_secure


def _admit(desk: Desk | None, roles: Set[Role], most_sent: int | None) -> BaseResponse | None:
    person = whoever_is_signed_in()
    if person is None:
        return _to_log_in()
    if person.role not in roles or (desk is not None and desk not in person.desks):
        abort(403)
    if most_sent is not None:
        request.max_content_length = most_sent
        request.max_form_memory_size = CHUNKS
    if request.method not in SAFE_METHODS:
        _refuse_forged_forms()
        _mark_seen(person)
    g.staff = person
    return None


def _to_log_in() -> BaseResponse:
    return redirect(url_for("entrance.login", next=_way_back()), 303)


def _way_back() -> str | None:
    """Where to go after signing in: the page asked for, or the one that held the form which was sent."""
    if request.method in SAFE_METHODS:
        return own_path(request.full_path.rstrip("?"))
    if not comes_from_this_site(request):
        return None
    parts = urlsplit(request.referrer or "")
    return own_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def _refuse_forged_forms() -> None:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        abort(400)
    if not comes_from_this_site(request):
        abort(400)


def _mark_seen(person: SignedIn) -> None:
    now = utcnow()
    if (now - person.seen_at).total_seconds() > SEEN_EVERY_SECONDS:
        mark_seen(person.session_id, now=now)
        db.session.commit()


def _context() -> dict[str, Any]:
    return {"staff": g.get("staff"), "csrf_token": generate_csrf}


def _keep_private(response: Response) -> Response:
    return private_page(response) if request.path.lstrip("/").lower().startswith("staff") else response
