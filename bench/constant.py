"""A bare WSGI function that answers every request with the same bytes: the least that gunicorn allows.

BENCH_BODY names the file that holds the bytes.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

BODY = Path(os.environ["BENCH_BODY"]).read_bytes()
HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(BODY)))]


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer."""
    start_response("200 OK", HEADERS)
    return [BODY]
