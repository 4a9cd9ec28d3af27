"""The place of a page in its list, as an address names it."""

from flask import abort, request

from davidson.web.paging import BadCursor, Cursor


def cursor_asked_for(name: str) -> Cursor | None:
    """The cursor that the request's address has under that name, if there is one; 404 for what is none."""
    text = request.args.get(name)
    try:
        return Cursor.parse(text) if text is not None else None
    except BadCursor:
        abort(404)
