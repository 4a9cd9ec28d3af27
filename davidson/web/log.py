"""Logs: one line an event on standard error, plain or JSON, with the request's id and nothing about persons.

A request is logged by its route, not its path, for a receipt's path is a secret; addresses and user agents are not
logged at all. A fault of ours is logged by its kind and place; what it says is left out where it may quote a reader.
"""

import json
import logging
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from sqlalchemy.exc import DBAPIError

logger = logging.getLogger("davidson.request")

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
# Their messages quote the value that was wrong, and a database's the row: that may be what a reader typed.
QUOTING = (ValueError, LookupError, DBAPIError)
MOST_FRAMES = 10
ROOT = Path(__file__).resolve().parent.parent.parent


class EventFormatter(logging.Formatter):
    """One event a line: `TIME LEVEL LOGGER MESSAGE key=value …`, or one JSON object with the same fields."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self.as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if has_request_context():
            event["request_id"] = request.environ.get("davidson.request_id", "")
        if record.exc_info and record.exc_info[1]:
            event["fault"] = " <- ".join(_faults(record.exc_info[1]))
        return json.dumps(event, default=str) if self.as_json else _plain(event)


def configure_logging(log_format: str) -> None:
    """Send what the site logs to standard error, in `plain` or `json` lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(EventFormatter(as_json=log_format == "json"))
    root = logging.getLogger("davidson")
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    root.propagate = False


def logging_of_gunicorn(log_format: str) -> dict[str, Any]:
    """gunicorn's `logconfig_dict`: its own events, and those of libraries, in the same lines."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"event": {"()": EventFormatter, "as_json": log_format == "json"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "event", "stream": "ext://sys.stderr"},
        },
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["stderr"], "propagate": False}},
    }


def init_request_log(app: Flask) -> None:
    """Log each answer with its route, status and duration in milliseconds."""
    app.before_request(_start_timer)
    app.after_request(_log_answer)


def _start_timer() -> None:
    g.started = time.perf_counter()


def _log_answer(response: Response) -> Response:
    started = g.get("started")
    fields = {
        "method": request.method if request.method in METHODS else "other",
        "route": request.url_rule.rule if request.url_rule else "none",
        "status": response.status_code,
        "ms": round((time.perf_counter() - started) * 1000, 1) if started else None,
    }
    logger.info("request", extra={"fields": fields})
    return response


def _faults(error: BaseException) -> Iterator[str]:
    """An exception and those that led to it, each with what it says and where it was raised, innermost call first."""
    at: BaseException | None = error
    while at is not None:
        says = "" if isinstance(at, QUOTING) else str(at).partition("\n")[0]
        frames = reversed(traceback.extract_tb(at.__traceback__)[-MOST_FRAMES:])
        calls = ", ".join(f"{_place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames)
        yield f"{type(at).__name__}{f': {says}' if says else ''} ({calls})"
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)


def _place(filename: str) -> str:
    """A file as imports know it, without the folders of this machine."""
    return filename.rpartition("/site-packages/")[2].removeprefix(f"{ROOT}/")


def _plain(event: dict[str, Any]) -> str:
    """The same event for eyes. A line break inside a value would forge a line, so nothing unprintable stays."""
    event = dict(event)
    head = f"{event.pop('time')} {event.pop('level').upper()} {event.pop('logger')} {event.pop('message')}"
    line = " ".join([head, *(f"{key}={value}" for key, value in event.items())])
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in line)
