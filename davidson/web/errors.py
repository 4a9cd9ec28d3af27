"""Error pages in the design of the site, and the answer when the store is away."""

import errno
import logging

from flask import Flask, Response, g, make_response, render_template, request
from gunicorn.http.errors import ParseException
from limits.errors import StorageError
from sqlalchemy.exc import DataError, InterfaceError, InternalError, OperationalError, TimeoutError
from werkzeug.exceptions import BadRequest, HTTPException, InternalServerError, MisdirectedRequest, ServiceUnavailable

from davidson.database import db, reading

logger = logging.getLogger(__name__)

# Busy, full, away or for reading only: the request may be sent again later. StorageError is Redis being away.
STORE_AWAY = (OperationalError, TimeoutError, InterfaceError, InternalError, StorageError)
RETRY_AFTER = 5
# A disk that is full, or a person's or process's share of it.
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

TEXTS = {
    400: ("This request could not be read", "Something in it is malformed. Please go back and try again."),
    403: ("You may not see this page", "It is open to other members of staff only."),
    404: ("There is no such page", "It may have moved, or the address was mistyped."),
    405: ("This page does not work that way", "The address exists, but not for this kind of request."),
    409: ("Somebody was faster", "This was changed after your page was made. Please look at it again."),
    410: ("This page is gone", "It was taken back."),
    413: ("That was too much to take", "What was sent is larger than this site accepts."),
    414: ("This address is too long", "Please shorten it."),
    415: ("This kind of content is not taken here", "Please use the form on the page."),
    421: ("This is another site", "This server does not answer for the name in the address."),
    429: ("Too many requests", "Please wait a little and try again."),
    500: ("Something went wrong here", "The fault is ours and has been written down. Please try again later."),
    503: ("We are busy", "The site cannot answer right now. Please try again in a moment."),
}


def init_errors(app: Flask) -> None:
    """Answer every error with a page of the site."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unexpected_error)
    app.register_error_handler(ParseException, unreadable_body)
    for fault in STORE_AWAY:
        app.register_error_handler(fault, store_away)
    app.register_error_handler(OSError, system_error)
    for unstorable in (DataError, OverflowError):
        app.register_error_handler(unstorable, unstorable_value)
    app.before_request(refuse_other_hosts)


def refuse_other_hosts() -> None:
    """Answer 421 where the request names a host that is not the site's (RFC 9110 section 15.5.20)."""
    if request.environ.get("davidson.misdirected"):
        g.store_away = True  # No query for a stranger's request.
        raise MisdirectedRequest


def http_error(error: HTTPException) -> Response:
    """The page for an HTTP error; an error that carries an answer of its own keeps it."""
    if error.response is not None:
        return make_response(error.response)
    code = error.code or 500
    title, message = TEXTS.get(code, (error.name, "Please go back and try again."))
    db.session.rollback()
    if code >= 500:
        g.store_away = True
    retry_after = RETRY_AFTER if code == 503 else getattr(error, "retry_after", None)
    with reading():  # The masthead's sections are read, and whatever was sent waits for no writer over that.
        page = render_template(
            "errors/error.html",
            code=code,
            title=title,
            message=message,
            retry_after=retry_after,
            canonical_url=None,
        )
        db.session.rollback()
    response = make_response(page, code)
    response.headers["Cache-Control"] = "no-store"
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def store_away(error: Exception) -> Response:
    """503: the store is busy, full, away or not migrated. The log names the fault, never a statement's values."""
    log_store_fault(error)
    g.store_away = True
    return http_error(ServiceUnavailable())


def system_error(error: OSError) -> Response:
    """503 where a disk is full, such as that of the temporary folder, where files wait that were sent; else 500."""
    return store_away(error) if error.errno in FULL else unexpected_error(error)


def unstorable_value(error: Exception) -> Response:
    """400: the request holds what no column can hold, such as NUL in an address or a number beyond 64 bits."""
    return http_error(BadRequest())


def log_store_fault(error: Exception) -> None:
    """Write down why the store did not answer, in one line."""
    fault = getattr(error, "orig", None) or error
    logger.error("store away: %s: %s", type(fault).__name__, str(fault).partition("\n")[0])


def unreadable_body(error: Exception) -> Response:
    """400: gunicorn finds out only while the body is read that its chunks are malformed (RFC 9112 section 7.1)."""
    return http_error(BadRequest())


def unexpected_error(error: Exception) -> Response:
    """500: a fault of ours, written down with its traceback."""
    logger.error("unexpected error", exc_info=error)
    return http_error(InternalServerError())
