"""A bare WSGI function that gives recorded answers: the least that gunicorn allows."""

from collections.abc import Callable, Iterable
from typing import Any

from bench.contestants.answers import kept

ANSWERS = kept()


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer."""
    answer = ANSWERS[environ["PATH_INFO"]]
    start_response(answer.status, answer.headers)
    return [answer.body]
