"""Pages that every reader gets alike: validated by a strong ETag, kept by any cache, asked for again before use."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import ParamSpec

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

P = ParamSpec("P")


def public_page(view: Callable[P, ResponseReturnValue]) -> Callable[P, Response]:
    """Decorate a view whose page shows nothing of the one who asks: strong ETag, 304, `public, no-cache`."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
        response = make_response(view(*args, **kwargs))
        response.headers["Cache-Control"] = "public, no-cache"
        response.set_etag(sha256(response.get_data()).hexdigest()[:32])
        if response.status_code == 200:
            response.make_conditional(request)
        return response

    return answer


def private_page(response: Response) -> Response:
    """Mark an answer as meant for one person: no cache keeps it and no search engine lists it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
