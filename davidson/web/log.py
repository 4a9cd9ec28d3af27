"""Logs: one line an event on standard error, plain or JSON, with the request's id and nothing about persons.

A request is logged by its route, not its path, for a receipt's path is a secret; addresses and user agents are not
logged at all. A fault of ours is logged by its kind and place; what it says is left out where it may quote a reader.
"""

import json
import logging
import sys
import time
import traceback
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from select import PIPE_BUF
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
# How long gathered lines wait for others, in seconds. An idle worker looks after them once a second.
GATHERED_FOR = 0.1


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


class Gathered:
    """Lines for standard error that are written together, where the process has a loop that looks after them.

    A system call lets go of the interpreter's lock, which all threads of a busy worker then fight for: written one by
    one, the lines of kept pages cost a tenth of a worker's answers.
    """

    def __init__(self) -> None:
        self._lines: deque[str] = deque()
        self._waits = False
        self._due = 0.0

    def add(self, line: str) -> None:
        """Write a line soon, or at once where nobody would."""
        if self._waits:
            self._lines.append(line)
        else:
            sys.stderr.write(line)

    def begin(self) -> None:
        """Gather from now on: the caller promises to call `flush_if_due` every second, and `end` at last."""
        self._waits = True

    def flush_if_due(self) -> None:
        """Write what was gathered, unless that was done a moment ago. Only one thread may call this."""
        now = time.monotonic()
        if self._lines and now >= self._due:
            self._due = now + GATHERED_FOR
            self._flush()

    def end(self) -> None:
        """Write what was gathered, and every later line at once."""
        self._waits = False
        self._flush()

    def _flush(self) -> None:
        """Write whole lines, so many at a time as a pipe takes in one piece: those of other workers go between."""
        together = ""
        for _ in range(len(self._lines)):
            line = self._lines.popleft()
            if len(together) + len(line) > PIPE_BUF:
                sys.stderr.write(together)
                together = ""
            together += line
        sys.stderr.write(together)


# Of the process, like standard error itself.
kept_answers = Gathered()


class AnswerLog:
    """Writes the line of an answer: the one event that comes with every request, so it must cost next to nothing.

    The line is that of `EventFormatter`; none of its values needs escaping, for a route and a method are ours.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.line = JSON_ANSWER if as_json else PLAIN_ANSWER
        self._second = (0, "")

    def write(self, method: str, route: str, status: int, began: float, request_id: str) -> None:
        """Log an answer at once; `began` is when its request came, by `time.perf_counter`."""
        sys.stderr.write(self._line(method, route, status, began, request_id))

    def gather(self, method: str, route: str, status: int, began: float, request_id: str) -> None:
        """Log an answer together with others, a moment later. A worker that is killed takes its last lines with it."""
        kept_answers.add(self._line(method, route, status, began, request_id))

    def _line(self, method: str, route: str, status: int, began: float, request_id: str) -> str:
        now = time.time()
        second, text = self._second
        if int(now) != second:
            text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
            self._second = (int(now), text)
        ms = (time.perf_counter() - began) * 1000
        return self.line % (text, now % 1 * 1000, method, route, status, ms, request_id)


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
