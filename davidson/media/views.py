"""Pictures, under addresses made of their content: what is there once never changes."""

from flask import Blueprint, Response, abort, send_from_directory

from davidson.media.files import media_folder
from davidson.media.renditions import FILE, FORMATS

bp = Blueprint("media", __name__)


@bp.get("/media/<name>")
def picture(name: str) -> Response:
    """One rendition; the original is not served."""
    if not FILE.fullmatch(name):
        abort(404)
    response = send_from_directory(media_folder() / "public", name, mimetype=FORMATS[name.rpartition(".")[2]])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
