"""A Flask application whose views give recorded answers: the least that Flask allows."""

from flask import Flask, Response

from bench.contestants.answers import Recorded, kept

app = Flask(__name__)


def add(path: str, answer: Recorded) -> None:
    """Give the application a view for that path."""

    @app.get(path, endpoint=path)
    def view() -> Response:
        return Response(answer.body, answer.status, answer.headers)


for path, answer in kept().items():
    add(path, answer)
