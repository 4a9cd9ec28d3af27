"""Answers that are no pages of the paper: those for one person alone, with what their forms say when they come back,

and documents for machines.
"""

from datetime import datetime

from flask import Blueprint, Response

FOREIGN = "This page was out of date, or sent from elsewhere. Please send it once more."
BUSY = "The site is busy and could not store this. Please send it again."


def private_page(response: Response) -> Response:
    """Mark an answer as meant for one person: no cache keeps it and no search engine lists it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def private_blueprint(name: str, import_name: str, *, referrer_policy: str = "") -> Blueprint:
    """A blueprint whose pages are private and name no address of their own.

    Pages whose address is a secret have the policy `no-referrer`. One that gives a form back may need `same-origin`,
    for a browser that sends nothing else about where the form comes from. Without any, the site's own stands.
    """
    blueprint = Blueprint(name, import_name)

    @blueprint.after_request
    def keep_private(response: Response) -> Response:
        if referrer_policy:
            response.headers["Referrer-Policy"] = referrer_policy
        return private_page(response)

    @blueprint.context_processor
    def without_canonical_address() -> dict[str, None]:
        return {"canonical_url": None}

    return blueprint


def document(body: str, content_type: str, *, made_at: datetime) -> Response:
    """A document for machines. It says when it was made: what it tells may have left out something since an older one,

    and a client that asks by that date alone must not take the older one for this.
    """
    response = Response(body, content_type=f"{content_type}; charset=utf-8")
    response.last_modified = made_at
    return response
