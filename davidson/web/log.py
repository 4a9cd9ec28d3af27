"""Logs: one line an event on standard error, plain or JSON, with the request's id and nothing about persons.

A request is logged by its route, not its path, for a receipt's path is a secret; addresses and user agents are not
logged at all.
"""

import json
import logging
import time
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, has_request_context, request

logger = logging.getLogger("davidson.request")


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
        if record.exc_info:
            event["traceback"] = self.formatException(record.exc_info)
        return json.dumps(event, ensure_ascii=False) if self.as_json else _plain(event)


def configure_logging(log_format: str) -> None:
    """Send what the site logs to standard error, in `plain` or `json` lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(EventFormatter(as_json=log_format == "json"))
    root = logging.getLogger("davidson")
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    root.propagate = False


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


METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})


def _plain(event: dict[str, Any]) -> str:
    """The same event for eyes. A line break inside a value would forge a line, so it is escaped."""
    event = dict(event)
    head = f"{event.pop('time')} {event.pop('level').upper()} {event.pop('logger')} {event.pop('message')}"
    traceback = event.pop("traceback", "")
    line = " ".join([head, *(f"{key}={value}" for key, value in event.items())])
    line = line.replace("\r", "\\r").replace("\n", "\\n")
    return f"{line}\n{traceback}" if traceback else line
