"""`/metrics`: the site's figures, for this machine and for holders of the token."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.engine import URL

from davidson.clock import utcnow
from davidson.database import db
from tests.factories import make_article, make_comment

AFAR = {"REMOTE_ADDR": "192.0.2.7"}


def figures(client: FlaskClient) -> dict[str, float]:
    """The samples by name and labels; each has its HELP and TYPE before it."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    found, typed = {}, set()
    for line in answer.text.splitlines():
        if line.startswith("# TYPE "):
            typed.add(line.split()[2])
        elif not line.startswith("# HELP "):
            sample, value = line.rsplit(" ", 1)
            assert re.fullmatch(r'[a-z_]+(\{[a-z]+="[^"\\\n]*"\})?', sample)
            assert sample.partition("{")[0] in typed
            found[sample] = float(value)
    return found


def test_the_figures_are_those_of_the_store(app: Flask, client: FlaskClient):
    article = make_article(app, published_at=utcnow() - timedelta(days=1))
    make_article(app, published_at=utcnow() + timedelta(days=1))
    make_comment(app, article, status="approved")
    make_comment(app, article, status="pending")
    make_comment(app, article, status="pending", created_at=utcnow() - timedelta(hours=2))
    found = figures(client)
    assert found["davidson_articles_public"] == 1
    assert found['davidson_comments{status="approved"}'] == 1
    assert found['davidson_comments{status="pending"}'] == 2
    assert found['davidson_comments{status="spam"}'] == 0
    assert 7200 <= found["davidson_oldest_pending_comment_age_seconds"] < 7260
    assert found["davidson_staff_sessions"] == 0
    assert (found["davidson_store_up"], found["davidson_schema_current"]) == (1, 1)
    assert found["process_resident_memory_bytes"] > 1_000_000
    assert any(sample.startswith('davidson_info{version="') for sample in found)


def test_an_empty_site_has_figures(client: FlaskClient):
    found = figures(client)
    assert found["davidson_articles_public"] == 0
    assert found["davidson_oldest_pending_comment_age_seconds"] == 0


def test_a_store_that_is_not_migrated_is_told_apart(app: Flask, client: FlaskClient, store: URL):
    with app.app_context():
        revision = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        db.session.commit()
    try:
        found = figures(client)
        assert (found["davidson_store_up"], found["davidson_schema_current"]) == (1, 0)
        assert "davidson_articles_public" not in found
        assert client.get("/readyz").status_code == 503
        assert "newer than this release" in client.get("/readyz").text
    finally:
        with app.app_context():
            db.session.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
            db.session.commit()


def test_a_store_that_is_away_is_a_figure_too(make_app: Callable[..., Flask]):
    away = URL.create("postgresql+psycopg", host="127.0.0.1", port=1, database="nowhere")
    client = make_app(database_url=away).test_client()
    found = figures(client)
    assert (found["davidson_store_up"], found["davidson_schema_current"]) == (0, 0)
    assert client.get("/healthz").status_code == 200
    away_answer = client.get("/readyz")
    assert (away_answer.status_code, away_answer.text) == (503, "the store does not answer: OperationalError\n")


def test_strangers_see_no_figures(client: FlaskClient):
    answer = client.get("/metrics", environ_overrides=AFAR)
    assert answer.status_code == 403
    assert "davidson_" not in answer.text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Proto", "Via"])
def test_a_stranger_behind_a_proxy_on_this_machine_is_still_one(client: FlaskClient, header: str):
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP"])
def test_no_header_makes_a_stranger_local_behind_a_trusted_proxy(make_app: Callable[..., Flask], header: str):
    client = make_app(trusted_proxies=1).test_client()
    assert client.get("/metrics", headers={header: "127.0.0.1"}, environ_overrides=AFAR).status_code == 403
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 403


def test_every_loopback_address_is_this_machine(client: FlaskClient):
    for address, status in (("127.8.9.1", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("", 403), ("unix", 403)):
        assert client.get("/metrics", environ_overrides={"REMOTE_ADDR": address}).status_code == status


def test_the_token_opens_the_figures_from_anywhere(make_app: Callable[..., Flask]):
    client = make_app(metrics_token="correct horse").test_client()

    def ask(value: str) -> int:
        return client.get("/metrics", headers={"Authorization": value}, environ_overrides=AFAR).status_code

    assert ask("Bearer correct horse") == 200
    assert ask("bearer correct horse") == 200
    for wrong in ("", "Bearer", "Bearer ", "Bearer correct", "Basic correct horse", "correct horse", "Bearer é"):
        assert ask(wrong) == 403


def test_an_unset_token_opens_nothing(client: FlaskClient):
    for value in ("Bearer", "Bearer ", "Bearer None"):
        answer = client.get("/metrics", headers={"Authorization": value}, environ_overrides=AFAR)
        assert answer.status_code == 403
