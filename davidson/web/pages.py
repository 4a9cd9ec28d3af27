"""Marks of an answer that is meant for one person alone."""

from flask import Response


def private_page(response: Response) -> Response:
    """Mark an answer as meant for one person: no cache keeps it and no search engine lists it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
