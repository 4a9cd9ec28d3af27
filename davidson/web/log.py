"""Logs: one line an event on standard error, plain or JSON, with the request's id and nothing about persons.

A request is logged by its route, not its path, for a receipt's path is a secret; addresses and user agents are not
logged at all. A fault of ours is logged by its kind and place; what it says is left out where it may quote a reader.
"""

import json
import logging
import sys
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from sqlalchemy.exc import DBAPIError

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
# Their messages quote the value that was wrong, and a database's the row: that may be what a reader typed.
QUOTING = (ValueError, LookupError, DBAPIError)
MOST_FRAMES = 10
PLAIN_ANSWER = "%s.%03d+00:00 INFO davidson.request request method=%s route=%s status=%d ms=%.2f request_id=%s\n"
JSON_ANSWER = (
    '{"time": "%s.%03d+00:00", "level": "info", "logger": "davidson.request", "message": "request", '
    '"method": "%s", "route": "%s", "status": %d, "ms": %.2f, "request_id": "%s"}\n'
)
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


class AnswerLog:
    """Writes the line of an answer: the one event that comes with every request, so it must cost next to nothing.

    The line is that of `EventFormatter`; none of its values needs escaping, for a route and a method are ours.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.line = JSON_ANSWER if as_json else PLAIN_ANSWER
        self._second = (0, "")

    def write(self, method: str, route: str, status: int, began: float, request_id: str) -> None:
        """Log an answer; `began` is when its request came, by `time.perf_counter`."""
        now = time.time()
        second, text = self._second
        if int(now) != second:
            text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
            self._second = (int(now), text)
        ms = (time.perf_counter() - began) * 1000
        sys.stderr.write(self.line % (text, now % 1 * 1000, method, route, status, ms, request_id))


def init_request_log(app: Flask, *, as_json: bool) -> AnswerLog:
    """Log each answer with its route, status and duration in milliseconds."""
    log = AnswerLog(as_json=as_json)

    def write(response: Response) -> Response:
        method = request.method if request.method in METHODS else "other"
        route = request.url_rule.rule if request.url_rule else "none"
        began = g.get("started") or time.perf_counter()
        log.write(method, route, response.status_code, began, request.environ.get("davidson.request_id", ""))
        return response

    app.before_request(_start_timer)
    app.after_request(write)
    return log


def _start_timer() -> None:
    g.started = time.perf_counter()


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
