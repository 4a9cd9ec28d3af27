"""Where the store is busy, away or full, a comment is given back whole with 503, and the process stays alive."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import URL, make_url

from davidson import create_app
from davidson.comments.models import Comment
from davidson.config import CommentsMode, Settings
from davidson.database import db, engine_options
from tests.comments.holding import APPEAL, EDIT, press, receipt_url
from tests.factories import Made, make_article, make_comment
from tests.pages import Page, page_of, read

TYPED = {"name": "Zoë", "body": "A long thought.\n\nAnd a second one.", "email": "zoe@example.org"}


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app)


@contextmanager
def another_writer(url: URL) -> Iterator[None]:
    """Somebody who writes and does not end."""
    options = {key: value for key, value in engine_options(url).items() if key != "connect_args"}
    engine = create_engine(url, **options)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", lambda connection, _: setattr(connection, "isolation_level", None))
        hold = "BEGIN IMMEDIATE"
    else:
        hold = "LOCK TABLE comment IN ACCESS EXCLUSIVE MODE"
    with engine.connect() as connection:
        connection.exec_driver_sql(hold)
        yield
        connection.rollback()
    engine.dispose()


def hurry(app: Flask) -> None:
    """Let SQLite wait for another writer for a second, not for ten."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "do_connect", lambda *given: given[-1].update(timeout=1))
            db.engine.dispose()


def send(client: FlaskClient, article: Made, form: tuple[str, dict[str, str]]) -> Page:
    action, values = form
    return page_of(client, client.post(action, data=values | TYPED))


def check_given_back(page: Page) -> None:
    assert page.status == 503
    assert int(page.headers["Retry-After"]) >= 1
    kept = page.form("#comment-form")[1]
    assert {name: kept[name] for name in TYPED} == TYPED
    assert page.client.get("/healthz").status_code == 200


def test_a_busy_store_gives_the_comment_back(app: Flask, client: FlaskClient, article: Made, store: URL):
    form = read(client, article.url).form("#comment-form")
    with another_writer(store):
        check_given_back(send(client, article, form))
    assert send(client, article, form).status == 303
    with app.app_context():
        assert db.session.query(Comment).count() == 1


def test_a_store_that_is_away_gives_the_comment_back(
    app: Flask, client: FlaskClient, article: Made, settings: Settings, tmp_path: Path
):
    form = read(client, article.url).form("#comment-form")
    nowhere = {
        "sqlite": make_url(f"sqlite:///{tmp_path / 'gone' / 'away.db'}"),
        "postgresql": make_url(f"postgresql+psycopg://nobody@/away?host={tmp_path}"),
    }[settings.database_url.get_backend_name()]
    away = create_app(replace(settings, database_url=nowhere, comments=CommentsMode.PUBLISH)).test_client()
    check_given_back(send(away, article, form))


def test_a_full_store_gives_the_comment_back(app: Flask, client: FlaskClient, article: Made, store: URL):
    form = read(client, article.url).form("#comment-form")
    with app.app_context():
        if store.get_backend_name() == "sqlite":

            def allow_no_page_more(connection, _record):
                pages = connection.execute("PRAGMA page_count").fetchone()[0]
                connection.execute(f"PRAGMA max_page_count = {pages}")

            event.listen(db.engine, "connect", allow_no_page_more)
            db.engine.dispose()
            filled = TYPED | {"body": "x" * 5000}
        else:
            # A disk that is full answers SQLSTATE 53100, which a trigger can say as well.
            db.session.execute(
                text(
                    "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
                    "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
                )
            )
            db.session.execute(
                text("CREATE TRIGGER full_disk BEFORE INSERT ON comment FOR EACH ROW EXECUTE FUNCTION full_disk()")
            )
            db.session.commit()
            filled = TYPED
    try:
        pages = [client.post(form[0], data=form[1] | filled | {"name": f"Zoë {n}"}) for n in range(40)]
        refused = [page_of(client, page) for page in pages if page.status_code != 303]
        assert refused
        assert {page.status for page in refused} == {503}
        assert refused[0].form("#comment-form")[1]["body"] == filled["body"]
    finally:
        if store.get_backend_name() != "sqlite":
            with app.app_context():
                db.session.execute(text("DROP FUNCTION full_disk CASCADE"))
                db.session.commit()


@pytest.mark.parametrize(("button", "field", "status"), [(EDIT, "body", "pending"), (APPEAL, "appeal", "rejected")])
def test_what_was_typed_on_a_receipt_is_given_back_too(app, client, article, store, button, field, status):
    page = read(client, receipt_url(app, make_comment(app, article, status=status)))
    hurry(app)
    with another_writer(store):
        answer = press(page, button, **{field: "A long thought."})
    assert answer.status == 503 and int(answer.headers["Retry-After"]) >= 1
    assert answer.one("textarea#typed").raw_text().strip() == "A long thought."
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
    assert press(page, button, **{field: "A long thought."}).status == 303
