"""For load balancers and monitors: whether the process answers, whether the store does, and the site's figures."""

import hmac
from ipaddress import ip_address

from flask import Blueprint, Request, Response, request
from sqlalchemy.exc import SQLAlchemyError

from davidson.clock import utcnow
from davidson.operations.metrics import CONTENT_TYPE, metrics
from davidson.operations.schema import SEE_TO_IT, SchemaState, schema_state
from davidson.web.signing import settings

bp = Blueprint("operations", __name__)

FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")


@bp.get("/healthz")
def healthz() -> Response:
    """The process answers: 200 whatever the store does."""
    return _plain("ok\n", 200)


@bp.get("/readyz")
def readyz() -> Response:
    """The store answers and is migrated: 200; else 503 with the reason."""
    try:
        state = schema_state()
    except SQLAlchemyError as error:
        fault = getattr(error, "orig", None) or error
        return _plain(f"the store does not answer: {type(fault).__name__}\n", 503)
    if state is SchemaState.CURRENT:
        return _plain("ready\n", 200)
    return _plain(f"the store's schema {SEE_TO_IT[state]}\n", 503)


@bp.get("/metrics")
def figures() -> Response:
    """The site's figures for those who may see them; 403 for everybody else."""
    if not _may_measure(request):
        return _plain("the figures are for this machine and for holders of the token\n", 403)
    response = _plain(metrics(utcnow()), 200)
    response.headers["Content-Type"] = CONTENT_TYPE
    return response


def _may_measure(sent: Request) -> bool:
    """Whether a request bears the token, or comes from this very machine and through no proxy."""
    token = settings().metrics_token.encode()
    scheme, _, given = sent.headers.get("Authorization", "").partition(" ")
    if token and scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token):
        return True
    return _is_loopback(sent.remote_addr or "") and not any(name in sent.headers for name in FORWARDING)


def _is_loopback(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:  # A Unix socket has no address.
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def _plain(text: str, status: int) -> Response:
    response = Response(text, status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
