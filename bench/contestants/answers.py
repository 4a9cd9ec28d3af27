"""Answers of the site, recorded so that others can give the very same ones.

BENCH_ANSWERS names the file that holds them: a pickled dict of path to Recorded.
"""

import os
import pickle
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from tests.site import Answer

# gunicorn writes these itself, for every application.
OF_GUNICORN = {"server", "date", "connection", "transfer-encoding"}
FEWEST = {"content-type", "content-length", "content-encoding"}


@dataclass(frozen=True)
class Recorded:
    """One answer: `status` is WSGI's, such as "200 OK"."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


def recorded(answer: Answer, *, fewest: bool = False) -> Recorded:
    """An answer with all headers that its application gave, or with those alone that a browser must have."""
    headers = [(name, value) for name, value in answer.headers.items() if name.lower() not in OF_GUNICORN]
    kept = [header for header in headers if header[0].lower() in FEWEST] if fewest else headers
    return Recorded(f"{answer.status} {HTTPStatus(answer.status).phrase}", kept, answer.body)


def keep(answers: dict[str, Recorded], file: Path) -> None:
    """Write answers down for a contestant that starts later."""
    file.write_bytes(pickle.dumps(answers))


def kept() -> dict[str, Recorded]:
    """What a contestant is to answer."""
    found: dict[str, Recorded] = pickle.loads(Path(os.environ["BENCH_ANSWERS"]).read_bytes())
    return found
