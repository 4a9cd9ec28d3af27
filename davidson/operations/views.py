"""For load balancers and monitors: whether the process answers, and whether the store does."""

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from davidson.operations.schema import SchemaState, schema_state

bp = Blueprint("operations", __name__)


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
    return _plain(f"the store's schema is {state}: run `davidson db upgrade`\n", 503)


def _plain(text: str, status: int) -> Response:
    response = Response(text, status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
