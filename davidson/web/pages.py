"""Pages that are meant for one person alone: their headers, and what their forms say when they come back."""

from flask import Blueprint, Response

FOREIGN = "This page was out of date, or sent from elsewhere. Please send it once more."
BUSY = "The site is busy and could not store this. Please send it again."


def private_page(response: Response) -> Response:
    """Mark an answer as meant for one person: no cache keeps it and no search engine lists it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def private_blueprint(name: str, import_name: str, *, has_secret_address: bool = False) -> Blueprint:
    """A blueprint whose pages are private and name no address of their own.

    A secret address leaves in no Referer. The other pages say where a form comes from, for a browser that sends
    nothing else about its origin.
    """
    blueprint = Blueprint(name, import_name)

    @blueprint.after_request
    def keep_private(response: Response) -> Response:
        response.headers["Referrer-Policy"] = "no-referrer" if has_secret_address else "same-origin"
        return private_page(response)

    @blueprint.context_processor
    def without_canonical_address() -> dict[str, None]:
        return {"canonical_url": None}

    return blueprint
