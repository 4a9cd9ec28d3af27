"""Pictures, under addresses made of their content: what is there once never changes."""

import re
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, send_from_directory

bp = Blueprint("media", __name__)

NAME = re.compile(r"[0-9a-f]{20}-[0-9]{1,4}\.webp")


@bp.get("/media/<name>")
def picture(name: str) -> Response:
    """One rendition; the original is not served."""
    if not NAME.fullmatch(name):
        abort(404)
    folder = Path(current_app.instance_path) / "media" / "public"
    response = send_from_directory(folder, name, mimetype="image/webp")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
